"""Transitions: who was at risk of a first tie or of a tie again, and to whom it came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..blocks import Block
from .columns import frame

if TYPE_CHECKING:
    import pandas as pd

OUTCOMES = ("emergence", "recurrence")
MANY = 4  # earlier joint projects from which on they are one level
READINGS = {
    (True, "emergence"): "first tie",
    (True, "recurrence"): "tie again",
    (False, "emergence"): "first recorded tie; no rate: a tie that is not printed is not absent",
    (False, "recurrence"): "tie recorded again; no rate: a tie that is not printed is not absent",
}
ESTIMATED = "; at_risk and rate estimated, for dyads are sampled"
Key = tuple[str, str, int]
Counts = defaultdict[Key, float]


def transitions(blocks: Iterable[Block], complete: bool) -> pd.DataFrame:
    """Risk sets and events of both outcomes: in all, by period, and by earlier joint projects.

    ``blocks`` are those of the panel, gone through once. Rates are given where the records are complete. Of a
    sampled panel risk sets and rates are those estimated of all pairs, by the sampling weights.
    """
    at_risk, events = Counts(float), Counts(float)
    sampled = False
    for block in blocks:
        weights = np.ones(len(block)) if block.weights is None else block.weights
        sampled |= block.weights is not None
        for outcome in OUTCOMES:
            mask = np.asarray(block.columns[f"in_{outcome}_risk_set"])
            tie = mask & np.asarray(block.columns["tie"])
            for by, levels in _levels(block, outcome):
                _count(at_risk, (outcome, by), levels[mask], weights[mask])
                _count(events, (outcome, by), levels[tie], weights[tie])
    rows = [_row(key, at_risk[key], events[key], complete) for key in _order(at_risk)]
    words = ESTIMATED if sampled else ""
    return frame("transitions", [row | {"reading": f"{row['reading']}{words}"} for row in rows])


def _levels(block: Block, outcome: str) -> Iterator[tuple[str, np.ndarray]]:
    yield "all", np.zeros(len(block), dtype=np.int64)
    yield "period", np.full(len(block), block.period, dtype=np.int64)
    if outcome == "recurrence":
        yield "prior_projects", np.minimum(block.columns["prior_projects"], MANY)


def _count(counts: Counts, key: tuple[str, str], levels: np.ndarray, weights: np.ndarray) -> None:
    found, place = np.unique(levels, return_inverse=True)
    for level, count in zip(found, np.bincount(place, weights, len(found)), strict=True):
        counts[*key, int(level)] += count


def _order(counts: Counts) -> list[Key]:
    by = ("all", "period", "prior_projects")
    return sorted(counts, key=lambda key: (OUTCOMES.index(key[0]), by.index(key[1]), key[2]))


def _row(key: Key, at_risk: float, events: float, complete: bool) -> dict[str, Any]:
    outcome, by, level = key
    text = f"{level}+" if by == "prior_projects" and level == MANY else str(level)
    return {
        "outcome": outcome,
        "by": by,
        "level": None if by == "all" else text,
        "at_risk": round(at_risk),
        "events": round(events),
        "rate": events / at_risk if complete else None,
        "reading": READINGS[complete, outcome],
    }

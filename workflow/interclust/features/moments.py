"""Moments of features by risk set, gathered block by block.

Of a sampled panel means and standard deviations are those estimated of all dyads (rows by their sampling
weights); counts, limits and levels are of the rows that it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..panel.blocks import Block
from .registry import Array

RISK_SETS = ("emergence", "recurrence")  # together they are all rows
PANEL_COLUMNS = ("log_exposure", "prior_projects", "periods_at_risk")
MOST_LEVELS = 12


@dataclass
class Moment:
    """Count, missing, mean, sum of squares about it, limits, and levels while they are few."""

    n: int = 0
    missing: int = 0
    mean: float = 0.0
    squares: float = 0.0
    weight: float = 0.0  # rows that those with a value stand for
    low: float = np.inf
    high: float = -np.inf
    levels: dict[float, int] | None = field(default_factory=dict)

    def add(self, values: Array, weights: Array | None = None) -> None:
        """Take in the values of a block (NaN missing), each standing for ``weights`` rows (None: itself)."""
        there = ~np.isnan(values)
        known = values[there].astype(float)
        self.missing += len(values) - len(known)
        if not len(known):
            return
        levels = _levels(known) if self.levels is not None else None
        if weights is None:
            weight, mean = float(len(known)), float(known.mean())
            squares = float(((known - mean) ** 2).sum())
        else:
            w = weights[there]
            weight, mean = float(w.sum()), float(np.average(known, weights=w))
            squares = float((w * (known - mean) ** 2).sum())
        limits = float(known.min()), float(known.max())
        self.merge(Moment(len(known), 0, mean, squares, weight, *limits, levels))

    def merge(self, other: Moment) -> None:
        """Take in the moments of other rows."""
        self.missing += other.missing
        if not other.n:
            return
        total, shift = self.weight + other.weight, other.mean - self.mean
        # Chan, Golub and LeVeque (1983): exact merging of two sets of moments
        self.squares += other.squares + shift**2 * self.weight * other.weight / total
        self.mean += shift * other.weight / total
        self.weight = total
        self.n += other.n
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        if self.levels is not None and other.levels is not None:
            for value, count in other.levels.items():
                self.levels[value] = self.levels.get(value, 0) + count
        if other.levels is None or len(self.levels or ()) > MOST_LEVELS:
            self.levels = None

    def result(self) -> dict[str, Any]:
        """Plain values: n with a value, missing, mean, sd (n - 1), min, max, levels, status."""
        if not self.n:
            empty = dict.fromkeys(("mean", "sd", "min", "max", "levels"))
            return {"n": 0, "missing": self.missing, **empty, "status": "no data"}
        sd = float(np.sqrt(self.squares / (self.weight - 1))) if self.n > 1 else None
        levels = None if self.levels is None else {f"{k:g}": n for k, n in sorted(self.levels.items())}
        return {
            "n": self.n,
            "missing": self.missing,
            "mean": float(self.mean),
            "sd": sd,
            "min": float(self.low),
            "max": float(self.high),
            "levels": levels,
            "status": "constant" if self.low == self.high else "ok",
        }


def _levels(known: Array) -> dict[float, int] | None:
    """How often each value occurs; None where there are too many for levels."""
    values = np.unique(known[:1000])
    if len(values) > MOST_LEVELS:
        return None
    levels = {float(value): int((known == value).sum()) for value in values}
    if sum(levels.values()) == len(known):
        return levels
    values, counts = np.unique(known, return_counts=True)  # some do not occur among the first
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


class Moments:
    """Moments of many columns in the three risk sets: all rows, emergence, recurrence."""

    def __init__(self) -> None:
        self._moments: dict[tuple[str, str], Moment] = {}

    def watch(self, blocks: Iterable[Block], names: Sequence[str]) -> Iterator[Block]:
        """Pass blocks on and take in their columns on the way."""
        for block in blocks:
            self.add(block, names)
            yield block

    def add(self, block: Block, names: Sequence[str]) -> None:
        """Take in one block."""
        emergence, weights = np.asarray(block.columns["in_emergence_risk_set"]), block.weights
        for name in (*PANEL_COLUMNS, *names):
            values = np.asarray(block.columns[name], dtype=float)
            for risk_set, mask in (("emergence", emergence), ("recurrence", ~emergence)):
                own = None if weights is None else weights[mask]
                self._moments.setdefault((name, risk_set), Moment()).add(values[mask], own)

    def merge(self, other: Moments) -> None:
        """Take in the moments of other rows, column by column."""
        for key, moment in other._moments.items():
            self._moments.setdefault(key, Moment()).merge(moment)

    def result(self) -> dict[str, dict[str, Any]]:
        """``{column: {risk set: moments}}``."""
        found: dict[str, dict[str, Any]] = {}
        for name in dict.fromkeys(name for name, _ in self._moments):
            parts = {risk_set: self._moments[name, risk_set] for risk_set in RISK_SETS}
            whole = Moment()
            for part in parts.values():
                whole.merge(part)
            found[name] = {key: part.result() for key, part in {"rows": whole, **parts}.items()}
        return found

"""Moments of features by risk set, gathered block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..panel.blocks import Block
from .registry import Array

RISK_SETS = ("rows", "emergence", "recurrence")
PANEL_COLUMNS = ("log_exposure", "prior_projects", "periods_at_risk")
MOST_LEVELS = 12


@dataclass
class Moment:
    """Count, missing, mean, sum of squares about it, limits, and levels while they are few."""

    n: int = 0
    missing: int = 0
    mean: float = 0.0
    squares: float = 0.0
    low: float = np.inf
    high: float = -np.inf
    levels: dict[float, int] | None = field(default_factory=dict)

    def add(self, values: Array) -> None:
        """Take in the values of a block (NaN missing)."""
        known = values[~np.isnan(values)].astype(float)
        self.missing += len(values) - len(known)
        if not len(known):
            return
        total = self.n + len(known)
        shift = known.mean() - self.mean
        # Chan, Golub and LeVeque (1983): exact merging of two sets of moments
        self.squares += ((known - known.mean()) ** 2).sum() + shift**2 * self.n * len(known) / total
        self.mean += shift * len(known) / total
        self.n = total
        self.low, self.high = min(self.low, known.min()), max(self.high, known.max())
        self._count_levels(known)

    def _count_levels(self, known: Array) -> None:
        if self.levels is None or len(np.unique(known[:1000])) > MOST_LEVELS:
            self.levels = None
            return
        for value, count in zip(*np.unique(known, return_counts=True), strict=True):
            self.levels[float(value)] = self.levels.get(float(value), 0) + int(count)
        if len(self.levels) > MOST_LEVELS:
            self.levels = None

    def result(self) -> dict[str, Any]:
        """Plain values: n with a value, missing, mean, sd (n - 1), min, max, levels, status."""
        if not self.n:
            empty = dict.fromkeys(("mean", "sd", "min", "max", "levels"))
            return {"n": 0, "missing": self.missing, **empty, "status": "no data"}
        sd = float(np.sqrt(self.squares / (self.n - 1))) if self.n > 1 else None
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
        emergence = np.asarray(block.columns["in_emergence_risk_set"])
        masks = (np.ones(len(block), dtype=bool), emergence, ~emergence)
        for name in (*PANEL_COLUMNS, *names):
            values = np.asarray(block.columns[name], dtype=float)
            for risk_set, mask in zip(RISK_SETS, masks, strict=True):
                self._moments.setdefault((name, risk_set), Moment()).add(values[mask])

    def result(self) -> dict[str, dict[str, Any]]:
        """``{column: {risk set: moments}}``."""
        found: dict[str, dict[str, Any]] = {}
        for (name, risk_set), moment in self._moments.items():
            found.setdefault(name, {})[risk_set] = moment.result()
        return found

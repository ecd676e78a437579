"""Counts drawn from any count family, by inversion of its distribution function.

P(y) is what the family's log-likelihood says, so that a family needs no sampler of its own. The first
probabilities of the rows are worked out once, whatever the number of draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...numerics.families import Family

Array = np.ndarray

KEPT = 16  # counts whose cumulated probabilities are kept for all rows
ALL = 1.0 - 1e-12  # a cumulated probability that is one but for rounding


@dataclass(frozen=True)
class Counts:
    """The distribution of the counts of n rows, at the predictors eta (n, m) of a family."""

    family: Family
    eta: Array
    _cumulated: list[Array] = field(default_factory=list)

    def probability(self, count: int, rows: Array | slice = slice(None)) -> Array:
        """P(y = count) of the rows."""
        eta = self.eta[rows]
        value: Array = np.exp(self.family.derivatives(np.full(len(eta), float(count)), eta)[0])
        return value

    def draw(self, rng: np.random.Generator) -> Array:
        """One count a row (n,): the smallest whose cumulated probability reaches a uniform number."""
        u = rng.random(len(self.eta))
        y = np.zeros(len(u))
        count, left = 0, np.flatnonzero(u > self._at(0))
        while len(left) and count + 1 < KEPT:
            count += 1
            y[left] = count
            left = left[u[left] > self._at(count)[left]]
        reached = self._at(count)[left]
        while len(left):
            count += 1
            y[left] = count
            reached = reached + self.probability(count, left)
            further = (u[left] > reached) & (reached < ALL)
            left, reached = left[further], reached[further]
        return y

    def _at(self, count: int) -> Array:
        """P(y <= count) of all rows (n,)."""
        while len(self._cumulated) <= count:
            own = self.probability(len(self._cumulated))
            self._cumulated.append(self._cumulated[-1] + own if self._cumulated else own)
        return self._cumulated[count]

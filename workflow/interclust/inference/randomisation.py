"""Randomisation tests: a statistic against its values under all assignments that might have been."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

NEAR = 1e-9  # values this close to the observed one are ties, and count as as far out
LEAST = 1e-10  # information of a column, as a share of its sum of squares, that the others leave


@dataclass
class ScoreTests:
    """Score tests of many columns x (n, c), each alone added to a fit with design Z (n, k); sums over rows.

    With g the first and -w the second derivatives of the rows' log-likelihoods in their linear predictor,
    U = x'g and I = x'Wx - x'WZ (Z'WZ)^-1 Z'Wx, both at the fit without x (Rao 1948; Cox & Hinkley 1974,
    section 9.3).
    """

    score: Array
    own: Array
    crossed: Array

    @classmethod
    def zero(cls, k: int, columns: int) -> ScoreTests:
        """Of no rows."""
        return cls(np.zeros(columns), np.zeros(columns), np.zeros((k, columns)))

    def add(self, gradient: Array, weight: Array, Z: Array, x: Array) -> None:
        """Add rows: ``gradient`` g and ``weight`` w (n,), Z (n, k), x (n, c)."""
        self.score += gradient @ x
        self.own += weight @ x**2
        self.crossed += (Z * weight[:, None]).T @ x

    def statistics(self, information: Array) -> Array:
        """U / sqrt(I) (c,); 0 for a column that Z holds or that is 0. ``information`` (k, k) is Z'WZ."""
        left = self.own - np.einsum("kc,kc->c", self.crossed, np.linalg.solve(information, self.crossed))
        told = left > LEAST * np.abs(self.own)
        return np.where(told, self.score / np.sqrt(np.where(told, left, 1.0)), 0.0)


def exact_p(statistics: Array, observed: int) -> float:
    """Share of all assignments, equally likely, that are as far from zero as number ``observed``."""
    distance = np.abs(statistics)
    return float((distance >= distance[observed] - NEAR).mean())

"""Covariances of many columns over the rows in which both are known, gathered block by block in one pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .registry import Array

# A variance below this part of the mean square is the rounding of a constant.
CONSTANT = 1e-12


@dataclass
class Comoments:
    """For columns a and b over the rows where both are known: entry (a, b) of (k, k) matrices.

    n: rows; weight: rows that they stand for; mean: mean of a; squares: sum of squares of a about it;
    products: sum of products of a and b about their means; scale: the largest value of a in size.
    """

    n: Array
    weight: Array
    mean: Array
    squares: Array
    products: Array
    scale: Array

    @classmethod
    def empty(cls, k: int) -> Comoments:
        """No rows of ``k`` columns."""
        n, weight, mean, squares, products = np.zeros((5, k, k))
        return cls(n, weight, mean, squares, products, np.zeros(k))

    @classmethod
    def of(cls, values: Array, weights: Array | None = None) -> Comoments:
        """The rows (rows, k) of one block, NaN missing, each standing for ``weights`` rows (None: itself)."""
        known = ~np.isnan(values)
        ones = known.astype(float)
        w = np.ones((len(values), 1)) if weights is None else weights[:, None]
        count = (w * known).sum(axis=0)
        # about the block's own means, so that sums of squares do not cancel
        centre = (w * np.where(known, values, 0)).sum(axis=0) / np.maximum(count, 1)
        x = np.where(known, values - centre, 0)
        n, weight = ones.T @ ones, (w * ones).T @ ones
        mean = (w * x).T @ ones / np.maximum(weight, 1)
        squares = (w * x**2).T @ ones - weight * mean**2
        products = (w * x).T @ x - weight * mean * mean.T
        scale = np.abs(np.where(known, values, 0)).max(axis=0, initial=0)
        return cls(n, weight, np.where(n > 0, mean + centre[:, None], 0), squares, products, scale)

    def add(self, other: Comoments) -> None:
        """Take in other rows: merging as of variances (Chan, Golub and LeVeque 1983), exact."""
        total = np.maximum(self.weight + other.weight, 1)
        shift = other.mean - self.mean
        joint = self.weight * other.weight / total
        self.squares += other.squares + joint * shift**2
        self.products += other.products + joint * shift * shift.T
        self.mean += shift * other.weight / total
        self.n = self.n + other.n
        self.weight = self.weight + other.weight
        self.scale = np.maximum(self.scale, other.scale)

    def correlations(self) -> Array:
        """Pearson correlations (k, k), each over its own rows; NaN where one of the two does not vary."""
        least = CONSTANT * self.weight * self.scale[:, None] ** 2
        varies = (self.squares > least) & (self.n > 1)
        varies &= varies.T
        spread = np.sqrt(np.where(varies, self.squares, 1) * np.where(varies, self.squares.T, 1))
        found: Array = np.where(varies, np.clip(self.products / spread, -1, 1), np.nan)
        return found

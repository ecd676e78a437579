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

    n: rows; mean: mean of a; squares: sum of squares of a about it; products: sum of products of a and b
    about their means; scale: the largest value of a in size.
    """

    n: Array
    mean: Array
    squares: Array
    products: Array
    scale: Array

    @classmethod
    def empty(cls, k: int) -> Comoments:
        """No rows of ``k`` columns."""
        n, mean, squares, products = np.zeros((4, k, k))
        return cls(n, mean, squares, products, np.zeros(k))

    @classmethod
    def of(cls, values: Array) -> Comoments:
        """The rows (rows, k) of one block, NaN missing."""
        known = ~np.isnan(values)
        ones = known.astype(float)
        count = known.sum(axis=0)
        # about the block's own means, so that sums of squares do not cancel
        centre = np.where(known, values, 0).sum(axis=0) / np.maximum(count, 1)
        x = np.where(known, values - centre, 0)
        n = ones.T @ ones
        mean = x.T @ ones / np.maximum(n, 1)
        squares = (x**2).T @ ones - n * mean**2
        products = x.T @ x - n * mean * mean.T
        scale = np.abs(np.where(known, values, 0)).max(axis=0, initial=0)
        return cls(n, np.where(n > 0, mean + centre[:, None], 0), squares, products, scale)

    def add(self, other: Comoments) -> None:
        """Take in other rows: merging as of variances (Chan, Golub and LeVeque 1983), exact."""
        total = np.maximum(self.n + other.n, 1)
        shift = other.mean - self.mean
        weight = self.n * other.n / total
        self.squares += other.squares + weight * shift**2
        self.products += other.products + weight * shift * shift.T
        self.mean += shift * other.n / total
        self.n = self.n + other.n
        self.scale = np.maximum(self.scale, other.scale)

    def correlations(self) -> Array:
        """Pearson correlations (k, k), each over its own rows; NaN where one of the two does not vary."""
        least = CONSTANT * self.n * self.scale[:, None] ** 2
        varies = (self.squares > least) & (self.n > 1)
        varies &= varies.T
        spread = np.sqrt(np.where(varies, self.squares, 1) * np.where(varies, self.squares.T, 1))
        found: Array = np.where(varies, np.clip(self.products / spread, -1, 1), np.nan)
        return found

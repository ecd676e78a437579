"""What features share: products of rows over pairs, the two sides of a pair."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray

# A block of products is made whole if it has at most so many cells for each pair asked for.
DENSE_FACTOR = 16
# Pairs i < j of a shard need the rows of Y from i on: transposes are kept from every n / BANDS rows on.
BANDS = 8


class PairProducts:
    """Sums over columns of X[i] * Y[j], for the pairs of many blocks.

    X, Y (n, k) sparse CSR. Memory is that of the pairs given and of some transposes of Y: pairs of a shard
    make a narrow block, which is multiplied whole; scattered pairs are multiplied row by row.
    """

    def __init__(self, X: Any, Y: Any) -> None:
        self.X, self.Y = X, Y
        self._transposed: dict[int, Any] = {}

    def of(self, i: Array, j: Array) -> Array:
        """The sums for the pairs (i, j), (rows,) float64."""
        if not len(i):
            return np.zeros(0)
        n = self.Y.shape[0]
        rows, place = _distinct(i, self.X.shape[0])
        start = int(j.min()) * BANDS // n * n // BANDS
        if len(rows) * (n - start) > DENSE_FACTOR * max(len(i), 4096):
            return np.asarray(self.X[i].multiply(self.Y[j]).sum(axis=1)).ravel()
        block = (self.X[rows] @ self._from(start)).toarray()
        products: Array = block[place[i], j - start]
        return products

    def _from(self, start: int) -> Any:
        """The rows of Y from ``start`` on, transposed."""
        if start not in self._transposed:
            self._transposed[start] = self.Y[start:].T.tocsr()
        return self._transposed[start]


def row_products(X: Any, Y: Any, i: Array, j: Array) -> Array:
    """Sum over columns of X[i] * Y[j] for every pair, (rows,) float64 (see PairProducts)."""
    return PairProducts(X, Y).of(i, j)


def _distinct(numbers: Array, n: int) -> tuple[Array, Array]:
    """The distinct numbers below n, sorted (r,), and the place of each among them (n,)."""
    present = np.zeros(n, dtype=bool)
    present[numbers] = True
    return np.flatnonzero(present), np.cumsum(present) - 1


def equal_codes(codes: Array, i: Array, j: Array) -> Array:
    """1 where both have the same code, 0 where not, NaN where one is missing (-1)."""
    a, b = codes[i], codes[j]
    return np.where((a < 0) | (b < 0), np.nan, (a == b).astype(float))


def least(values: Array, i: Array, j: Array) -> Array:
    """The smaller of the two values, NaN if one is missing."""
    smaller: Array = np.minimum(values[i], values[j])
    return smaller


def greatest(values: Array, i: Array, j: Array) -> Array:
    """The larger of the two values, NaN if one is missing."""
    larger: Array = np.maximum(values[i], values[j])
    return larger

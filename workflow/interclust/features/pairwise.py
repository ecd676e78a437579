"""What features share: products of rows over pairs, the two sides of a pair."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray

# A block of products is made whole if it has at most so many cells for each pair asked for.
DENSE_FACTOR = 16


def row_products(X: Any, Y: Any, i: Array, j: Array) -> Array:
    """Sum over columns of X[i] * Y[j] for every pair, (rows,) float64.

    X, Y (n, k) sparse CSR. Memory is that of the pairs given: pairs of a shard make a narrow block, which
    is multiplied whole; scattered pairs are multiplied row by row.
    """
    rows, columns = _distinct(i, X.shape[0]), _distinct(j, Y.shape[0])
    if len(rows) * len(columns) <= DENSE_FACTOR * max(len(i), 4096):
        block = (X[rows] @ Y[columns].T).toarray()
        return block[np.searchsorted(rows, i), np.searchsorted(columns, j)]
    return np.asarray(X[i].multiply(Y[j]).sum(axis=1)).ravel()


def _distinct(numbers: Array, n: int) -> Array:
    present = np.zeros(n, dtype=bool)
    present[numbers] = True
    return np.flatnonzero(present)


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

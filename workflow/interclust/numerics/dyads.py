"""The number of a dyad, and the shard that it belongs to: the one order that every stage shares."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

SHARD_DYADS = 2**16


def dyad_number(i: Array, j: Array, n: int) -> Array:
    """Number of the unordered pair {i, j} among n nodes, row by row of the upper triangle (int64)."""
    low, high = np.minimum(i, j).astype(np.int64), np.maximum(i, j).astype(np.int64)
    return low * n - low * (low + 1) // 2 + (high - low - 1)

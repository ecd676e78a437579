"""Sums over groups of rows, by sorted segments: the same order of addition every time."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

SLICE = 4096


def segment_sums(values: Array, codes: Array, size: int) -> Array:
    """Sum the rows of ``values`` (n, ...) that share a code; returns (size, ...).

    Codes are integers in 0 .. size-1; groups without rows are zero.
    """
    values = np.asarray(values)
    sums = np.zeros((size, *values.shape[1:]))
    if len(codes) == 0:
        return sums
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sums[ordered[starts]] = np.add.reduceat(values[order], starts, axis=0)
    return sums


def sorted_starts(codes: Array) -> Array:
    """Where each run of equal codes begins (g,), and the end of the last: (g + 1,)."""
    if len(codes) == 0:
        return np.zeros(1, dtype=np.int64)
    return np.concatenate([[0], np.flatnonzero(codes[1:] != codes[:-1]) + 1, [len(codes)]])


def group_codes(*columns: Array) -> tuple[Array, int]:
    """Number the distinct rows of several integer columns; returns codes (n,) and their number."""
    if len(columns[0]) == 0:
        return np.zeros(0, dtype=np.int64), 0
    _, codes = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    codes = codes.reshape(-1)
    return codes, int(codes.max()) + 1


def ranges(begin: Array, count: Array) -> Array:
    """The integers ``begin[k], ..., begin[k] + count[k] - 1`` of every k, one after the other."""
    total = int(count.sum())
    offsets = np.repeat(begin - np.concatenate([[0], np.cumsum(count)[:-1]]), count) if total else begin[:0]
    return (np.arange(total) + offsets).astype(np.int64)


def products(left: Array, right: Array) -> Array:
    """``left @ right.T`` of two (k, n) arrays, by slices of the size that BLAS is quickest with."""
    whole = left.shape[1] // SLICE * SLICE
    if whole == 0:
        return left @ right.T
    parts = (array[:, :whole].reshape(len(array), -1, SLICE) for array in (left, right))
    first, second = (part.transpose(1, 0, 2) for part in parts)
    found: Array = np.matmul(first, second.transpose(0, 2, 1)).sum(axis=0)
    return found + left[:, whole:] @ right[:, whole:].T if whole < left.shape[1] else found


def outer_sum(rows: Array) -> Array:
    """Sum of v v' over the rows v of an (n, k) array."""
    return rows.T @ rows

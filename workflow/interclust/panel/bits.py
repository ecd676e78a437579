"""Sets as bits: one row of 64-bit words a body, so that what two have in common is an AND and a count."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def pack(flags: Array) -> Array:
    """Boolean rows (n, T) as bit sets (n, ceil(T / 64)) uint64, column t in bit t."""
    n, width = flags.shape
    words = max(1, -(-width // 64))
    padded = np.zeros((n, words * 64), dtype=bool)
    padded[:, :width] = flags
    return np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)


def n_common(bits: Array, i: Array, j: Array) -> Array:
    """How many bits the rows i and j have in common, (rows,) int64."""
    return np.bitwise_count(bits[i] & bits[j]).sum(axis=1, dtype=np.int64)


def unpack(bits: Array, width: int) -> Array:
    """Bit sets as boolean rows (n, width)."""
    flags = np.unpackbits(bits.astype("<u8").view(np.uint8), axis=1, bitorder="little")
    return flags[:, :width].astype(bool)

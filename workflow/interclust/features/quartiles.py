"""Quartiles of many columns by risk set: exact, in three walks over the blocks and the memory of one.

Values are those of the files, 32 bits wide. Their bits, turned so that they sort as the values do, are read
in three pieces from the highest; each walk counts the next piece of the values that agree with a quartile in
the pieces before, which narrows it to one value (a radix selection).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from ..panel.blocks import Block
from .registry import Array

SHARES = (0.25, 0.5, 0.75)
PIECES = ((21, 11), (10, 11), (0, 10))  # the lowest bit of a piece, and its width
SIGN = np.uint32(1 << 31)
ROUNDING = 1e-12  # of sums of weights


def quartiles(walk: Callable[[], Iterable[Block]], names: Sequence[str]) -> Array:
    """Quartiles (3 risk sets, columns, 3) of all rows, emergence and recurrence; NaN without a value.

    ``walk`` gives the blocks anew each time. A quartile is the smallest value up to which at least that share
    of the rows with a value lies (Hyndman and Fan 1996, The American Statistician 50, definition 1); of a
    sampled panel rows count by their weights.
    """
    shape = (3, len(names), len(SHARES))
    found, wanted, known = np.zeros(shape, dtype=np.uint64), np.zeros(shape), np.ones(shape, dtype=bool)
    for low, width in PIECES:
        counts = np.zeros((*shape, 2**width))
        for block in walk():
            _count(block, names, found >> np.uint64(low + width), low, width, counts)
        upto = counts.cumsum(axis=-1)
        if low == PIECES[0][0]:
            wanted, known = upto[..., -1] * np.array(SHARES) * (1 - ROUNDING), upto[..., -1] > 0
        piece = np.minimum((upto < wanted[..., None]).sum(axis=-1), 2**width - 1)
        wanted -= np.take_along_axis(upto - counts, piece[..., None], axis=-1)[..., 0]
        found |= piece.astype(np.uint64) << np.uint64(low)
    return np.where(known, values_of(found.astype(np.uint32)).astype(float), np.nan)


def _count(block: Block, names: Sequence[str], higher: Array, low: int, width: int, counts: Array) -> None:
    """Add to ``counts`` (3, columns, 3, pieces) the next piece of the values with these ``higher`` bits."""
    emergence = np.asarray(block.columns["in_emergence_risk_set"])
    weights = np.ones(len(block)) if block.weights is None else np.asarray(block.weights)
    for column, name in enumerate(names):
        values = np.asarray(block.columns[name], dtype=np.float32)
        there = ~np.isnan(values)
        bits, w = bits_of(values[there]), weights[there]
        piece = (bits >> np.uint64(low)) & np.uint64(2**width - 1)
        for part, mask in enumerate((np.ones(len(bits), dtype=bool), emergence[there], ~emergence[there])):
            for prefix in np.unique(higher[part, column]):
                own = mask & (bits >> np.uint64(low + width) == prefix)
                counted = np.bincount(piece[own].astype(np.intp), w[own], minlength=2**width)
                counts[part, column, higher[part, column] == prefix] += counted


def bits_of(values: Array) -> Array:
    """Whole numbers below 2^32 (n,) that sort as the values (n,) do."""
    bits = (values + np.float32(0)).view(np.uint32)  # one zero
    return np.where(bits & SIGN, ~bits, bits | SIGN).astype(np.uint64)


def values_of(bits: Array) -> Array:
    """Back from ``bits_of``."""
    return np.where(bits & SIGN, bits ^ SIGN, ~bits).view(np.float32)

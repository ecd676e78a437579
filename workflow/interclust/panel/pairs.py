"""Dyad numbers, shards and sparse counts by dyad.

The dyads of n clusters are numbered row by row of the upper triangle: (0,1), (0,2) ... (n-2,n-1). Shards
number those alone of the bodies that are ever at risk, in the same order, so that a large registry makes no
empty ones: shard k holds the dyads k * 2**16 to (k + 1) * 2**16 - 1 of them, at risk in a period or not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..numerics.dyads import SHARD_DYADS as SHARD
from ..numerics.segments import ranges

Array = np.ndarray


def dyad_nodes(number: Array, n: int) -> tuple[Array, Array]:
    """The clusters i < j of dyad numbers, int32 each."""
    starts = _row_starts(n)
    i = np.searchsorted(starts, number, side="right") - 1
    return i.astype(np.int32), (number - starts[i] + i + 1).astype(np.int32)


def n_shards(n: int) -> int:
    """Shards that the dyads of ``n`` bodies fill; one, empty, if there are none."""
    return max(1, -(-(n * (n - 1) // 2) // SHARD))


def active_pairs(shard: int, able: Array, active: Array) -> tuple[Array, Array]:
    """The pairs i < j of a shard in which both are active, by dyad number.

    able: the cluster numbers of the bodies that shards are made of; active: some of them; both sorted.
    """
    a, b = _pairs_of(shard, len(able), np.searchsorted(able, active))
    return able[a].astype(np.int32), able[b].astype(np.int32)


def _pairs_of(shard: int, n: int, active: Array) -> tuple[Array, Array]:
    """The pairs of a shard of the dyads of n bodies in which both are in ``active`` (sorted)."""
    if n < 2:
        return active[:0], active[:0]
    first, last = shard * SHARD, min((shard + 1) * SHARD, n * (n - 1) // 2)
    starts, own = _row_starts(n), shard_rows(shard, n)
    rows = active[slice(*np.searchsorted(active, [own.start, own.stop]))].astype(np.int64)
    low = rows + 1 + np.maximum(first - starts[rows], 0)
    high = np.minimum(rows + 1 + (last - starts[rows]), n)
    starts, count = np.searchsorted(active, low), np.searchsorted(active, high) - np.searchsorted(active, low)
    return np.repeat(rows, count), active[ranges(starts, count)]


def shard_rows(shard: int, n: int) -> slice:
    """The rows of the triangle of the dyads of n bodies that a shard has dyads of."""
    if n < 2:
        return slice(0, 0)
    ends = [shard * SHARD, min((shard + 1) * SHARD, n * (n - 1) // 2) - 1]
    top, bottom = np.searchsorted(_row_starts(n), ends, side="right") - 1
    return slice(int(top), int(bottom) + 1)


def pairs_of_lists(owner: Array) -> tuple[Array, Array]:
    """Row numbers (a, b), a before b, of every two rows with the same ``owner`` (rows sorted by it)."""
    starts = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]])) if len(owner) else owner[:0]
    sizes = np.diff(np.concatenate([starts, [len(owner)]])).astype(np.int64)
    rows = np.arange(len(owner), dtype=np.int64)
    following = np.repeat(starts + sizes, sizes).astype(np.int64) - rows - 1
    return np.repeat(rows, following), ranges(rows + 1, following)


@dataclass(frozen=True)
class PairCounts:
    """Values of the few dyads that have one: ``keys`` sorted dyad numbers (k,), ``values`` (k,)."""

    keys: Array
    values: Array

    @classmethod
    def of(cls, keys: Array) -> PairCounts:
        """Count how often each dyad number occurs."""
        found, counts = np.unique(keys, return_counts=True)
        return cls(found.astype(np.int64), counts.astype(np.int32))

    def find(self, numbers: Array) -> tuple[Array, Array]:
        """The rows of ``numbers`` that have a value, in order, and the place of each in keys (r,) both."""
        if _increasing(numbers):  # the rows of a block: look its few keys up among them
            begin, end = np.searchsorted(self.keys, [numbers[0], numbers[-1] + 1]) if len(numbers) else (0, 0)
            rows = np.searchsorted(numbers, self.keys[begin:end])
            there = np.flatnonzero(numbers[rows] == self.keys[begin:end])
            return rows[there], there + begin
        place = np.searchsorted(self.keys, numbers)
        rows = np.flatnonzero(place < len(self.keys))
        rows = rows[self.keys[place[rows]] == numbers[rows]]
        return rows, place[rows]

    def at(self, numbers: Array) -> Array:
        """The value of each dyad number, 0 where there is none."""
        rows, place = self.find(numbers)
        values = np.zeros(len(numbers), self.values.dtype)
        values[rows] = self.values[place]
        return values

    def has(self, numbers: Array) -> Array:
        """Whether each dyad number has a value, bool."""
        found = np.zeros(len(numbers), dtype=bool)
        found[self.find(numbers)[0]] = True
        return found


def _increasing(numbers: Array) -> bool:
    """Whether no number follows one that is not smaller."""
    return bool((numbers[1:] > numbers[:-1]).all())


def _row_starts(n: int) -> Array:
    """Number of the dyad (i, i + 1) of every i; row n - 1 is empty."""
    i = np.arange(max(n, 1), dtype=np.int64)
    return i * n - i * (i + 1) // 2

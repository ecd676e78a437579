"""Rows of dyads as histories: up to the first missing value, step by step, each distinct one once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...errors import ModelError
from ...numerics.segments import ranges, sorted_starts
from ..rows.batches import Batch
from ..rows.frames import complete

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

CENSORED = "after a missing value"


def followed(
    data: pd.DataFrame, columns: Sequence[str], nodes: tuple[str, str], period: str
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Rows by dyad and period, each dyad up to its first missing value in ``columns``; those left out.

    A dyad's state after a row that cannot be used is not known, so that the row ends its history (right
    censoring). Periods without a row (a body was not active) are not missing: nothing can happen in them.
    Raises ModelError for an absent column, or a dyad with two rows in a period.
    """
    absent = [name for name in (*columns, *nodes, period) if name not in data]
    if absent:
        raise ModelError(
            f"the data have no column {absent[0]!r}; name one of {', '.join(map(str, data))[:300]}"
        )
    dyad = _dyads(data, nodes)
    order = np.lexsort((data[period].to_numpy(), dyad))
    data, dyad = data.iloc[order], dyad[order]
    starts = sorted_starts(dyad)
    when = data[period].to_numpy()
    twice = np.flatnonzero((when[1:] == when[:-1]) & (dyad[1:] == dyad[:-1]))
    if len(twice):
        pair = [data[name].iloc[int(twice[0])] for name in nodes]
        raise ModelError(
            f"the dyad {pair[0]!r}, {pair[1]!r} has two rows in the period {when[twice[0]]!r}; give it one"
        )
    keep, dropped = complete(data, columns)
    if keep is None:
        return data, {}
    missing = np.ones(len(data), dtype=bool)
    missing[keep] = False
    running = np.cumsum(missing)
    earlier = np.concatenate([[0], running])[starts[:-1]]
    inside = running - np.repeat(earlier, np.diff(starts)) == 0
    censored = int(np.count_nonzero(~inside & ~missing))
    return data[inside], dropped | ({CENSORED: censored} if censored else {})


def _dyads(data: pd.DataFrame, nodes: tuple[str, str]) -> Array:
    """A number (n,) for each unordered pair."""
    import pandas as pd

    codes, labels = pd.factorize(np.concatenate([data[name].to_numpy() for name in nodes]))
    left, right = codes[: len(data)].astype(np.int64), codes[len(data) :].astype(np.int64)
    number: Array = np.minimum(left, right) * len(labels) + np.maximum(left, right)
    return number


@dataclass(frozen=True)
class Histories:
    """The distinct histories of a batch of whole dyads, as ``numerics.hidden.forward`` takes them.

    ``rows`` (R,) are rows of the batch that stand for them, step by step, ``sizes`` how many histories have
    each step, ``count`` (R,) how many dyads share the history of a row, ``like`` (n,) where in ``rows`` the
    one stands that is like a row of the batch.
    """

    rows: Array
    sizes: list[int]
    count: Array
    like: Array

    @classmethod
    def of(cls, batch: Batch, columns: Array) -> Histories:
        """From a batch whose dyads adjoin, and what makes rows differ: columns (n, c)."""
        pair = np.minimum(batch.i, batch.j).astype(np.int64) << 32 | np.maximum(batch.i, batch.j)
        starts = sorted_starts(pair)
        length = np.diff(starts)
        firsts, counts, lengths, number = [], [], [], np.empty(len(length), dtype=np.int64)
        held = 0
        for size in np.unique(length)[::-1]:  # the longest first: a step is held by the first histories
            dyads = np.flatnonzero(length == size)
            key = np.ascontiguousarray(columns[starts[dyads][:, None] + np.arange(size)])
            key = key.reshape(len(dyads), -1).view(f"V{key[0].nbytes}").ravel()
            _, first, own, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
            number[dyads] = held + own.reshape(-1)
            held += len(first)
            firsts.append(starts[dyads[first]])
            counts.append(count)
            lengths.append(np.full(len(first), size))
        first, count, most = (np.concatenate(parts) for parts in (firsts, counts, lengths))
        sizes = [int(np.count_nonzero(most > step)) for step in range(int(most[0]))]
        begin = np.concatenate([[0], np.cumsum(sizes)])
        rows = np.concatenate([first[:size] + step for step, size in enumerate(sizes)])
        step = ranges(np.zeros(len(length), dtype=np.int64), length)
        shared = np.concatenate([count[:size] for size in sizes])
        return cls(rows, sizes, shared.astype(float), begin[step] + np.repeat(number, length))

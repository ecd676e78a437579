"""Data made of data: a column more, or some of the rows, batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from .batches import Batch, Columns, same
from .data import Data

Array = np.ndarray


def with_column(data: Data, name: str, rule: Callable[[Batch], Array]) -> Data:
    """The same rows with the column ``name`` = ``rule(batch)`` (n,)."""
    shared: dict[int, Array] = {}  # batches taken from the same columns write theirs into one, too

    def change(batch: Batch) -> Batch:
        if not data.resident:
            return batch.with_column(name, rule(batch))
        values = rule(batch)
        if id(batch.left) not in shared:
            shared[id(batch.left)] = np.zeros(len(batch.left), dtype=values.dtype)
        room = shared[id(batch.left)]
        room[batch.columns.rows] = values
        return replace(batch, columns=Columns({**batch.columns.stored, name: room}, batch.columns.rows))

    return _mapped(data, change)


def select(data: Data, rule: Callable[[Batch], Array]) -> Data:
    """The rows where ``rule(batch)`` (n,) is true, with their projects."""

    def change(batch: Batch) -> Batch:
        keep = rule(batch)
        return batch if keep.all() else batch.select(keep)

    return _mapped(data, change)


def _mapped(data: Data, change: Callable[[Batch], Batch]) -> Data:
    """Every batch changed: at once where they lie in memory, at each pass where they do not."""
    if data.resident:
        held = [change(load()) for load in data.loaders]
        return replace(data, loaders=tuple(partial(same, batch) for batch in held))
    return replace(data, loaders=tuple(partial(_changed, change, load) for load in data.loaders))


def _changed(change: Callable[[Batch], Batch], load: Callable[[], Batch]) -> Batch:
    return change(load())

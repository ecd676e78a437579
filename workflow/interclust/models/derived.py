"""Data made of data: a column more, or some of the rows, batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .data import Batch, Data

Array = np.ndarray


def with_column(data: Data, name: str, rule: Callable[[Batch], Array]) -> Data:
    """The same rows with the column ``name`` = ``rule(batch)`` (n,)."""
    return _mapped(data, lambda batch: replace(batch, columns={**batch.columns, name: rule(batch)}))


def select(data: Data, rule: Callable[[Batch], Array]) -> Data:
    """The rows where ``rule(batch)`` (n,) is true, with their projects."""
    return _mapped(data, lambda batch: _rows(batch, rule(batch)))


def _rows(batch: Batch, keep: Array) -> Batch:
    columns = {name: values[keep] for name, values in batch.columns.items()}
    pieces = keep[batch.piece_rows]
    place = np.cumsum(keep) - 1  # of a kept row among the kept ones
    rows, projects = place[batch.piece_rows[pieces]], batch.piece_projects[pieces]
    return Batch(columns, batch.i[keep], batch.j[keep], rows, projects, batch.origin[keep])


def _mapped(data: Data, change: Callable[[Batch], Batch]) -> Data:
    if data.resident:
        held = [change(batch) for batch in data.batches()]
        return replace(data, batches=lambda: iter(held))
    return replace(data, batches=lambda: map(change, data.batches()))

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
    """The rows where ``rule(batch)`` (n,) is true, without their projects."""
    return _mapped(data, lambda batch: _rows(batch, rule(batch)))


def _rows(batch: Batch, keep: Array) -> Batch:
    none = np.zeros(0, dtype=np.int64)
    columns = {name: values[keep] for name, values in batch.columns.items()}
    return Batch(columns, batch.i[keep], batch.j[keep], none, none, batch.origin[keep])


def _mapped(data: Data, change: Callable[[Batch], Batch]) -> Data:
    if data.resident:
        held = [change(batch) for batch in data.batches()]
        return replace(data, batches=lambda: iter(held))
    return replace(data, batches=lambda: map(change, data.batches()))

"""The rows of ``features/periods`` as shards: row group k of every period's file is shard k.

A shard is read from the files whenever it is asked for, unless it fits into what may be held in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from threading import Lock, local
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import parallel
from ...contracts import VERIFIED, schema_of, undamaged
from ...errors import ModelError
from ...numerics.dyads import dyad_number
from ...numerics.segments import ranges
from .batches import Batch, Columns
from .data import Data

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Array = np.ndarray

# Shards are kept while they fit in here: 40 million rows of three terms, or 7 million of fifteen.
HELD_BYTES = 2**29

NODES = ("cluster_i", "cluster_j")
CONTRACT = "features/periods"


def from_parquet(
    folder: str | Path,
    columns: Sequence[str],
    sample: str | None,
    nodes: Sequence[Any],
    row_projects: pd.DataFrame | None = None,
    threads: int | None = None,
    held_bytes: int = HELD_BYTES,
    beside: Sequence[str] = (),
) -> Data:
    """Rows of ``features/periods``.

    ``sample`` names the flag column of the rows at risk (None: all rows). Rows with a missing value in
    ``columns`` are left out and counted; in those ``beside`` them it may stand. At most ``held_bytes`` of
    shards stay in memory.
    """
    files = sorted(Path(folder).glob("period=*.parquet"))
    if not files:
        raise ModelError(f"{folder}: no period files; run the stage features first")
    names = list(dict.fromkeys([*columns, *beside, "period", *NODES, *([sample] if sample else [])]))
    held = schema_of(files[0], CONTRACT).names
    absent = [name for name in names if name not in held]
    if absent:
        raise ModelError(f"{files[0].parent}: no column {absent[0]!r}; add it to features.names of the study")
    pieces = _Pieces.read(row_projects, len(nodes))
    source = _Source(tuple(files), tuple(names), tuple(columns), tuple(beside), sample, pieces, held_bytes)
    loaders: tuple[Callable[[], Batch], ...] = tuple(partial(source.load, k) for k in range(source.n_shards))
    return Data(loaders, tuple(nodes), source.dropped, False, threads or parallel.cores(), pieces.labels)


@dataclass(frozen=True)
class _Source:
    files: tuple[Path, ...]
    names: tuple[str, ...]
    columns: tuple[str, ...]
    beside: tuple[str, ...]
    sample: str | None
    pieces: _Pieces
    held_bytes: int
    _lock: Lock = field(default_factory=Lock)
    _held: dict[int, Batch] = field(default_factory=dict)
    _dropped: dict[int, dict[str, int]] = field(default_factory=dict)
    _own: local = field(default_factory=local)

    @cached_property
    def footers(self) -> tuple[Any, ...]:
        """What each file says of its row groups, read once."""
        import pyarrow.parquet as pq

        found = []
        for path in self.files:
            with undamaged(path, CONTRACT):
                found.append(pq.read_metadata(path))
        return tuple(found)

    @property
    def n_shards(self) -> int:
        return max(footer.num_row_groups for footer in self.footers)

    def opened(self) -> tuple[Any, ...]:
        """The files, open: once a thread, for a reader is not to be shared."""
        import pyarrow.parquet as pq

        if not hasattr(self._own, "files"):
            self._own.files = tuple(
                pq.ParquetFile(path, metadata=footer, **VERIFIED)
                for path, footer in zip(self.files, self.footers, strict=True)
            )
        files: tuple[Any, ...] = self._own.files
        return files

    def load(self, shard: int) -> Batch:
        """One shard, from memory if it is held there."""
        batch = self._held.get(shard)
        if batch is None:
            batch, dropped = self.read(shard)
            with self._lock:
                self._dropped[shard] = dropped
                if sum(held.nbytes for held in self._held.values()) + batch.nbytes <= self.held_bytes:
                    self._held[shard] = batch
        return batch

    def dropped(self) -> Mapping[str, int]:
        """Rows left out by column, over all shards; those not read yet are read."""
        for shard in range(self.n_shards):
            if shard not in self._dropped:
                self.load(shard)
        total: dict[str, int] = {}
        for shard in range(self.n_shards):
            for name, number in self._dropped[shard].items():
                total[name] = total.get(name, 0) + number
        return {name: total[name] for name in self.columns if name in total}

    def read(self, shard: int) -> tuple[Batch, dict[str, int]]:
        """One shard from the files, with the rows that each column cost."""
        parts = list(self._parts(shard))
        dropped: dict[str, int] = {}
        for _, lost in parts:
            for name, number in lost.items():
                dropped[name] = dropped.get(name, 0) + number
        whole = {name: np.concatenate([part[name] for part, _ in parts]) for name in self.names}
        left, right = (whole[name].astype(np.int32) for name in NODES)
        rows, projects = self.pieces.of(whole["period"].astype(np.int64), left, right)
        columns = Columns({name: whole[name] for name in (*self.columns, *self.beside)})
        return Batch(columns, left, right, rows, projects), dropped

    def _parts(self, shard: int) -> Iterator[tuple[dict[str, Array], dict[str, int]]]:
        """The rows at risk and complete of each period."""
        for path, file in zip(self.files, self.opened(), strict=True):
            if shard < file.num_row_groups:
                with undamaged(path, CONTRACT):
                    stored = file.read_row_group(shard, columns=list(self.names), use_threads=False)
                yield self._complete(stored)

    def _complete(self, stored: pa.Table) -> tuple[dict[str, Array], dict[str, int]]:
        keep = np.ones(len(stored), dtype=bool)
        if self.sample:
            keep &= _numpy(stored, self.sample)[0].astype(bool)
        arrays, dropped = {}, {}
        for name in dict.fromkeys([*self.columns, *self.names]):
            arrays[name], missing = _numpy(stored, name)
            if missing is not None and name in self.columns and (missing := missing & keep).any():
                dropped[name] = int(missing.sum())
                keep &= ~missing
        return {name: values[keep] for name, values in arrays.items()}, dropped


def _numpy(stored: pa.Table, name: str) -> tuple[Array, Array | None]:
    """A column in its own type, and where it is missing (None: nowhere); text is made objects."""
    import pyarrow as pa

    column = stored.column(name)
    if pa.types.is_floating(column.type):
        values = column.to_numpy()
        missing = np.isnan(values)
        return values, missing if missing.any() else None
    missing = column.is_null().to_numpy() if column.null_count else None
    if pa.types.is_boolean(column.type) or pa.types.is_integer(column.type):
        null = False if pa.types.is_boolean(column.type) else 0
        return (column.fill_null(null) if column.null_count else column).to_numpy(), missing
    return column.to_pandas().to_numpy(dtype=object), missing


@dataclass(frozen=True)
class _Pieces:
    """The projects of tied rows: sorted row numbers (k,), where those of each begin (k + 1,), projects.

    ``labels`` are the ids behind the numbers of the projects.
    """

    n_nodes: int
    keys: Array
    start: Array
    projects: Array
    labels: tuple[str, ...] = ()

    @classmethod
    def read(cls, row_projects: pd.DataFrame | None, n_nodes: int) -> _Pieces:
        """From the table ``panel/row_projects``; projects are numbered in the order of their ids."""
        none = np.zeros(0, np.int64)
        if row_projects is None or row_projects.empty:
            return cls(n_nodes, none, np.zeros(1, np.int64), none)
        labels, project = np.unique(row_projects["project_id"].to_numpy(dtype=str), return_inverse=True)
        ends = (row_projects[name].to_numpy(np.int64) for name in ("period", "cluster_i", "cluster_j"))
        number = _row_number(n_nodes, *ends)
        order = np.lexsort((project, number))
        keys, start = np.unique(number[order], return_index=True)
        ends_at = np.append(start, len(order))
        return cls(n_nodes, keys, ends_at, project[order], tuple(labels.tolist()))

    def of(self, period: Array, i: Array, j: Array) -> tuple[Array, Array]:
        """Row and project of every piece of the rows given."""
        number = _row_number(self.n_nodes, period, i, j)
        place = np.searchsorted(self.keys, number)
        rows = np.flatnonzero(place < len(self.keys))
        rows = rows[self.keys[place[rows]] == number[rows]]
        begin = self.start[place[rows]]
        count = self.start[place[rows] + 1] - begin
        return np.repeat(rows, count), self.projects[ranges(begin, count)]


def _row_number(n_nodes: int, period: Array, i: Array, j: Array) -> Array:
    """One number for each period and dyad."""
    return period * (n_nodes * (n_nodes - 1) // 2) + dyad_number(i, j, n_nodes)

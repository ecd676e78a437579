"""Data: the rows of a model as re-iterable batches, from a frame or from the files of a panel.

Both give the same shards in the same order with the same rows, so that a streamed fit equals the fit in
memory bit for bit. A batch holds whole dyads: what the pair-clustered and jackknife covariances need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from ..inference.covariance import project_pieces
from ..numerics.dyads import SHARD_DYADS, dyad_number
from ..numerics.segments import ranges

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray


@dataclass(frozen=True)
class Batch:
    """Columns (n,) of one shard, node numbers i and j, pieces of projects, and where the rows came from."""

    columns: Mapping[str, Array]
    i: Array
    j: Array
    piece_rows: Array
    piece_projects: Array
    origin: Array  # row numbers in the source

    def __len__(self) -> int:
        """Rows in the batch."""
        return len(self.i)


@dataclass(frozen=True)
class Data:
    """Rows of a model; ``batches()`` can be walked as often as the engine needs."""

    batches: Callable[[], Iterator[Batch]]
    nodes: tuple[Any, ...]
    dropped: Mapping[str, int] = field(default_factory=dict)
    resident: bool = False  # the batches are the same objects every time: what is made of them can be kept

    @property
    def n_nodes(self) -> int:
        """Number of nodes that rows may name."""
        return len(self.nodes)


def from_frame(
    frame: pd.DataFrame,
    columns: Sequence[str],
    nodes: tuple[str, str] | None,
    project: str | None = None,
    node_labels: Sequence[Any] | None = None,
) -> Data:
    """Rows of a DataFrame; rows with a missing value in ``columns`` are dropped and counted by column.

    ``nodes`` names the two node columns (any hashable values); without it every row has nodes of its
    own, so that only the classical and hc0 covariances mean anything. Raises ModelError for an absent
    column or a row with the same node twice.
    """
    absent = [
        name for name in (*columns, *(nodes or ()), *([project] if project else [])) if name not in frame
    ]
    if absent:
        raise ModelError(
            f"the data have no column {absent[0]!r}; columns are {', '.join(map(str, frame.columns[:40]))}"
        )
    keep, dropped = _complete(frame, columns)
    kept = frame.loc[keep]
    origin = np.flatnonzero(keep)
    i, j, labels = _node_numbers(kept, nodes, node_labels)
    rows, projects = project_pieces(list(kept[project]) if project else None, len(kept))
    arrays = {name: _array(kept[name]) for name in columns}
    batches = _shards(arrays, i, j, rows, projects, origin, len(labels))
    return Data(lambda: iter(batches), labels, dropped, resident=True)


def from_parquet(
    folder: str | Path,
    columns: Sequence[str],
    sample: str | None,
    nodes: Sequence[Any],
    row_projects: pd.DataFrame | None = None,
) -> Data:
    """Rows of ``features/periods``: the row group k of every period's file is shard k.

    ``sample`` names the flag column of the rows at risk (None: all rows). Rows with a missing value in
    ``columns`` are left out and counted.
    """
    import pyarrow.parquet as pq

    files = sorted(Path(folder).glob("period=*.parquet"))
    if not files:
        raise ModelError(f"{folder}: no period files; run the stage features first")
    needed = list(
        dict.fromkeys([*columns, "period", "cluster_i", "cluster_j", *([sample] if sample else [])])
    )
    absent = [name for name in needed if name not in pq.read_schema(files[0]).names]
    if absent:
        raise ModelError(f"{files[0].parent}: no column {absent[0]!r}; add it to features.names of the study")
    groups = max(pq.ParquetFile(file).num_row_groups for file in files)
    pieces = _Pieces.read(row_projects, len(nodes))
    source = _ParquetSource(tuple(files), tuple(needed), tuple(columns), sample, pieces, groups)
    if groups == 1:  # the whole study is one shard, which may be held
        held = list(source.batches())
        return Data(lambda: iter(held), tuple(nodes), source.count_dropped(), resident=True)
    return Data(source.batches, tuple(nodes), source.count_dropped())


@dataclass(frozen=True)
class _ParquetSource:
    files: tuple[Path, ...]
    needed: tuple[str, ...]
    columns: tuple[str, ...]
    sample: str | None
    pieces: _Pieces
    groups: int

    @cached_property
    def opened(self) -> tuple[Any, ...]:
        """The files, each opened once: their footers describe every row group."""
        import pyarrow.parquet as pq

        return tuple(pq.ParquetFile(file) for file in self.files)

    def shard(self, group: int) -> pd.DataFrame:
        import pandas as pd

        parts = []
        for stored in self.opened:
            if group < stored.num_row_groups:
                parts.append(stored.read_row_group(group, columns=list(self.needed)).to_pandas())
        frame = pd.concat(parts, ignore_index=True)
        return frame[frame[self.sample].to_numpy(dtype=bool)] if self.sample else frame

    def batches(self) -> Iterator[Batch]:
        for group in range(self.groups):
            frame = self.shard(group)
            keep, _ = _complete(frame, self.columns)
            frame = frame.loc[keep]
            if frame.empty:
                continue
            i, j = frame["cluster_i"].to_numpy(np.int64), frame["cluster_j"].to_numpy(np.int64)
            rows, projects = self.pieces.of(frame["period"].to_numpy(np.int64), i, j)
            arrays = {name: _array(frame[name]) for name in self.columns}
            yield Batch(arrays, i, j, rows, projects, np.arange(len(frame)))

    def count_dropped(self) -> dict[str, int]:
        total: dict[str, int] = {}
        for group in range(self.groups):
            _, dropped = _complete(self.shard(group), self.columns)
            for name, number in dropped.items():
                total[name] = total.get(name, 0) + number
        return total


@dataclass(frozen=True)
class _Pieces:
    """The projects of tied rows: sorted row numbers (k,), where those of each begin (k + 1,), projects."""

    n_nodes: int
    keys: Array
    start: Array
    projects: Array

    @classmethod
    def read(cls, row_projects: pd.DataFrame | None, n_nodes: int) -> _Pieces:
        """From the table ``panel/row_projects``; projects are numbered in the order of their ids."""
        none = np.zeros(0, np.int64)
        if row_projects is None or row_projects.empty:
            return cls(n_nodes, none, np.zeros(1, np.int64), none)
        _, project = np.unique(row_projects["project_id"].to_numpy(dtype=str), return_inverse=True)
        ends = (row_projects[name].to_numpy(np.int64) for name in ("period", "cluster_i", "cluster_j"))
        number = _row_number(n_nodes, *ends)
        order = np.lexsort((project, number))
        keys, start = np.unique(number[order], return_index=True)
        return cls(n_nodes, keys, np.append(start, len(order)), project[order])

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


def _complete(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[Array, dict[str, int]]:
    """Rows without a missing value, and how many each column cost (counted where it is the first)."""
    keep = np.ones(len(frame), dtype=bool)
    dropped = {}
    for name in columns:
        missing = frame[name].isna().to_numpy() & keep
        if missing.any():
            dropped[name] = int(missing.sum())
            keep &= ~missing
    return keep, dropped


def _array(column: pd.Series) -> Array:
    import pandas as pd

    flags = column.dtype == object and pd.api.types.infer_dtype(column) == "boolean"  # nullable in the file
    if flags or pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=float)
    return column.to_numpy(dtype=object)


def _node_numbers(
    frame: pd.DataFrame, nodes: tuple[str, str] | None, labels: Sequence[Any] | None
) -> tuple[Array, Array, tuple[Any, ...]]:
    """Numbers of the two nodes of each row in the sorted list of all nodes."""
    n = len(frame)
    if nodes is None:
        return np.arange(n) * 2, np.arange(n) * 2 + 1, tuple(range(2 * n))
    left, right = frame[nodes[0]].tolist(), frame[nodes[1]].tolist()
    if labels is None:
        found = set(left) | set(right)
        try:
            labels = sorted(found)
        except TypeError:
            labels = sorted(found, key=lambda node: (type(node).__name__, str(node)))
    number = {node: position for position, node in enumerate(labels)}
    i = np.array([number[node] for node in left], dtype=np.int64)
    j = np.array([number[node] for node in right], dtype=np.int64)
    same = np.flatnonzero(i == j)
    if len(same):
        raise ModelError(
            f"row {frame.index[same[0]]!r} has the cluster {left[same[0]]!r} in both {nodes[0]} "
            f"and {nodes[1]}; a dyad needs two"
        )
    return i, j, tuple(labels)


def _shards(
    arrays: Mapping[str, Array], i: Array, j: Array, rows: Array, projects: Array, origin: Array, n_nodes: int
) -> list[Batch]:
    """Split rows by shard, keeping their order within it."""
    shard = dyad_number(i, j, n_nodes) // SHARD_DYADS
    if len(shard) == 0 or shard.min() == shard.max():
        return [Batch(arrays, i, j, rows, projects, origin)]
    batches = []
    for number in np.unique(shard):
        inside = np.flatnonzero(shard == number)
        position = np.full(len(i), -1)
        position[inside] = np.arange(len(inside))
        mine = position[rows] >= 0
        part = {name: values[inside] for name, values in arrays.items()}
        batches.append(
            Batch(part, i[inside], j[inside], position[rows[mine]], projects[mine], origin[inside])
        )
    return batches

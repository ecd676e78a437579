"""The rows of a DataFrame as the shards of a panel, without a copy of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import parallel
from ...errors import ModelError
from ...inference.covariance import project_pieces
from ...numerics.dyads import SHARD_DYADS, dyad_number
from .batches import ALL, Batch, Columns, same
from .data import Data

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

# Rows whose dyads are numbered at a time.
CHUNK_ROWS = 2**18


def from_frame(
    frame: pd.DataFrame,
    columns: Sequence[str],
    nodes: tuple[str, str] | None,
    project: str | None = None,
    node_labels: Sequence[Any] | None = None,
    threads: int | None = None,
    beside: Sequence[str] = (),
) -> Data:
    """Rows of a DataFrame; rows with a missing value in ``columns`` are dropped and counted by column.

    In the columns ``beside`` them a value may be missing.

    ``nodes`` names the two node columns (any hashable values); without it every row has nodes of its
    own, so that only the classical and hc0 covariances mean anything. Numbers are read where they lie: the
    frame must not change while the fit is used. Raises ModelError for an absent column or a row with the
    same node twice.
    """
    absent = [
        name
        for name in (*columns, *beside, *(nodes or ()), *([project] if project else []))
        if name not in frame
    ]
    if absent:
        raise ModelError(
            f"the data have no column {absent[0]!r}; columns are {', '.join(map(str, frame.columns[:40]))}"
        )
    keep, dropped = complete(frame, columns)
    left, right, labels = _node_numbers(frame, keep, nodes, node_labels)
    names = None
    if project is not None:
        names = frame[project].to_numpy() if keep is None else frame[project].to_numpy()[keep]
    rows, projects, known = project_pieces(names, len(left))
    shards = _shards(left, right, len(labels)) if nodes else np.arange(len(left)) // SHARD_DYADS
    stored = {name: array(frame[name]) for name in (*columns, *beside)}
    if keep is not None:
        left, right = _spread(left, keep), _spread(right, keep)
    batches = list(_batches(stored, left, right, shards, keep, rows, projects))
    loaders = tuple(partial(same, batch) for batch in batches)
    return Data(loaders, labels, lambda: dropped, True, threads or parallel.cores(), known)


def complete(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[Array | None, dict[str, int]]:
    """Rows without a missing value (None: all), and how many each column cost (where it is the first)."""
    keep: Array | None = None
    dropped = {}
    for name in columns:
        missing = frame[name].isna().to_numpy()
        if keep is not None:
            missing = missing & keep
        if missing.any():
            dropped[name] = int(missing.sum())
            keep = ~missing if keep is None else keep & ~missing
    return (None if keep is None else np.flatnonzero(keep)), dropped


def array(column: pd.Series) -> Array:
    """A column as numpy has it: numbers and flags in their own type, others as objects."""
    import pandas as pd

    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub":
        return column.to_numpy()
    flags = column.dtype == object and pd.api.types.infer_dtype(column) == "boolean"  # True, False, None
    if flags or pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=float, na_value=np.nan)
    return column.to_numpy(dtype=object)


def _spread(kept: Array, keep: Array) -> Array:
    """Node numbers of all rows of the frame from those of the rows kept; the others are never asked for."""
    full = np.zeros(int(keep[-1]) + 1 if len(keep) else 0, dtype=kept.dtype)
    full[keep] = kept
    return full


def _node_numbers(
    frame: pd.DataFrame, keep: Array | None, nodes: tuple[str, str] | None, labels: Sequence[Any] | None
) -> tuple[Array, Array, Sequence[Any]]:
    """Numbers of the two nodes of each row kept in the sorted list of all nodes."""
    n = len(frame) if keep is None else len(keep)
    if nodes is None:
        return np.arange(n) * 2, np.arange(n) * 2 + 1, range(2 * n)
    given = [frame[name].to_numpy() if keep is None else frame[name].to_numpy()[keep] for name in nodes]
    whole = all(values.dtype.kind in "iu" for values in given) and n > 0
    if labels is None and whole:
        left, right, labels = _of_integers(given[0], given[1])
    else:
        left, right, labels = _of_objects(given[0].tolist(), given[1].tolist(), labels)
    same = np.flatnonzero(left == right)
    if len(same):
        row = same[0] if keep is None else keep[same[0]]
        raise ModelError(
            f"row {frame.index[row]!r} has the cluster {given[0][same[0]]!r} in both {nodes[0]} "
            f"and {nodes[1]}; a dyad needs two"
        )
    return left, right, labels


def _of_integers(left: Array, right: Array) -> tuple[Array, Array, Sequence[int]]:
    """Nodes named by integers: numbered by their rank, through a table where they lie close together."""
    least = int(min(left.min(), right.min()))
    span = int(max(left.max(), right.max())) - least + 1
    if span > 4 * len(left) + 2**20:
        found, number = np.unique(np.concatenate([left, right]), return_inverse=True)
        number = number.astype(np.int32)
        return number[: len(left)], number[len(left) :], found.tolist()
    present = np.zeros(span, dtype=bool)
    for values in (left, right):
        present[values - least if least else values] = True
    found = np.flatnonzero(present)
    rank = np.cumsum(present, dtype=np.int32) - np.int32(1)
    if len(found) == span and least == 0:  # they are their own numbers
        return left, right, range(span)
    return rank[left - least], rank[right - least], (found + least).tolist()


def _of_objects(
    left: list[Any], right: list[Any], labels: Sequence[Any] | None
) -> tuple[Array, Array, Sequence[Any]]:
    """Nodes of any hashable kind, sorted where they can be."""
    if labels is None:
        found = set(left) | set(right)
        try:
            labels = sorted(found)
        except TypeError:
            labels = sorted(found, key=lambda node: (type(node).__name__, str(node)))
    number = {node: position for position, node in enumerate(labels)}
    i = np.fromiter((number[node] for node in left), np.int32, len(left))
    j = np.fromiter((number[node] for node in right), np.int32, len(right))
    return i, j, labels


def _shards(left: Array, right: Array, n_nodes: int) -> Array:
    """The shard (n,) of every row."""
    most = n_nodes * max(n_nodes - 1, 1) // 2 // SHARD_DYADS
    found = np.empty(len(left), dtype=np.uint16 if most < 2**16 else np.int64)
    for low in range(0, len(left), CHUNK_ROWS):
        part = slice(low, low + CHUNK_ROWS)
        found[part] = dyad_number(left[part], right[part], n_nodes) // SHARD_DYADS
    return found


def _batches(
    stored: Mapping[str, Array],
    left: Array,
    right: Array,
    shards: Array,
    keep: Array | None,
    piece_rows: Array,
    projects: Array,
) -> Iterator[Batch]:
    """Rows by shard, in their order within it; pieces of projects go with their rows."""
    if len(shards) == 0 or shards.min() == shards.max():
        rows: Array | slice = ALL if keep is None else keep
        yield Batch(Columns(stored, rows), left, right, piece_rows, projects)
        return
    ends = np.cumsum(np.bincount(shards))
    order = _by_shard(shards, ends)
    of_piece = shards[piece_rows]
    for number in np.flatnonzero(np.diff(ends, prepend=0)):
        inside = order[ends[number - 1] if number else 0 : ends[number]]
        mine = of_piece == number
        place = np.searchsorted(inside, piece_rows[mine])
        rows = inside if keep is None else keep[inside]
        yield Batch(Columns(stored, rows), left, right, place, projects[mine])


def _by_shard(shards: Array, ends: Array) -> Array:
    """Row numbers by shard, in their order within it; chunk by chunk, for a sort of all takes more memory."""
    order = np.empty(len(shards), dtype=np.int32 if len(shards) < 2**31 else np.int64)
    room = np.concatenate([[0], ends[:-1]])  # where the next row of each shard goes
    for low in range(0, len(shards), CHUNK_ROWS):
        part = shards[low : low + CHUNK_ROWS]
        sort = np.argsort(part, kind="stable")
        count = np.bincount(part, minlength=len(ends))
        first = np.cumsum(count) - count
        of_row = part[sort]
        order[room[of_row] + np.arange(len(part)) - first[of_row]] = low + sort
        room += count
    return order

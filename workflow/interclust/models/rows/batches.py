"""Batches: the rows of one shard, read where they lie and taken block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

Array = np.ndarray

ALL = slice(None)


@dataclass(frozen=True)
class Columns(Mapping[str, Array]):
    """Columns of a shard in arrays that may hold more rows: ``rows`` says which (increasing), or all.

    By name a column is float64 (or object, where it holds no numbers); ``parts`` gives a few rows of several
    as they are stored, so that a fit needs no copy of its data.
    """

    stored: Mapping[str, Array]
    rows: Array | slice = field(default_factory=lambda: ALL)

    def __getitem__(self, name: str) -> Array:
        """The whole column as numbers (n,)."""
        return numbers(self.stored[name][self.rows])

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self.stored)

    def __len__(self) -> int:
        """How many columns there are."""
        return len(self.stored)

    def parts(self, names: Iterable[str], which: Array | slice) -> dict[str, Array]:
        """The rows ``which`` of some columns as they are stored."""
        rows = within(self.rows, which)
        return {name: self.stored[name][rows] for name in names}


def within(rows: Array | slice, which: Array | slice) -> Array | slice:
    """Where the rows ``which`` of a selection stand in what it is taken from; a slice where they adjoin."""
    if isinstance(rows, slice):
        return which
    chosen = rows[which]
    if isinstance(which, slice) and len(chosen) and chosen[-1] - chosen[0] == len(chosen) - 1:
        return slice(int(chosen[0]), int(chosen[-1]) + 1)
    return chosen


def numbers(values: Array) -> Array:
    """Numbers and flags as float64; anything else as it is."""
    return values if values.dtype == object else values.astype(float, copy=False)


@dataclass(frozen=True)
class Batch:
    """One shard: its columns, its nodes, and the pieces of projects.

    ``left`` and ``right`` hold the node numbers of all that the columns are taken from; ``piece_rows``
    and ``piece_projects`` say which row (of the batch) belongs to which project. A batch holds whole
    dyads: what the pair-clustered and jackknife covariances need.
    """

    columns: Columns
    left: Array
    right: Array
    piece_rows: Array
    piece_projects: Array

    def __len__(self) -> int:
        """Rows in the batch."""
        return len(self.left if isinstance(self.columns.rows, slice) else self.columns.rows)

    @property
    def i(self) -> Array:
        """Node numbers (n,) of one side."""
        return self.left[self.columns.rows]

    @property
    def j(self) -> Array:
        """Node numbers (n,) of the other side."""
        return self.right[self.columns.rows]

    def rows(self, which: Array | slice) -> Array | slice:
        """Where some rows of the batch stand in what it is taken from."""
        return within(self.columns.rows, which)

    @property
    def origin(self) -> Array:
        """Row numbers in the source (n,)."""
        rows = self.columns.rows
        return np.arange(len(self.left)) if isinstance(rows, slice) else rows

    @property
    def nbytes(self) -> int:
        """Bytes that a batch from files holds."""
        held = (*self.columns.stored.values(), self.left, self.right, self.piece_rows, self.piece_projects)
        return sum(array.nbytes for array in held)

    def select(self, keep: Array) -> Batch:
        """The rows flagged (n,), with their projects."""
        pieces = keep[self.piece_rows]
        place = np.cumsum(keep) - 1  # of a kept row among the kept ones
        rows, projects = place[self.piece_rows[pieces]], self.piece_projects[pieces]
        return Batch(Columns(self.columns.stored, self.origin[keep]), self.left, self.right, rows, projects)

    def with_column(self, name: str, values: Array) -> Batch:
        """The same rows with a column (n,) more."""
        if not isinstance(self.columns.rows, slice):  # written where the others stand, which are not copied
            spread = np.zeros(len(self.left), dtype=values.dtype)
            spread[self.columns.rows] = values
            values = spread
        columns = Columns({**self.columns.stored, name: values}, self.columns.rows)
        return Batch(columns, self.left, self.right, self.piece_rows, self.piece_projects)


def same(batch: Batch) -> Batch:
    """The batch itself: the loader of one that lies in memory."""
    return batch

"""Leaving a dyad out: the projects that name both bodies, which what is known of the two must not rest on.

Most dyads share no project, and their values come from sums made once for all; those that do are few, and
are worked out one by one in a world without these projects, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..numerics.dyads import dyad_number
from ..panel.pairs import PairCounts
from .pairwise import Array

if TYPE_CHECKING:
    from ..panel.history import History

# Cells that a step over pairs holds at once, and most pairs a step.
MOST_CELLS = 4_000_000
MOST_PAIRS = 65_536


def shared_projects(history: History, i: Array, j: Array) -> tuple[Array, Any]:
    """Rows whose dyad shares earlier projects, and these projects as 0/1 rows (r, P) CSR.

    No rows if ``features.leave_dyad_out`` is false.
    """
    from scipy.sparse import coo_array

    row, project = _events(history, i, j) if history.options.leave_dyad_out else (i[:0], i[:0])
    rows, line = np.unique(row, return_inverse=True)
    shape = (len(rows), history.n_projects)
    return rows.astype(np.int64), coo_array((np.ones(len(line)), (line, project)), shape).tocsr()


def n_shared(history: History, i: Array, j: Array) -> Array:
    """Earlier projects that name both, (rows,) int; 0 if ``features.leave_dyad_out`` is false."""
    if not history.options.leave_dyad_out:
        return np.zeros(len(i), dtype=np.int32)
    return history.shared.at(dyad_number(i, j, history.n))


def lookup(matrix: Any, row: Array, column: Array) -> Array:
    """Values of a CSR matrix at (row, column), 0 where nothing is stored."""
    matrix.sort_indices()
    width = max(matrix.shape[1], 1)
    stored = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr)) * width
    return PairCounts(stored + matrix.indices, matrix.data).at(row.astype(np.int64) * width + column)


def steps(cells: Array) -> Iterator[slice]:
    """Runs of rows that together hold about MOST_CELLS cells at most, one row at least; cells (rows,)."""
    total = np.cumsum(cells)
    start = 0
    while start < len(cells):
        done = total[start - 1] if start else 0
        stop = int(np.searchsorted(total, done + MOST_CELLS, side="right"))
        stop = min(max(stop, start + 1), start + MOST_PAIRS)
        yield slice(start, stop)
        start = stop


def row_of(matrix: Any) -> Array:
    """Row number of every stored value of a CSR matrix."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def _events(history: History, i: Array, j: Array) -> tuple[Array, Array]:
    """Row and project of every project that a dyad asked for shares."""
    events = history.named_together
    number = dyad_number(i, j, history.n)
    order = np.argsort(number, kind="stable")
    wanted = PairCounts(number[order], order)
    _, found = wanted.find(events.key)
    # A pair may be asked for twice: every row of it gets the projects.
    first, last = (np.searchsorted(wanted.keys, events.key[found], side=side) for side in ("left", "right"))
    repeats = last - first
    event = np.repeat(np.flatnonzero(found), repeats)
    offset = np.arange(len(event)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return order[np.repeat(first, repeats) + offset], events.project[event]

"""Leaving a dyad out: the projects that name both bodies, which what is known of the two must not rest on.

Most dyads share no project, and their values come from sums made once for all; those that do are few, and
are worked out one by one in a world without these projects, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..numerics.dyads import dyad_number
from ..numerics.segments import ranges
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
    from scipy.sparse import csr_array

    start, projects = history.once("projects by dyad", lambda: _by_dyad(history))
    number = dyad_number(i, j, history.n)
    rows, place = start.find(number if history.options.leave_dyad_out else number[:0])
    begin, count = start.values[place], start.values[place + 1] - start.values[place]
    project = projects[ranges(begin, count)]
    limits = np.concatenate([[0], np.cumsum(count)])
    shape = (len(rows), history.n_projects)
    return rows, csr_array((np.ones(len(project)), project, limits), shape=shape)


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


def _by_dyad(history: History) -> tuple[PairCounts, Array]:
    """Projects that name both bodies of a dyad, side by side, and where those of each dyad begin (k + 1,)."""
    events = history.named_together
    order = np.argsort(events.key, kind="stable")
    keys, start = np.unique(events.key[order], return_index=True)
    return PairCounts(keys, np.append(start, len(order))), events.project[order]

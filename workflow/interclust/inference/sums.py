"""What the covariances need of the rows, gathered shard by shard in one pass.

A row has two nodes (its clusters), a pair, and perhaps projects. Rows depend when they share a node or
a project; the sums over nodes, pairs and projects carry all of that in linear time (docs/methods.md).
Shapes: k parameters, N nodes, n rows of a batch.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from .. import parallel
from ..numerics.segments import outer_sum, sorted_starts
from .deletions import Deletion
from .freedom import fourth_powers
from .projects import Pieces, project_sums
from .rows import Rows

Array = np.ndarray

# Rows that are worked on at once, and values of their design: 16,384 rows of 15 parameters are 2 MB, and
# stand in memory some four times over.
CHUNK_ROWS, CHUNK_VALUES = 16_384, 2**18


@dataclass(frozen=True)
class ScoredRows:
    """One batch: the nodes of each row (n,), the projects behind it, and its scores where they are asked for.

    All rows of a pair stand in the same batch. ``piece_rows`` and ``piece_projects`` list which row
    belongs to which project (a row of several projects stands in several pieces); ``rows(which)`` gives
    scores, design and second derivatives.
    """

    i: Array
    j: Array
    piece_rows: Array
    piece_projects: Array
    rows: Callable[[Array], Rows]


@dataclass(frozen=True)
class Groups:
    """Sums of scores (g, k) over groups of rows and, for the jackknife, of information (g, k, k)."""

    scores: Array
    information: Array | None


@dataclass(frozen=True)
class DyadicSums:
    """Everything that the covariances of one fit are made of.

    ``pair_meat`` is the sum of P P' over pairs, ``project_meat`` the project term; ``pair_steps`` and
    ``project_steps`` are the same of one-step deletions, and ``fourth`` (k,) sums the fourth powers of what
    each project, and each row without one, adds to the estimate (all None without the jackknife).
    """

    information: Array
    row_meat: Array
    nodes: Groups
    node_rows: Array
    pair_meat: Array
    pair_steps: Array | None
    n_pairs: int
    project_meat: Array
    project_steps: Array | None
    fourth: Array | None


@dataclass
class NodeSums:
    """Scores (t, k), rows (t,) and information (t, k, k) of the nodes ``touched`` (None: of all)."""

    scores: Array
    rows: Array
    information: Array | None
    touched: Array | None = None

    def add(self, other: NodeSums) -> None:
        """Add those of other rows to the sums over all nodes."""
        at = slice(None) if other.touched is None else other.touched
        self.scores[at] += other.scores
        self.rows[at] += other.rows
        if self.information is not None:
            self.information[at] += other.information


@dataclass
class Partial:
    """The sums over some chunks of rows."""

    nodes: list[NodeSums]
    row_meat: Array
    pair_meat: Array
    pair_steps: Array
    fourth: Array
    n_pairs: int = 0
    pieces: list[Pieces] = field(default_factory=list)

    @classmethod
    def zero(cls, n_nodes: int, k: int, jackknife: bool) -> Partial:
        """Of no rows."""
        information = np.zeros((n_nodes, k, k)) if jackknife else None
        nodes = NodeSums(np.zeros((n_nodes, k)), np.zeros(n_nodes, dtype=np.int64), information)
        meats = (np.zeros((k, k)), np.zeros((k, k)), np.zeros((k, k)))
        return cls([nodes], *meats, np.zeros(k))

    def add(self, other: Partial) -> None:
        """Add those of other chunks."""
        for nodes in other.nodes:
            self.nodes[0].add(nodes)
        self.row_meat += other.row_meat
        self.pair_meat += other.pair_meat
        self.pair_steps += other.pair_steps
        self.fourth += other.fourth
        self.n_pairs += other.n_pairs
        self.pieces += other.pieces


def gather(
    loaders: Sequence[Callable[[], ScoredRows]],
    information: Array,
    n_nodes: int,
    jackknife: bool,
    threads: int = 1,
    resident: bool = False,
) -> DyadicSums:
    """Gather the sums over nodes, pairs and projects; with ``jackknife`` their deletions too.

    Without nodes (``n_nodes`` 0) there are sums over rows and pairs alone.
    ``threads`` and ``resident`` as in ``parallel.total``. Raises ValueError if a row has the same node
    twice.
    """
    deletion = Deletion(information) if jackknife else None
    zero = partial(Partial.zero, n_nodes, len(information), jackknife)
    chunks = partial(_chunks, max(min(CHUNK_ROWS, CHUNK_VALUES // len(information)), 1))
    found = parallel.total(loaders, chunks, partial(_chunk, deletion, n_nodes), zero, threads, resident)
    nodes = found.nodes[0]
    project_meat, project_steps, by_project = project_sums(found.pieces, len(information), deletion)
    return DyadicSums(
        information,
        found.row_meat,
        Groups(nodes.scores, nodes.information),
        nodes.rows,
        found.pair_meat,
        found.pair_steps if jackknife else None,
        found.n_pairs,
        project_meat,
        project_steps,
        None if by_project is None else found.fourth + by_project,
    )


def deletion_steps(information: Array, groups: Groups) -> Array:
    """One Newton step from the estimate when a group of rows is left out: (g, k)."""
    assert groups.information is not None
    return Deletion(information).steps(groups.scores, groups.information)


@dataclass(frozen=True)
class _Chunk:
    """Rows of a batch sorted by pair, where each pair begins, and the pieces whose rows are among them."""

    rows: Array
    starts: Array
    low: Array
    high: Array
    pieces: Array


def _chunks(size: int, batch: ScoredRows) -> Iterator[_Chunk]:
    """Rows in chunks of about a ``size`` that never split a pair."""
    low, high = np.minimum(batch.i, batch.j), np.maximum(batch.i, batch.j)
    if np.any(low == high):
        raise ValueError("a row has the same cluster on both sides")
    order = np.lexsort((_narrow(high), _narrow(low)))
    low, high = low[order], high[order]
    new = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    starts = np.concatenate([[0], np.flatnonzero(new) + 1, [len(order)]]) if len(order) else np.zeros(1, int)
    wanted = np.searchsorted(starts, np.arange(0, len(order), size))
    bounds = np.unique(np.append(wanted, len(starts) - 1))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    of_piece = place[batch.piece_rows]
    for first, last in itertools.pairwise(bounds):
        begin, end = starts[first], starts[last]
        inside = slice(begin, end)
        pieces = np.flatnonzero((of_piece >= begin) & (of_piece < end))
        yield _Chunk(order[inside], starts[first : last + 1] - begin, low[inside], high[inside], pieces)


def _narrow(nodes: Array) -> Array:
    """Node numbers in two bytes where they fit, which are sorted in linear time."""
    return nodes.astype(np.uint16) if len(nodes) and nodes.max() < 2**16 else nodes


def _chunk(deletion: Deletion | None, n_nodes: int, batch: ScoredRows, chunk: _Chunk) -> Partial:
    """The sums over one chunk."""
    rows = batch.rows(chunk.rows)
    pair_scores = rows.score_sums(chunk.starts)
    steps, fourth = np.zeros((rows.X.shape[1],) * 2), np.zeros(rows.X.shape[1])
    if deletion is not None:
        steps = outer_sum(deletion.steps_of_rows(rows, chunk.starts, pair_scores))
        fourth = fourth_powers(_alone(batch, chunk, rows), deletion.bread)
    nodes = []
    if n_nodes:
        by_high = np.argsort(_narrow(chunk.high), kind="stable")
        nodes.append(_node_sums(rows, chunk.low, None, deletion is not None))
        nodes.append(_node_sums(rows, chunk.high[by_high], by_high, deletion is not None))
    pieces = [_pieces(batch, chunk, rows)] if len(chunk.pieces) else []
    meats = rows.meat(), outer_sum(pair_scores), steps
    return Partial(nodes, *meats, fourth, len(pair_scores), pieces)


def _alone(batch: ScoredRows, chunk: _Chunk, rows: Rows) -> Array:
    """Scores of the rows of a chunk that no project made."""
    if not len(chunk.pieces):
        return rows.scores
    made = np.zeros(len(batch.i), dtype=bool)
    made[batch.piece_rows[chunk.pieces]] = True
    return rows.scores[~made[chunk.rows]]


def _node_sums(rows: Rows, nodes: Array, order: Array | None, jackknife: bool) -> NodeSums:
    """Sums by node, of rows whose ``nodes`` (n,) are sorted in ``order``."""
    starts = sorted_starts(nodes)
    information = None
    if jackknife:
        scores, information = rows.sums(starts, order)
    else:
        scores = (rows if order is None else rows.take(order)).score_sums(starts)
    return NodeSums(scores, np.diff(starts), information, nodes[starts[:-1]])


def _pieces(batch: ScoredRows, chunk: _Chunk, rows: Rows) -> Pieces:
    """The pieces of projects among the rows of a chunk, each with its share of the row's score."""
    place = np.zeros(len(batch.i), dtype=np.int64)
    place[chunk.rows] = np.arange(len(chunk.rows))
    at = place[batch.piece_rows[chunk.pieces]]
    share = 1.0 / np.bincount(at, minlength=len(chunk.rows))[at]
    return Pieces(batch.piece_projects[chunk.pieces], chunk.low[at], chunk.high[at], rows.take(at, share))

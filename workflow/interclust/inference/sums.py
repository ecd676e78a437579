"""What the covariances need of the rows, gathered shard by shard in one pass.

A row has two nodes (its clusters), a pair, and perhaps projects. Rows depend when they share a node or
a project; the sums over nodes, pairs and projects carry all of that in linear time (docs/methods.md).
Shapes: k parameters, N nodes, n rows of a batch, q = k (k + 1) / 2 entries of a packed symmetric matrix.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ..numerics.segments import group_codes, outer_sum, segment_sums

Array = np.ndarray

# Rows whose packed information is held at once: 32,768 rows of 15 parameters are 31 MB.
CHUNK_ROWS = 32_768


@dataclass(frozen=True)
class ScoredRows:
    """Scores (n, k) of one batch with the nodes of each row and the projects behind it.

    All rows of a pair stand in the same batch. ``piece_rows`` and ``piece_projects`` list which row
    belongs to which project (a row of several projects stands in several pieces);
    ``information(rows)`` gives the packed per-row information (len(rows), q) when it is asked for.
    """

    scores: Array
    i: Array
    j: Array
    piece_rows: Array
    piece_projects: Array
    information: Callable[[Array], Array] | None = None


@dataclass(frozen=True)
class Groups:
    """Sums of scores (g, k) over groups of rows and, for the jackknife, of information (g, k, k)."""

    scores: Array
    information: Array | None


@dataclass(frozen=True)
class DyadicSums:
    """Everything that the covariances of one fit are made of.

    ``pair_meat`` is the sum of P P' over pairs; ``pair_steps`` the sum of e e' over the one-step
    deletions of pairs. ``project_groups`` holds, per project, the groups whose outer products enter the
    project term with the sign given: the whole (+), its nodes (-), its pairs (+).
    """

    information: Array
    row_meat: Array
    nodes: Groups
    node_rows: Array
    pair_meat: Array
    pair_steps: Array | None
    n_pairs: int
    project_groups: tuple[tuple[int, Groups], ...]


def pack(rows_left: Array, rows_right: Array) -> Array:
    """Packed outer products a b' (upper triangle) of the rows of two (n, k) arrays: (n, q)."""
    upper = np.triu_indices(rows_left.shape[1])
    return rows_left[:, upper[0]] * rows_right[:, upper[1]]


def unpack(packed: Array, k: int) -> Array:
    """Symmetric (g, k, k) matrices from packed (g, q) ones."""
    upper = np.triu_indices(k)
    full = np.empty((len(packed), k, k))
    full[:, upper[0], upper[1]] = packed
    full[:, upper[1], upper[0]] = packed
    return full


def gather(batches: Iterable[ScoredRows], information: Array, n_nodes: int, jackknife: bool) -> DyadicSums:
    """Gather the sums over nodes, pairs and projects; with ``jackknife`` their information too.

    Raises ValueError if a row has the same node twice.
    """
    k = len(information)
    nodes, node_rows = np.zeros((n_nodes, k)), np.zeros(n_nodes, dtype=np.int64)
    node_packed = np.zeros((n_nodes, k * (k + 1) // 2)) if jackknife else None
    row_meat, pair_meat, pair_steps = np.zeros((3, k, k))
    pieces: list[_Pieces] = []
    n_pairs = 0
    for batch in batches:
        if np.any(batch.i == batch.j):
            raise ValueError("a row has the same cluster on both sides")
        nodes += segment_sums(batch.scores, batch.i, n_nodes) + segment_sums(batch.scores, batch.j, n_nodes)
        node_rows += np.bincount(batch.i, minlength=n_nodes) + np.bincount(batch.j, minlength=n_nodes)
        row_meat += outer_sum(batch.scores)
        for rows, codes, size in _pair_chunks(batch, n_nodes):
            sums = segment_sums(batch.scores[rows], codes, size)
            pair_meat += outer_sum(sums)
            n_pairs += size
            if node_packed is not None:
                packed = _information(batch, rows)
                node_packed += segment_sums(packed, batch.i[rows], n_nodes)
                node_packed += segment_sums(packed, batch.j[rows], n_nodes)
                removed = unpack(segment_sums(packed, codes, size), k)
                pair_steps += outer_sum(deletion_steps(information, Groups(sums, removed)))
        pieces.append(_pieces(batch, n_nodes, jackknife))
    node_information = None if node_packed is None else unpack(node_packed, k)
    return DyadicSums(
        information,
        row_meat,
        Groups(nodes, node_information),
        node_rows,
        pair_meat,
        pair_steps if jackknife else None,
        n_pairs,
        _project_groups(pieces, k),
    )


def deletion_steps(information: Array, groups: Groups) -> Array:
    """One Newton step from the estimate when a group of rows is left out: (g, k).

    beta without the group - beta ~ -(I - I_g)^-1 T_g, computed in units where I has a unit diagonal.
    A direction that only the group identifies (an eigenvalue of I - I_g that vanishes) is left where it
    is: the effect goes with its cluster.
    """
    assert groups.information is not None
    scale = 1.0 / np.sqrt(np.diag(information))
    remaining = (information - groups.information) * np.outer(scale, scale)
    values, vectors = np.linalg.eigh(remaining)
    kept = np.abs(values) > 1e-9
    inverse = np.where(kept, 1.0 / np.where(kept, values, 1.0), 0.0)
    rotated = np.einsum("gab,ga->gb", vectors, groups.scores * scale)
    return -np.einsum("gab,gb->ga", vectors, rotated * inverse) * scale


@dataclass(frozen=True)
class _Pieces:
    """The parts of tied rows that belong to a project: score / (number of projects of the row)."""

    project: Array
    i: Array
    j: Array
    scores: Array
    packed: Array | None


def _information(batch: ScoredRows, rows: Array) -> Array:
    assert batch.information is not None
    return batch.information(rows)


def _pieces(batch: ScoredRows, n_nodes: int, jackknife: bool) -> _Pieces:
    rows = batch.piece_rows
    share = 1.0 / np.bincount(rows, minlength=len(batch.scores))[rows] if len(rows) else np.zeros(0)
    packed = _information(batch, rows) * share[:, None] if jackknife and len(rows) else None
    return _Pieces(
        batch.piece_projects, batch.i[rows], batch.j[rows], batch.scores[rows] * share[:, None], packed
    )


def _pair_chunks(batch: ScoredRows, n_nodes: int) -> Iterator[tuple[Array, Array, int]]:
    """Rows in chunks that never split a pair, with the number of each row's pair in the chunk."""
    pair = np.minimum(batch.i, batch.j).astype(np.int64) * n_nodes + np.maximum(batch.i, batch.j)
    order = np.argsort(pair, kind="stable")
    ordered = pair[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, int)
    k = batch.scores.shape[1]
    rows_at_once = max(1, min(CHUNK_ROWS, CHUNK_ROWS * 120 // (k * (k + 1) // 2)))  # 120: 15 parameters
    wanted = np.searchsorted(starts, np.arange(0, len(ordered), rows_at_once))
    bounds = np.unique(np.r_[starts[wanted[wanted < len(starts)]], len(ordered)])
    for low, high in itertools.pairwise(bounds):
        part = ordered[low:high]
        codes = np.cumsum(np.r_[False, part[1:] != part[:-1]])
        yield order[low:high], codes, int(codes[-1]) + 1


def _project_groups(pieces: list[_Pieces], k: int) -> tuple[tuple[int, Groups], ...]:
    """Groups of the project term: per project (+), per project and node (-), per project and pair (+)."""
    pieces = [piece for piece in pieces if len(piece.project)]
    if not pieces:
        return ()
    project = np.concatenate([piece.project for piece in pieces])
    low = np.concatenate([np.minimum(piece.i, piece.j) for piece in pieces])
    high = np.concatenate([np.maximum(piece.i, piece.j) for piece in pieces])
    scores = np.concatenate([piece.scores for piece in pieces])
    packed = None
    if all(piece.packed is not None for piece in pieces):
        packed = np.concatenate([piece.packed for piece in pieces if piece.packed is not None])
    twice = np.tile(np.arange(len(project)), 2)
    whole = group_codes(project)
    by_node = group_codes(project[twice], np.concatenate([low, high]))
    by_pair = group_codes(project, low, high)
    every = np.arange(len(project))
    return tuple(
        (sign, _group(scores, packed, rows, *codes, k))
        for sign, rows, codes in ((1, every, whole), (-1, twice, by_node), (1, every, by_pair))
    )


def _group(scores: Array, packed: Array | None, rows: Array, codes: Array, size: int, k: int) -> Groups:
    information = None if packed is None else unpack(segment_sums(packed[rows], codes, size), k)
    return Groups(segment_sums(scores[rows], codes, size), information)

"""The project term: rows that one project made depend, though they may share no cluster.

Within project q, with G_q, T_nq and s_pq the sums of scores over its rows, those of node n and those of
pair p, the term is sum_q [G_q G_q' - sum_n T_nq T_nq' + sum_p s_pq s_pq'] (docs/methods.md).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..numerics.segments import group_codes, outer_sum, sorted_starts
from .deletions import Deletion
from .freedom import fourth_powers
from .rows import Rows

Array = np.ndarray

# Pieces whose rows are held at once in the order of their groups, and values of their design.
CHUNK_ROWS, CHUNK_VALUES = 32_768, 2**19


@dataclass(frozen=True)
class Pieces:
    """The parts of tied rows that belong to a project: rows times 1 / (number of projects of the row)."""

    project: Array
    low: Array
    high: Array
    rows: Rows


def project_sums(
    pieces: Sequence[Pieces], k: int, deletion: Deletion | None
) -> tuple[Array, Array | None, Array | None]:
    """The project term (k, k) of the scores; where asked for of deletions, and fourth powers (k,) by project.

    The last are those of what each project adds to the estimate (``freedom.fourth_powers``).
    """
    meat, steps = np.zeros((2, k, k))
    fourth = np.zeros(k)
    if pieces:
        project, low, high = (
            np.concatenate([getattr(piece, name) for piece in pieces]) for name in ("project", "low", "high")
        )
        rows = _joined([piece.rows for piece in pieces])
        every = np.arange(len(project))
        twice = np.tile(every, 2)
        for sign, which, columns in (
            (1.0, every, (project,)),
            (-1.0, twice, (project[twice], np.concatenate([low, high]))),
            (1.0, every, (project, low, high)),
        ):
            for scores, changes in _groups(rows, which, group_codes(*columns)[0], deletion):
                meat += sign * outer_sum(scores)
                if deletion is not None:
                    steps += sign * outer_sum(changes)
                    fourth += fourth_powers(scores, deletion.bread) if len(columns) == 1 else 0.0
    return (meat, None, None) if deletion is None else (meat, steps, fourth)


def _joined(parts: Sequence[Rows]) -> Rows:
    X, gradient, hessian = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("X", "gradient", "hessian")
    )
    return Rows(X, gradient, hessian, parts[0].part)


def _groups(rows: Rows, which: Array, codes: Array, deletion: Deletion | None):  # type: ignore[no-untyped-def]
    """Summed scores and deletions of the groups of rows ``which`` with equal codes, chunk by chunk."""
    order = np.argsort(codes, kind="stable")
    starts = sorted_starts(codes[order])
    size = max(min(CHUNK_ROWS, CHUNK_VALUES // rows.X.shape[1]), 1)
    wanted = np.searchsorted(starts, np.arange(0, len(order), size))
    bounds = np.unique(np.append(wanted, len(starts) - 1))
    for first, last in itertools.pairwise(bounds):
        begin, end = starts[first], starts[last]
        part = rows.take(which[order[begin:end]])
        here = starts[first : last + 1] - begin
        scores = part.score_sums(here)
        yield scores, None if deletion is None else deletion.steps_of_rows(part, here, scores)

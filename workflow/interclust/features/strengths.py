"""Strength of earlier ties, and how alike the ties of two bodies with third ones are.

The strength of a dyad's tie is the sum over its earlier projects of what each counts (``project_weight``),
halved every ``half_life`` months.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .leave_out import lookup, row_of, shared_projects, steps
from .pairwise import PairProducts
from .registry import Array

if TYPE_CHECKING:
    from ..panel.history import History


@dataclass(frozen=True)
class Strengths:
    """Strengths and numbers of projects of all earlier ties, symmetric (n, n) CSR with one pattern."""

    weights: Any
    counts: Any

    @cached_property
    def products(self) -> PairProducts:
        """Products of the strengths of two bodies with third ones: no body is its own partner."""
        return PairProducts(self.weights, self.weights)


def strengths(history: History) -> Strengths:
    """Strengths of the ties before the period, made once a period."""
    return history.once("strengths", lambda: _strengths(history))


def strength(history: History, i: Array, j: Array) -> Array:
    """Strength of the dyads' ties, 0 where there is none, (rows,)."""
    return lookup(strengths(history).weights, i, j)


def equivalence(history: History, i: Array, j: Array) -> Array:
    """Cosine of the two rows of strengths over third bodies, (rows,); NaN with too few partners there."""
    ties = strengths(history)
    partners = np.diff(ties.counts.indptr)
    own = lookup(ties.weights, i, j)
    squares = np.asarray(ties.weights.multiply(ties.weights).sum(axis=1)).ravel()
    least = np.minimum(partners[i], partners[j]) - (own > 0)
    lengths = np.sqrt(np.maximum((squares[i] - own**2) * (squares[j] - own**2), 0))
    products = ties.products.of(i, j)
    rows, shared = shared_projects(history, i, j)
    for step in steps(partners[i[rows]] + partners[j[rows]]):
        some = rows[step]
        left, right = (_without(history, ties, shared[step], one[some], i[some], j[some]) for one in (i, j))
        products[some] = np.asarray(left.multiply(right).sum(axis=1)).ravel()
        lengths[some] = np.sqrt(_squares(left) * _squares(right))
        least[some] = np.minimum(np.diff(left.indptr), np.diff(right.indptr))
    enough = (least >= history.options.equivalence_partners) & (lengths > 0)
    return np.where(enough, np.clip(products / np.where(enough, lengths, 1.0), 0.0, 1.0), np.nan)


def _strengths(history: History) -> Strengths:
    from scipy.sparse import diags_array, triu

    tying = np.flatnonzero(history.ties_made)
    named = history.named[tying]
    upper = triu(named.T @ named, k=1, format="csr")  # without the diagonal
    counts = (upper + upper.T).tocsr()
    weighed = (named.T @ diags_array(history.tie_weight[tying], format="csr") @ named).tocsr()
    counts.sort_indices()
    weights = counts.copy()
    weights.data = lookup(weighed, row_of(counts), counts.indices)
    return Strengths(weights, counts)


def _without(history: History, ties: Strengths, shared: Any, side: Array, i: Array, j: Array) -> Any:
    """Strengths (r, n) of one side with third bodies, the dyads' shared projects (r, P) left out."""
    from scipy.sparse import csr_array, diags_array

    kept, counts = ties.weights[side], ties.counts[side]
    row = row_of(kept)
    made = shared @ diags_array(history.ties_made.astype(float), format="csr")
    gone = (made @ history.named).tocsr()
    lost = (shared @ diags_array(history.tie_weight, format="csr") @ history.named).tocsr()
    # Numbers of projects are whole: what is left of a tie is seen from them, not from rounded strengths.
    left = counts.data - lookup(gone, row, counts.indices) > 0
    left &= (counts.indices != i[row]) & (counts.indices != j[row])
    values = np.where(left, kept.data - lookup(lost, row, kept.indices), 0.0)
    result = csr_array((values, kept.indices.copy(), kept.indptr.copy()), shape=kept.shape)
    result.eliminate_zeros()
    return result


def _squares(matrix: Any) -> Array:
    """Sum of squares of each row."""
    squares: Array = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    return squares

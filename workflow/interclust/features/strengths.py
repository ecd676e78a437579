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
    lengths = history.once("lengths of strengths", lambda: _lengths(ties.weights))
    least, length = np.minimum(partners[i], partners[j]), lengths[i] * lengths[j]
    product = ties.products.of(i, j)
    tied = np.flatnonzero(lookup(ties.counts, i, j))
    shared = _shared_of(history, i[tied], j[tied])
    for step in steps(partners[i[tied]] + partners[j[tied]]):
        rows, gone = tied[step], shared[step]
        left, right = (_without(history, ties, gone, i[rows], j[rows], own) for own in (i[rows], j[rows]))
        product[rows] = np.asarray(left.multiply(right).sum(axis=1)).ravel()
        length[rows] = _lengths(left) * _lengths(right)
        least[rows] = np.minimum(np.diff(left.indptr), np.diff(right.indptr))
    enough = (least >= history.options.equivalence_partners) & (length > 0)
    return np.where(enough, np.clip(product / np.where(enough, length, 1.0), 0.0, 1.0), np.nan)


def _strengths(history: History) -> Strengths:
    from scipy.sparse import diags_array, triu

    tying = np.flatnonzero(history.ties_made)
    named = history.named[tying]
    upper = triu(named.T @ named, k=1, format="csr")  # without the diagonal
    counts = (upper + upper.T).tocsr()
    weighed = (named.T @ diags_array(history.strength_made[tying], format="csr") @ named).tocsr()
    counts.sort_indices()
    weights = counts.copy()
    weights.data = lookup(weighed, row_of(counts), counts.indices)
    return Strengths(weights, counts)


def _shared_of(history: History, i: Array, j: Array) -> Any:
    """Shared projects of tied dyads, 0/1 (r, P) CSR; none if they are not to be left out."""
    from scipy.sparse import csr_array

    rows, shared = shared_projects(history, i, j)
    return shared if len(rows) else csr_array((len(i), history.n_projects))


def _without(history: History, ties: Strengths, shared: Any, i: Array, j: Array, own: Array) -> Any:
    """Strengths (r, n) of the side ``own`` of tied dyads with third bodies, without the projects (r, P)."""
    from scipy.sparse import csr_array, diags_array

    kept, counts = ties.weights[own], ties.counts[own]
    row, other = row_of(kept), kept.indices
    made = shared @ diags_array(history.ties_made.astype(float), format="csr")
    gone = (made @ history.named).tocsr()
    lost = (shared @ diags_array(history.strength_made, format="csr") @ history.named).tocsr()
    # Numbers of projects are whole: what is left of a tie is seen from them, not from rounded strengths.
    left = counts.data - lookup(gone, row, other) > 0
    left &= (other != i[row]) & (other != j[row])
    values = np.where(left, kept.data - lookup(lost, row, other), 0.0)
    result = csr_array((values, other.copy(), kept.indptr.copy()), shape=kept.shape)
    result.eliminate_zeros()
    return result


def _lengths(matrix: Any) -> Array:
    """Length of each row."""
    lengths: Array = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return lengths

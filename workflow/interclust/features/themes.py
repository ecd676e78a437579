"""Similarity of themes by TF-IDF, the projects that name both bodies of a dyad left out exactly.

Texts: one document a body (its keywords) and one a project (its topic). A body's vector counts the words
of its keywords and of the topics of its earlier projects, times idf = ln((1 + N) / (1 + df)) + 1 over the N
documents that have words (scikit-learn's smooth idf). For a dyad that shares projects, N, df and both
vectors are those of a world in which these projects do not exist, unless ``leave_dyad_out`` says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .leave_out import lookup, shared_projects
from .pairwise import row_products
from .registry import Array

if TYPE_CHECKING:
    from ..panel.history import History


@dataclass(frozen=True)
class Themes:
    """counts (n, V) and unit (n, V) CSR: word counts and normalised TF-IDF rows; df (V,); n_documents."""

    counts: Any
    unit: Any
    df: Array
    n_documents: int


def similarity(history: History, i: Array, j: Array) -> Array:
    """Cosine similarity of the pairs, float64; NaN where one side has no words."""
    themes = history.once("themes", lambda: themes_of(history))
    if not len(i) or not themes.counts.shape[1]:
        return np.full(len(i), np.nan)
    empty = np.diff(themes.counts.indptr) == 0
    cosine = row_products(themes.unit, themes.unit, i, j)
    cosine[empty[i] | empty[j]] = np.nan
    rows, shared = shared_projects(history, i, j)
    if len(rows):
        cosine[rows] = _without(themes, history.topic_counts, shared, i[rows], j[rows])
    return np.clip(cosine, 0.0, 1.0)


def themes_of(history: History) -> Themes:
    """Vectors of all bodies before the period."""
    from scipy.sparse import coo_array, diags_array

    keywords, topics = history.keyword_counts, history.topic_counts
    members = history.memberships
    named = coo_array(
        (np.ones(len(members.project)), (members.cluster, members.project)), (history.n, topics.shape[0])
    )
    counts = (keywords + named.tocsr() @ topics).tocsr()
    counts.sort_indices()
    df = np.bincount(keywords.indices, minlength=counts.shape[1])
    df = df + np.bincount(topics.indices, minlength=counts.shape[1])
    n_documents = int((np.diff(keywords.indptr) > 0).sum() + (np.diff(topics.indptr) > 0).sum())
    weighted = counts @ diags_array(idf(n_documents, df), format="csr")
    return Themes(counts, _normalised(weighted.tocsr()), df, n_documents)


def idf(n_documents: Array | int, df: Array) -> Array:
    """Smooth inverse document frequency: as if one more document held every word."""
    weight: Array = np.log((1 + n_documents) / (1 + df)) + 1
    return weight


def _without(themes: Themes, topics: Any, shared: Any, i: Array, j: Array) -> Array:
    """Cosines of pairs with their shared projects (r, P) left out."""
    has_words = (np.diff(topics.indptr) > 0).astype(float)
    removed = (shared @ topics).tocsr()
    presence = topics.copy()
    presence.data = np.ones_like(presence.data)
    fewer = (shared @ presence).tocsr()
    n_documents = themes.n_documents - shared @ has_words
    sides = [
        _reweighted(themes, (themes.counts[side] - removed).tocsr(), fewer, n_documents) for side in (i, j)
    ]
    left, right = (_normalised(side) for side in sides)
    cosine = np.asarray(left.multiply(right).sum(axis=1), dtype=float).ravel()
    silent = (np.diff(left.indptr) == 0) | (np.diff(right.indptr) == 0)
    return np.where(silent, np.nan, cosine)


def _reweighted(themes: Themes, counts: Any, fewer: Any, n_documents: Array) -> Any:
    """Counts (r, V) times the idf of each row's own world."""
    counts.eliminate_zeros()
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    less = lookup(fewer, row, counts.indices)
    counts.data = counts.data * idf(n_documents[row], themes.df[counts.indices] - less)
    return counts


def _normalised(matrix: Any) -> Any:
    """Rows of length one; empty rows stay."""
    from scipy.sparse import csr_array

    norm = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.repeat(np.where(norm > 0, norm, 1.0), np.diff(matrix.indptr))
    return csr_array((matrix.data / scale, matrix.indices, matrix.indptr), shape=matrix.shape)

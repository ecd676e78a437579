"""Similarity of themes by TF-IDF, the projects that name both bodies of a dyad left out exactly.

Texts: one document a body (its keywords) and one a project (its topic). A body's vector counts the words
of its keywords and of the topics of its earlier projects, times idf = ln((1 + N) / (1 + df)) + 1 over the N
documents that have words (scikit-learn's smooth idf). For a dyad that shares projects, N, df and both
vectors are those of a world in which these projects do not exist, unless ``leave_dyad_out`` is false.

Without the R projects that a dyad shares, N' = N - R and the idf of every word not in them changes by one
number, d = ln((1 + N') / (1 + N)). A sum of products of weights is then a polynomial in d whose
coefficients are sums over all words, put right at the few words of the projects left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..panel.pairs import PairCounts
from .leave_out import shared_projects
from .pairwise import PairProducts
from .registry import Array

if TYPE_CHECKING:
    from ..panel.history import History


@dataclass(frozen=True)
class Themes:
    """What a period knows of words; n bodies, V words.

    counts (n, V) CSR, and unit its normalised TF-IDF rows; idf (V,), df (V,); n_documents; power (3, n) the
    sums over the words of a body of counts squared times idf to the power 0, 1, 2; total (n,) words.
    """

    counts: Any
    unit: Any
    idf: Array
    df: Array
    n_documents: int
    power: Array
    total: Array

    @cached_property
    def cosines(self) -> PairProducts:
        """Cosines of any two bodies, with all their projects."""
        return PairProducts(self.unit, self.unit)

    @cached_property
    def cells(self) -> PairCounts:
        """The counts by cell number, body * V + word."""
        rows = np.repeat(np.arange(self.counts.shape[0], dtype=np.int64), np.diff(self.counts.indptr))
        return PairCounts(rows * self.counts.shape[1] + self.counts.indices, self.counts.data)


@dataclass(frozen=True)
class Removed:
    """Projects left out for r dyads. By dyad: shift (r,), what every idf changes by; words (r,) in them.

    By dyad and word of the projects (e,): row, word, times it occurs in them, and its idf without them.
    """

    shift: Array
    words: Array
    row: Array
    word: Array
    times: Array
    idf: Array


def similarity(history: History, i: Array, j: Array) -> Array:
    """Cosine similarity of the pairs, float64; NaN where one side has no words."""
    themes = history.once("themes", lambda: themes_of(history))
    if not len(i) or not themes.counts.shape[1]:
        return np.full(len(i), np.nan)
    cosine = themes.cosines.of(i, j)
    silent = themes.total == 0
    if silent.any():
        cosine[silent[i] | silent[j]] = np.nan
    rows, shared = shared_projects(history, i, j)
    if len(rows):
        cosine[rows] = _without(themes, removed_of(themes, history.topic_counts, shared), i[rows], j[rows])
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
    weight = idf(n_documents, df)
    power = (counts * counts) @ _powers(weight)
    unit = _normalised((counts @ diags_array(weight, format="csr")).tocsr(), power[:, 2])
    return Themes(counts, unit, weight, df, n_documents, power.T, counts.sum(axis=1))


def idf(n_documents: Array | int, df: Array) -> Array:
    """Smooth inverse document frequency: as if one more document held every word."""
    weight: Array = np.log((1 + n_documents) / (1 + df)) + 1
    return weight


def removed_of(themes: Themes, topics: Any, shared: Any) -> Removed:
    """What leaving out the projects of each dyad changes; shared (r, P) and topics (P, V) CSR."""
    times = (shared @ topics).tocsr()
    presence = topics.copy()
    presence.data = np.ones_like(presence.data)
    documents = (shared @ presence).tocsr()  # the same cells as ``times``
    times.sort_indices()
    documents.sort_indices()
    fewer = shared @ (np.diff(topics.indptr) > 0).astype(float)
    row = np.repeat(np.arange(times.shape[0]), np.diff(times.indptr))
    word = times.indices
    without = idf(themes.n_documents - fewer[row], themes.df[word] - documents.data)
    shift = np.log((1 + themes.n_documents - fewer) / (1 + themes.n_documents))
    return Removed(shift, times.sum(axis=1), row, word, times.data, without)


def _without(themes: Themes, removed: Removed, i: Array, j: Array) -> Array:
    """Cosines of pairs (r,) with their shared projects left out, NaN where a side has no other words."""
    a, b = (_cells(themes, side[removed.row], removed.word) for side in (i, j))
    product = _put_right(themes, removed, _products(themes, i, j), a, b)
    squares = [_put_right(themes, removed, themes.power[:, side], own, own) for side, own in ((i, a), (j, b))]
    length = np.sqrt(np.maximum(squares[0] * squares[1], 0.0))
    speaks = (themes.total[i] > removed.words) & (themes.total[j] > removed.words)
    return np.divide(product, length, out=np.full(len(i), np.nan), where=speaks)


def _products(themes: Themes, i: Array, j: Array) -> Array:
    """Sums over words of the products of two bodies' counts times idf to the power 0, 1, 2: (3, r).

    Body by body of the one side, for a merge of two sparse rows a pair costs several times as much.
    """
    counts, powers = themes.counts, _powers(themes.idf)
    sums, own = np.zeros((len(i), 3)), np.zeros_like(powers)
    order = np.argsort(i, kind="stable")
    for pairs in np.split(order, np.flatnonzero(np.diff(i[order])) + 1):
        cells = slice(*counts.indptr[i[pairs[0]] : i[pairs[0]] + 2])
        words = counts.indices[cells]
        own[words] = counts.data[cells, None] * powers[words]
        sums[pairs] = counts[j[pairs]] @ own
        own[words] = 0.0
    return sums.T


def _powers(weight: Array) -> Array:
    """The weights (V,) to the power 0, 1, 2: (V, 3)."""
    return np.stack([np.ones_like(weight), weight, weight**2], axis=1)


def _put_right(themes: Themes, removed: Removed, power: Array, a: Array, b: Array) -> Array:
    """Sums over words of the products of two bodies' weights (r,), the projects left out.

    power (3, r): the sums of the products of counts times idf to the power 0, 1, 2; a, b (e,): the counts
    of the words of the projects.
    """
    sums = power[2] + removed.shift * (2 * power[1] + removed.shift * power[0])
    wrong = a * b * (themes.idf[removed.word] + removed.shift[removed.row]) ** 2
    right = (a - removed.times) * (b - removed.times) * removed.idf**2
    put_right: Array = sums + np.bincount(removed.row, right - wrong, minlength=len(sums))
    return put_right


def _cells(themes: Themes, body: Array, word: Array) -> Array:
    """How often the body has the word (e,)."""
    return themes.cells.at(body.astype(np.int64) * themes.counts.shape[1] + word)


def _normalised(matrix: Any, squares: Array) -> Any:
    """Rows of length one, given the squares of their lengths (n,); empty rows stay."""
    from scipy.sparse import csr_array

    scale = np.repeat(np.sqrt(np.where(squares > 0, squares, 1.0)), np.diff(matrix.indptr))
    return csr_array((matrix.data / scale, matrix.indices, matrix.indptr), shape=matrix.shape)

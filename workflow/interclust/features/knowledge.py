"""Complementarity of knowledge: how related the words are that only one side has with those of the other.

Words are those of ``themes``: of a body's keywords and of the topics of its earlier projects. Two words
are related by the documents (a body's keywords, a project's topic) in which they meet: with d_u of N
documents that have the word u, and d_uv that have both, r_uv = N d_uv / (d_u d_v), the association
strength of van Eck and Waltman (2009) scaled so that 1 is chance. With A the words of i that j has not, and
B those of j that i has not,

    complementarity = sum over u in A and v in B of r_uv / (|A| |B|)

For a dyad that shares projects, words and documents are those of a world without these projects.

No pair is gone through word by word. With W the words of a body and C those in common, the sum over A x B
is that over W_i x W_j, less C x W_j and W_i x C, plus C x C, each a product of one row of i and one of j;
for C x C the columns are the pairs of words that meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .leave_out import lookup, row_of, shared_projects, steps
from .pairwise import PairProducts, row_products
from .registry import Array
from .themes import Themes, themes_of

if TYPE_CHECKING:
    from ..panel.history import History

ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Knowledge:
    """What is known of all bodies: sparse CSR matrices over n bodies, V words and E pairs of words.

    words (n, V) and topics (P, V) 0/1; meetings (V, V) documents in which two words meet, without the
    diagonal; related (V, V) r; weight (E,) 2 r. right (n, 2V + E) is what the second side of a pair brings
    to the products: words, the sum of r of each of its words with its others, the pairs of words that it has.
    """

    words: Any
    topics: Any
    meetings: Any
    related: Any
    weight: Array
    right: Any

    @cached_property
    def common(self) -> PairProducts:
        """Numbers of words that two bodies have in common."""
        return PairProducts(self.words, self.words)


def complementarity(history: History, i: Array, j: Array) -> Array:
    """Mean relatedness of the words that only one side has, (rows,); NaN with too few words of its own."""
    themes = history.once("themes", lambda: themes_of(history))
    knowledge = history.once("knowledge", lambda: _knowledge(history, themes))
    common = knowledge.common.of(i, j)
    size = np.diff(knowledge.words.indptr)
    only = np.stack([size[i] - common, size[j] - common])
    total = _above(_sums(knowledge, i, j), 1 / max(themes.n_documents, 1))
    rows, shared = shared_projects(history, i, j)
    if len(rows):
        total[rows], only[:, rows] = _without(history, themes, knowledge, shared, i[rows], j[rows])
    enough = only.min(axis=0) >= history.options.complementarity_words
    return np.where(enough, total / np.where(enough, only.prod(axis=0), 1.0), np.nan)


def _knowledge(history: History, themes: Themes) -> Knowledge:
    from scipy.sparse import diags_array, hstack, triu

    words, topics, keywords = (
        _present(counts) for counts in (themes.counts, history.topic_counts, history.keyword_counts)
    )
    meetings = triu((topics.T @ topics + keywords.T @ keywords).tocsr(), k=1, format="csr")
    meetings = (meetings + meetings.T).tocsr()
    rarity = diags_array(1 / np.maximum(themes.df, 1), format="csr")
    related = (themes.n_documents * (rarity @ meetings @ rarity)).tocsr()
    upper = triu(related, k=1, format="csr")
    upper.sort_indices()
    held = _pairs_held(words, upper)
    common = np.bincount(held.indices, minlength=upper.nnz) > 1  # two bodies have no other pairs in common
    right = hstack([words, _own(words, upper, held), held[:, common]], format="csr")
    return Knowledge(words, topics, meetings, related, 2 * upper.data[common], right)


def _pairs_held(words: Any, upper: Any) -> Any:
    """Which related pairs of words (stored values of ``upper``) each body has, 0/1 (n, E) CSR."""
    from scipy.sparse import coo_array, csr_array, vstack

    number = csr_array((np.arange(1.0, upper.nnz + 1), upper.indices, upper.indptr), shape=upper.shape)
    met = np.diff(upper.indptr)
    found = [csr_array((0, upper.nnz))]
    for step in steps(words @ met.astype(float)):
        part = words[step]
        row, place = row_of(part), number[part.indices]
        body, pair = np.repeat(row, np.diff(place.indptr)), place.data.astype(np.int64) - 1
        held = lookup(part, body, place.indices) > 0
        shape = (part.shape[0], upper.nnz)
        found.append(coo_array((np.ones(held.sum()), (body[held], pair[held])), shape=shape).tocsr())
    return vstack(found, format="csr")


def _own(words: Any, upper: Any, pairs: Any) -> Any:
    """Sum of r of each word of a body with its other words, (n, V) with the pattern of ``words``."""
    from scipy.sparse import coo_array

    first, second, value = row_of(upper), upper.indices, upper.data
    body, pair = row_of(pairs), pairs.indices
    ends = np.concatenate([first[pair], second[pair]])
    values = np.concatenate([value[pair], value[pair]])
    return coo_array((values, (np.concatenate([body, body]), ends)), shape=words.shape).tocsr()


def _sums(knowledge: Knowledge, i: Array, j: Array) -> Array:
    """Sum of r over A x B for every pair, all projects counted; a few rows of i at a time."""
    from scipy.sparse import diags_array, hstack

    total, width = np.zeros(len(i)), knowledge.words.shape[1]
    weight = diags_array(knowledge.weight, format="csr")
    bodies = np.unique(i)
    for start in range(0, len(bodies), ROWS_AT_ONCE):
        some = bodies[start : start + ROWS_AT_ONCE]
        mine = knowledge.right[some]
        words, own, held = mine[:, :width], mine[:, width : 2 * width], mine[:, 2 * width :]
        left = hstack([words @ knowledge.related - own, -words, held @ weight], format="csr")
        here = np.flatnonzero((i >= some[0]) & (i <= some[-1]))
        total[here] = row_products(left, knowledge.right, np.searchsorted(some, i[here]), j[here])
    return total


def _without(
    history: History, themes: Themes, knowledge: Knowledge, shared: Any, i: Array, j: Array
) -> tuple[Array, Array]:
    """Sums of r over A x B and sizes of A and B (2, r), the dyads' shared projects (r, P) left out."""
    topics, present = history.topic_counts, knowledge.topics
    has_words = (np.diff(topics.indptr) > 0).astype(float)
    n_documents = themes.n_documents - shared @ has_words
    met = np.diff(knowledge.meetings.indptr)
    cells = knowledge.words[i] @ met.astype(float) + np.diff(themes.counts.indptr)[j]
    sums, sizes = np.zeros(len(i)), np.zeros((2, len(i)))
    for step in steps(cells):
        gone = shared[step]
        left, right = _only(themes, (gone @ topics).tocsr(), i[step], j[step])
        sizes[:, step] = np.diff(left.indptr), np.diff(right.indptr)
        fewer = (gone @ present).tocsr()
        for side in (left, right):
            side.data = 1 / (themes.df[side.indices] - lookup(fewer, row_of(side), side.indices))
        met_here = np.asarray((left @ knowledge.meetings).multiply(right).sum(axis=1)).ravel()
        row, texts = row_of(gone), present[gone.indices]
        heard = [np.asarray(texts.multiply(side[row]).sum(axis=1)).ravel() for side in (left, right)]
        met_gone = np.bincount(row, heard[0] * heard[1], minlength=gone.shape[0])
        n = n_documents[step]
        sums[step] = n * _above(met_here - met_gone, 1 / np.maximum(n, 1) ** 2)
    return sums, sizes


def _only(themes: Themes, removed: Any, i: Array, j: Array) -> tuple[Any, Any]:
    """Words that one side has and the other has not, 0/1 (r, V) each, with ``removed`` counts taken off."""
    left, right = (_present((themes.counts[side] - removed).tocsr()) for side in (i, j))
    both = left.multiply(right)
    return _present((left - both).tocsr()), _present((right - both).tocsr())


def _present(counts: Any) -> Any:
    """1 where a count is not 0, the rest not stored."""
    from scipy.sparse import csr_array

    counts.eliminate_zeros()
    counts.sort_indices()
    return csr_array((np.ones(counts.nnz), counts.indices.copy(), counts.indptr.copy()), shape=counts.shape)


def _above(values: Array, least: Array | float) -> Array:
    """Sums of numbers that are ``least`` or more: what is well below it is rounding, and 0."""
    return np.where(values > least / 2, values, 0.0)

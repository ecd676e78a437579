"""Diversity of a body's portfolio of topics: Shannon entropy of a sample of words of a fixed size.

A portfolio with more words has a higher entropy for that alone. The entropy expected of ``diversity_words``
words drawn without return is worked out, not simulated (Chao et al. 2014, Ecological Monographs 84, of
order 1, before the exponential): a word that stands x times among n is drawn k times with the
hypergeometric probability, and then adds -(k/m) ln(k/m).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .leave_out import row_of, shared_projects, steps
from .registry import Array

if TYPE_CHECKING:
    from ..panel.history import History


def diversity_of_sides(history: History, i: Array, j: Array) -> tuple[Array, Array]:
    """Rarefied entropies of the two sides of the pairs, (rows,) each, NaN with too few words."""
    topics, m = history.topic_counts, history.options.diversity_words
    counts = history.once("portfolios", lambda: (history.named.T @ topics).tocsr())
    whole = history.once("diversity", lambda: rarefied(counts, m))
    sides = (whole[i], whole[j])
    rows, shared = shared_projects(history, i, j)
    for values, side in zip(sides, (i, j), strict=True):
        for step in steps(np.diff(counts.indptr)[side[rows]]):
            some = rows[step]
            values[some] = rarefied((counts[side[some]] - shared[step] @ topics).tocsr(), m)
    return sides


def rarefied(counts: Any, m: int) -> Array:
    """Entropy in nats expected of ``m`` words drawn from each row of counts (r, V), NaN for fewer words."""
    counts.eliminate_zeros()
    total = np.asarray(counts.sum(axis=1)).ravel()
    row = row_of(counts)
    enough = total[row] >= m
    row, x = row[enough], counts.data[enough]
    width = int(x.max(initial=0)) + 1
    kinds, place = np.unique(total[row].astype(np.int64) * width + x.astype(np.int64), return_inverse=True)
    n, times = np.divmod(kinds, width)
    entropy = np.bincount(row, _share(times, n, m)[place], minlength=len(total))
    return np.where(total >= m, entropy, np.nan)


def _share(x: Array, n: Array, m: int) -> Array:
    """What a word that stands x times among n adds to the entropy of m draws."""
    from scipy.special import gammaln

    def log_choose(of: Array, taken: int) -> Array:
        chosen: Array = gammaln(of + 1) - gammaln(taken + 1) - gammaln(of - taken + 1)
        return chosen

    added = np.zeros(len(x))
    for k in range(1, m):  # a word that fills the sample adds nothing
        able = (x >= k) & (n - x >= m - k)
        logs = log_choose(x[able], k) + log_choose((n - x)[able], m - k) - log_choose(n[able], m)
        added[able] -= k / m * np.log(k / m) * np.exp(logs)
    return added

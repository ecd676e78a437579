"""The correlation of two matrices, tested by permutations of the nodes of one of them.

Hubert & Schultz (1976), British Journal of Mathematical and Statistical Psychology 29; Krackhardt (1988),
Social Networks 10.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from .matrices import dyad_rows
from .permutations import Progress, count, node_permutations, table

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray


def qap_correlation(
    a: Any,
    b: Any,
    permutations: int = 2000,
    seed: int = 1,
    directed: bool = False,
    cohorts: Sequence[Hashable] | Array | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Pearson's correlation of the dyads of two matrices, and its p-value under permutations of b's nodes.

    ``a`` and ``b`` are (n, n) or (T, n, n) (b may be (n, n) for all T); NaN is a missing dyad, the diagonal
    is ignored. Dyads that lack a value in either are left out; after a permutation, those that lack one in a
    or in the permuted b. One row in the columns of ``mrqap``; estimate and statistic are both the
    correlation. Raises ModelError for matrices that do not match, and for one that does not vary.
    """
    dyads, left, others = dyad_rows(a, {"b": b}, directed)
    right = others["b"]
    rows = np.flatnonzero(~np.isnan(left))
    left = left[rows] - left[rows].mean() if len(rows) else left[rows]
    right = right - np.nanmean(right) if not np.isnan(right).all() else right
    observed = correlations(left, right[rows][None])
    if np.isnan(observed).any():
        raise ModelError(
            "the correlation does not exist: one matrix is constant over the dyads known in both"
        )
    drawn = node_permutations(dyads.n, permutations, seed, cohorts)
    counts = count(
        lambda block: correlations(left, right[dyads.permuted(block, rows)])[None],
        observed,
        drawn,
        len(rows),
        threads,
        progress,
    )
    return table(["correlation"], observed, observed, counts, permutations)


def correlations(a: Array, B: Array) -> Array:
    """Correlations (b,) of a (m,) with the rows of B (b, m), over what each knows; NaN if one is constant."""
    known = ~np.isnan(B)
    B = np.where(known, B, 0.0)
    within = known.astype(float)
    n = np.maximum(within.sum(axis=1), 1.0)
    sum_a, square_a = (within @ np.column_stack([a, a * a])).T
    sum_b, square_b = B.sum(axis=1), np.einsum("bm,bm->b", B, B)
    spread_a, spread_b = square_a - sum_a**2 / n, square_b - sum_b**2 / n
    constant = (spread_a <= 1e-12 * square_a) | (spread_b <= 1e-12 * square_b)
    product = np.where(constant, 1.0, spread_a * spread_b)
    return np.where(constant, np.nan, (B @ a - sum_a * sum_b / n) / np.sqrt(product))

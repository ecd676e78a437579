"""Permutations of nodes, and the p-values that they give.

A p-value is (1 + r) / (1 + N): of N permutations r gave a statistic at least as extreme, and the data
themselves are one more (Davison & Hinkley 1997, chapter 4; Phipson & Smyth 2010, Statistical Applications
in Genetics and Molecular Biology 9). It is never zero and keeps the size of the test whatever N is; sna
prints r / N.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .. import parallel
from ..errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray
# How many permutations are done, of how many.
Progress = Callable[[int, int], None]

# Statistics that differ by less than this share are equal: a permutation that changes nothing is a tie.
ROUNDING = 1e-7
# Numbers of a block of permuted columns (16 MB).
BLOCK_NUMBERS = 2**21


def node_permutations(
    n: int, number: int, seed: int, cohorts: Sequence[Hashable] | Array | None = None
) -> Array:
    """Permutations (number, n) of the nodes 0 ... n - 1, which change places within their cohorts only.

    ``cohorts`` (n,) are labels of any kind; None: all nodes are one. All draws are made here, one cohort
    after the other, so that they follow from the seed alone. Raises ModelError if no node can move.
    """
    if number < 1:
        raise ModelError(f"permutations is {number}; at least one is needed, and 2000 are usual")
    groups = _groups(n, cohorts)
    if all(len(group) < 2 for group in groups):
        raise ModelError("cohorts: every node is alone in its cohort and none can move; make cohorts larger")
    rng = np.random.default_rng(seed)
    drawn = np.tile(np.arange(n), (number, 1))
    for group in groups:
        drawn[:, group] = rng.permuted(drawn[:, group], axis=1)
    return drawn


def _groups(n: int, cohorts: Sequence[Hashable] | Array | None) -> list[list[int]]:
    """The nodes of each cohort, in the order of their first nodes: the names of cohorts change no draw."""
    if cohorts is None:
        return [list(range(n))]
    labels = cohorts.tolist() if isinstance(cohorts, np.ndarray) else list(cohorts)
    if len(labels) != n:
        raise ModelError(f"cohorts has {len(labels)} labels for {n} nodes; give one a node")
    groups: dict[Hashable, list[int]] = {}
    for node, label in enumerate(labels):
        if label is None or label != label:
            raise ModelError(f"cohorts: the node at position {node} has none; give every node one")
        groups.setdefault(label, []).append(node)
    return list(groups.values())


@dataclass(frozen=True)
class Counts:
    """Permutations whose statistic was at most, at least, or in size at least the observed one.

    One number a term (k,). A statistic that does not exist counts on all three sides; ``without`` is their
    number.
    """

    lower: Array
    upper: Array
    extreme: Array
    without: Array

    @classmethod
    def of(cls, permuted: Array, observed: Array) -> Counts:
        """Of the statistics (k, b) of some permutations and the observed ones (k,)."""
        seen = observed[:, None]
        slack = ROUNDING * np.maximum(1.0, np.abs(seen))
        without = np.isnan(permuted)
        sides = (permuted <= seen + slack, permuted >= seen - slack, np.abs(permuted) >= np.abs(seen) - slack)
        lower, upper, extreme = ((side | without).sum(axis=1) for side in sides)
        return cls(lower, upper, extreme, without.sum(axis=1))

    def __add__(self, other: Counts) -> Counts:
        """The counts of both."""
        return Counts(
            self.lower + other.lower,
            self.upper + other.upper,
            self.extreme + other.extreme,
            self.without + other.without,
        )


def count(
    statistics: Callable[[Array], Array],
    observed: Array,
    drawn: Array,
    rows: int,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Counts:
    """Count ``statistics(permutations (b, n)) -> (k, b)`` against ``observed`` (k,), block by block.

    Blocks follow from ``rows``, the length of a permuted column, alone: no digit depends on ``threads``
    (None: one a core). ``progress`` is called after each block.
    """
    total = Counts.of(np.empty((len(observed), 0)), observed)
    done, threads = 0, threads or parallel.cores()
    with parallel.one_blas_thread():
        counted = parallel.ordered(
            lambda block: (len(block), Counts.of(statistics(block), observed)), blocks(drawn, rows), threads
        )
        for size, found in counted:
            total, done = total + found, done + size
            if progress is not None:
                progress(done, len(drawn))
    return total


def blocks(drawn: Array, rows: int) -> Iterator[Array]:
    """The permutations, some at a time."""
    size = max(1, min(256, BLOCK_NUMBERS // max(rows, 1)))
    for start in range(0, len(drawn), size):
        yield drawn[start : start + size]


def table(
    terms: Sequence[str], estimates: Array, observed: Array, counts: Counts, permutations: int
) -> pd.DataFrame:
    """One row a term: term, estimate, statistic, p_value, mc_error, p_lower, p_upper, permutations, without.

    ``mc_error`` is the standard error of the p-value over draws of permutations, sqrt(p (1 - p) / N).
    """
    import pandas as pd

    p, lower, upper = (
        (1 + side) / (1 + permutations) for side in (counts.extreme, counts.lower, counts.upper)
    )
    columns = {
        "term": list(terms),
        "estimate": estimates,
        "statistic": observed,
        "p_value": p,
        "mc_error": np.sqrt(p * (1 - p) / permutations),
        "p_lower": lower,
        "p_upper": upper,
        "permutations": permutations,
        "without": counts.without,
    }
    return pd.DataFrame(columns)

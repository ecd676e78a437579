"""Bootstrap over clusters: they are drawn with replacement, and a dyad weighs as often as both were drawn.

The weight of a row is the product of the multiplicities of its two clusters (the pigeonhole bootstrap of
Owen 2007, Annals of Applied Statistics 1(2); for exchangeable dyads Davezies, D'Haultfoeuille & Guyonvarch
2021, Annals of Statistics 49(2)). A pair of two copies of one cluster has no row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
# The estimate (k,) under multiplicities (N,) of the nodes, or None where it has none.
Refit = Callable[[Array], Array | None]


@dataclass(frozen=True)
class Replications:
    """Estimates (b, k) of the replications that gave one, and how many did not."""

    estimates: Array
    failures: int

    @property
    def covariance(self) -> Array:
        """Covariance (k, k) of the estimates about their mean, with divisor b - 1."""
        return np.atleast_2d(np.cov(self.estimates, rowvar=False))


def cluster_bootstrap(refit: Refit, node_rows: Array, replications: int, seed: int) -> Replications:
    """Refit under resampled clusters, those with rows among the N of ``node_rows`` (N,).

    The draws follow from the seed alone. Raises ValueError for fewer than two replications.
    """
    if replications < 2:
        raise ValueError(f"{replications} replications: a variance needs two")
    present = np.flatnonzero(node_rows)
    chance = np.full(len(present), 1.0 / len(present))
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(replications):
        multiplicity = np.zeros(len(node_rows))
        multiplicity[present] = rng.multinomial(len(present), chance)
        found.append(refit(multiplicity))
    kept = [estimate for estimate in found if estimate is not None]
    return Replications(np.array(kept), replications - len(kept))

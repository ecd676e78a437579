"""Refits from the full estimate: without clusters and pairs (exact jackknife), or with clusters resampled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..errors import ModelError
from ..numerics.dyads import dyad_number
from ..numerics.newton import Optimum, maximise
from .batches import Batch
from .boundary import least_information
from .data import Data
from .derived import select, with_column
from .likelihood import Likelihood

Array = np.ndarray


def deletion_changes(likelihood: Likelihood, optimum: Optimum) -> tuple[Array, Array]:
    """Changes of the estimate when each node (N, k) and each pair (p, k) is left out.

    One refit a node and one a pair: exact, and as costly as that sounds. Raises ModelError if a refit
    does not converge (a coefficient that one cluster alone identifies).
    """
    data = likelihood.data
    nodes = np.zeros((data.n_nodes, len(optimum.params)))
    present = np.zeros(data.n_nodes, dtype=bool)
    pairs: set[int] = set()
    for batch in data.batches():
        present[batch.i] = present[batch.j] = True
        pairs.update(np.unique(dyad_number(batch.i, batch.j, data.n_nodes)).tolist())
    for node in np.flatnonzero(present):
        nodes[node] = _change(
            likelihood, optimum, _without_node(data, int(node)), f"cluster {data.nodes[int(node)]!r}"
        )
    changes = [
        _change(likelihood, optimum, _without_pair(data, pair), f"pair number {pair}")
        for pair in sorted(pairs)
    ]
    return nodes, np.array(changes).reshape(len(changes), len(optimum.params))


def _change(likelihood: Likelihood, optimum: Optimum, data: Data, what: str) -> Array:
    refit = maximise(replace(likelihood, data=data).evaluate, optimum.params)
    if not refit.converged:
        raise ModelError(
            f"the refit without {what} does not converge; use dyadic_jackknife, which takes one step"
        )
    return refit.params - optimum.params


def _without_node(data: Data, node: int) -> Data:
    return select(data, lambda batch: (batch.i != node) & (batch.j != node))


def _without_pair(data: Data, pair: int) -> Data:
    return select(data, lambda batch: dyad_number(batch.i, batch.j, data.n_nodes) != pair)


WEIGHT = "weight of the clusters drawn"
# Share of the information of the full estimate, where it has least, below which a replication stands on a
# ridge: its likelihood climbs for ever (separation among the clusters drawn).
RIDGE = 1e-6


def resampled(likelihood: Likelihood, optimum: Optimum) -> Callable[[Array], Array | None]:
    """The estimate (k,) under multiplicities (N,) of the clusters; None where there is no finite one."""
    least = least_information(likelihood, optimum)[0]

    def refit(multiplicity: Array) -> Array | None:
        def weight(batch: Batch) -> Array:
            drawn = multiplicity[batch.i] * multiplicity[batch.j]
            return drawn * batch.columns[likelihood.weights] if likelihood.weights else drawn

        rows = with_column(select(likelihood.data, lambda batch: weight(batch) > 0), WEIGHT, weight)
        again = replace(likelihood, data=rows, weights=WEIGHT)
        try:
            found = maximise(again.evaluate, optimum.params)
            there = found.converged and least_information(again, found)[0] > RIDGE * least
        except np.linalg.LinAlgError:  # a term that the clusters drawn do not vary in
            return None
        return found.params if there else None

    return refit

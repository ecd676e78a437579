"""Exact deletion of clusters and of pairs: refits from the full estimate, for the exact jackknife."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from ..errors import ModelError
from ..numerics.dyads import dyad_number
from ..numerics.newton import Optimum, maximise
from .batches import Batch
from .data import Data
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
    return _without(data, lambda batch: (batch.i == node) | (batch.j == node))


def _without_pair(data: Data, pair: int) -> Data:
    return _without(data, lambda batch: dyad_number(batch.i, batch.j, data.n_nodes) == pair)


def _without(data: Data, rule: Callable[[Batch], Array]) -> Data:
    """The data without the rows that a rule flags; shards that it leaves whole are not looked at twice."""

    def left(load: Callable[[], Batch]) -> Batch:
        batch = load()
        flagged = rule(batch)
        return batch.select(~flagged) if flagged.any() else batch

    if not data.resident:
        return replace(data, loaders=tuple(partial(left, load) for load in data.loaders))
    batches = [left(load) for load in data.loaders]
    return replace(data, loaders=tuple(partial(_same, batch) for batch in batches))


def _same(batch: Batch) -> Batch:
    return batch

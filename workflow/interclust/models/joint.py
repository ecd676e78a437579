"""The joint covariance of several fits on overlapping data, whatever their samples, families and terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from ..inference import covariance as cov
from ..inference.joint import JOINT_KINDS, Columns, block_diagonal, stack
from ..inference.sums import DyadicSums, ScoredRows, gather
from .fit import DEFAULT_COVARIANCE, Fit
from .likelihood import Likelihood
from .reference import restore_optimum
from .relogit import error_factor, restored
from .rows.data import Data

Array = np.ndarray
Load = Callable[[], ScoredRows]

OF_PANELS = "a joint covariance is of panel models; list choice has lists, not dyads, for rows"


@dataclass(frozen=True)
class Estimate:
    """What the joint covariance needs of a fit: rows; parameters (k,), information (k, k) at its optimum.

    ``factor`` is what its errors are multiplied by (``Fit.error_factor``).
    """

    likelihood: Likelihood
    params: Array
    information: Array
    factor: float = 1.0

    @classmethod
    def of_fit(cls, fit: Fit) -> Estimate:
        """Of a fit in memory; ModelError if no clusters were named."""
        if not isinstance(fit, Fit):
            raise ModelError(OF_PANELS)
        if not fit.nodes_named:
            raise ModelError("a joint covariance needs the clusters of each row; name them with nodes=(…, …)")
        return cls(fit.likelihood, fit.optimum.params, fit.information, fit.error_factor)

    @classmethod
    def of_record(cls, record: Mapping[str, Any], folder: str | Path) -> Estimate:
        """Of a recorded panel fit of results/<study>; ModelError for one of list choice."""
        if record["outcome"] == "list_choice":
            raise ModelError(OF_PANELS)
        factor = 1.0
        if record.get("relogit"):
            factor = error_factor(restored(record)[0], record["n"]["rows"], len(record["params"]))
        return cls(*restore_optimum(record, folder), np.array(record["information"]), factor)

    @property
    def data(self) -> Data:
        """The rows."""
        return self.likelihood.data

    @cached_property
    def loaders(self) -> list[Load]:
        """Scored rows, one shard a loader."""
        return self.likelihood.scored(self.params, self.information)

    def clusters(self) -> int:
        """Clusters that have a row."""
        present = np.zeros(self.data.n_nodes, dtype=bool)
        for batch in self.data.batches():
            present[batch.i] = present[batch.j] = True
        return int(present.sum())


def joint_covariance(
    fits: Sequence[Fit], kind: str = DEFAULT_COVARIANCE, clip: cov.Clip = "scaled"
) -> cov.Covariance:
    """Covariance (k, k) of the parameters of several fits, in their order; k is the sum of their numbers.

    ``kind``: dyad, dyadic, dyadic_jackknife (one step). Rows of different fits are matched by the names of
    their clusters and projects. The degrees of freedom are those of each fit alone; of dyadic those of the
    fit with the fewest clusters, of dyad the pairs of all. Raises ModelError for another kind or a fit
    without clusters.
    """
    return joint([Estimate.of_fit(fit) for fit in fits], kind, clip)


def joint(
    estimates: Sequence[Estimate], kind: str = DEFAULT_COVARIANCE, clip: cov.Clip = "scaled"
) -> cov.Covariance:
    """The same from estimates, in memory or restored from their records."""
    if kind not in JOINT_KINDS:
        raise ModelError(f"no joint covariance {kind!r}; there are {', '.join(JOINT_KINDS)}")
    columns = Columns(tuple(own.likelihood.part for own in estimates))
    loaders, n_nodes = _stacked(estimates, columns)
    information = block_diagonal([own.information for own in estimates])
    threads = max(own.data.useful_threads for own in estimates)
    resident = all(own.data.resident for own in estimates)
    sums = gather(loaders, information, n_nodes, "jackknife" in kind, threads, resident)
    factors = np.concatenate([np.full(len(own.params), own.factor) for own in estimates])
    found = _of_kind(kind, sums, clip, estimates)
    return replace(found, matrix=found.matrix * np.outer(factors, factors))


def _of_kind(kind: str, sums: DyadicSums, clip: cov.Clip, estimates: Sequence[Estimate]) -> cov.Covariance:
    if kind == "dyad":
        return cov.by_dyad(sums)
    if kind == "dyadic_jackknife":
        return cov.dyadic_jackknife(sums, clip)
    return replace(cov.dyadic(sums, clip), df=min(own.clusters() for own in estimates) - 1)


def _stacked(estimates: Sequence[Estimate], columns: Columns) -> tuple[list[Load], int]:
    """Loaders of stacked rows, and the number of nodes.

    Panels of one study hold the same dyads in the same shards; rows that were numbered apart are numbered
    anew, all in one batch, for a pair may not be split.
    """
    datas = [own.data for own in estimates]
    shards = list(zip(*(own.loaders for own in estimates), strict=False))
    if all(data.sharded_like(datas[0]) for data in datas):
        return [partial(_load, list(enumerate(loads)), columns, None) for loads in shards], datas[0].n_nodes
    nodes = _numbers(node for data in datas for node in data.nodes)
    projects = _numbers(project for data in datas for project in data.projects)
    places = [
        tuple(np.array([known[label] for label in labels], dtype=np.int64) for known, labels in pair)
        for pair in (((nodes, data.nodes), (projects, data.projects)) for data in datas)
    ]
    every = [(model, load) for model, own in enumerate(estimates) for load in own.loaders]
    return [partial(_load, every, columns, places)], len(nodes)


def _load(
    loads: Sequence[tuple[int, Load]], columns: Columns, places: Sequence[tuple[Array, ...]] | None
) -> ScoredRows:
    batches = [(model, load()) for model, load in loads]
    if places is not None:
        batches = [(model, _renumbered(batch, *places[model])) for model, batch in batches]
    return stack(batches, columns)


def _renumbered(batch: ScoredRows, nodes: Array, projects: Array) -> ScoredRows:
    return replace(batch, i=nodes[batch.i], j=nodes[batch.j], piece_projects=projects[batch.piece_projects])


def _numbers(labels: Iterable[Any]) -> dict[Any, int]:
    """Every label with its number, in the order in which they appear."""
    return {label: number for number, label in enumerate(dict.fromkeys(labels))}

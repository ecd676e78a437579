"""Effects of clusters in panel models: a row has the effect of either of its clusters, alpha_i + alpha_j.

They enter as columns, the first cluster with rows being the reference. A cluster without an event has
an effect of minus infinity and tells nothing of the other terms (Chamberlain 1980, Review of Economic
Studies 47): its rows are left out and counted. The jackknife deletes the effect with its cluster: a
direction of the parameters that only the deleted rows identify stays where it is
(``inference/deletions.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..errors import ModelError, NotEstimable
from ..numerics.families import Family
from .formula import Columns, Design
from .rows.data import Data
from .rows.derived import select, with_column

Array = np.ndarray

LARGEST = 500
PREFIX = "cluster["
ENDS = ("number of the one cluster", "number of the other cluster")
LEFT_OUT = "cluster_effects"


@dataclass(frozen=True)
class ClusterDesign(Design):
    """A design with one column a cluster beside its own; built from the two columns ``ENDS``.

    ``clusters`` are the numbers of the clusters that have a column, ``labels`` names all by number.
    """

    clusters: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    labels: tuple[Any, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns: those of the terms, then ``cluster[label]``."""
        own = (f"{PREFIX}{self.labels[number]}]" for number in self.clusters.tolist())
        return (*super().names, *own)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the terms, and the numbers of the two clusters."""
        return (*super().columns, *ENDS)

    def fill(self, columns: Columns, into: Array, changed: Collection[str] | None = None) -> None:
        """Write the design (k, n); a cluster that has no column (the reference) adds nothing."""
        own = len(into) - len(self.clusters)
        super().fill(columns, into[:own], changed)
        if changed is not None:
            return
        effects = into[own:]
        effects[:] = 0.0
        for place in self._ends(columns):
            rows = np.flatnonzero(place < len(self.clusters))
            effects[place[rows], rows] += 1.0

    def _ends(self, columns: Columns) -> list[Array]:
        """Which column of the effects (n,) either cluster of a row has; behind the last where it has none."""
        last, found = len(self.clusters), []
        for end in ENDS:
            numbers = np.asarray(columns[end], dtype=np.int64)
            place = np.minimum(np.searchsorted(self.clusters, numbers), last - 1)
            found.append(np.where(self.clusters[place] == numbers, place, last))
        return found

    def gram(self, columns: Columns, X: Array, weights: Array, room: Array) -> Array:
        """``X diag(weights) X'``, the part of the effects by counting: each row is in two of them."""
        own, c = len(X) - len(self.clusters), len(self.clusters)
        found = np.empty((len(X), len(X)))
        found[:own, :own] = super().gram(columns, X[:own], weights, room[:own])
        ends, weighed = self._ends(columns), room[:own]
        for place, row in enumerate(weighed):
            found[place, own:] = (np.bincount(ends[0], row, c + 1) + np.bincount(ends[1], row, c + 1))[:c]
        found[own:, :own] = found[:own, own:].T
        met = np.bincount(ends[0] * (c + 1) + ends[1], weights, (c + 1) ** 2).reshape(c + 1, c + 1)
        met = met + met.T + np.diag(met.sum(axis=0) + met.sum(axis=1))
        found[own:, own:] = met[:c, :c]
        return found

    def ends(self, left: list[Any], right: list[Any]) -> Mapping[str, Array]:
        """The columns ``ENDS`` of rows with these labels; ModelError for a cluster without an effect."""
        number = {label: position for position, label in enumerate(self.labels)}
        absent = next((label for label in (*left, *right) if label not in number), None)
        if absent is not None:
            raise ModelError(f"cluster {absent!r} is not in the sample, so that it has no effect")
        return {
            end: np.array([number[label] for label in side], dtype=np.int64)
            for end, side in zip(ENDS, (left, right), strict=True)
        }


def prepared(data: Data, outcome: str, family: Family) -> Data:
    """The rows that inform a model with cluster effects, with the numbers of their clusters as columns.

    Raises ModelError for a family that they are not made for.
    """
    _refuse(family)
    rows = with_column(informative(data, outcome, family), ENDS[0], lambda batch: batch.i)
    return with_column(rows, ENDS[1], lambda batch: batch.j)


def design_of(inner: Design, data: Data) -> ClusterDesign:
    """One column for every cluster with rows but the first; NotEstimable beyond ``LARGEST`` clusters."""
    present = np.flatnonzero(_rows_and_events(data, None)[0])
    if len(present) > LARGEST:
        raise NotEstimable(
            f"cluster effects of {len(present)} clusters: at most {LARGEST} are fitted as columns; "
            "use log_exposure, which carries how active clusters are, with a dyadic covariance"
        )
    if "Intercept" not in inner.names:
        raise ModelError("cluster effects stand beside an intercept; take '0 +' out of the formula")
    return ClusterDesign(inner.formula, inner.moments, inner.intercept, present[1:], tuple(data.nodes))


def informative(data: Data, outcome: str, family: Family) -> Data:
    """The rows of clusters whose effect has a finite estimate; the others are counted in ``dropped``.

    A cluster without an event goes, of a binary outcome one without a row but events too; again until
    none is left, for its rows are also those of its partners.
    """
    if family.outcome == "real" or family.jeffreys or not _rows_and_events(data, outcome)[1].any():
        return data
    kept, lost = data, 0
    while True:
        rows, events = _rows_and_events(kept, outcome)
        bad = (rows > 0) & (events == 0)
        if family.outcome == "binary":
            bad |= (rows > 0) & (events == rows)
        if not bad.any():
            break
        lost += int(sum((bad[batch.i] | bad[batch.j]).sum() for batch in kept.batches()))
        kept = _without(kept, bad)
    return replace(kept, counted=lambda: {**data.dropped, LEFT_OUT: lost}) if lost else data


def _refuse(family: Family) -> None:
    if sum(kind in ("terms", "slopes", "second") for kind in family.designs) > 1 or family.classes:
        raise ModelError(
            f"cluster_effects: family {family.name!r} has several parts or classes, each of which would "
            "need effects of its own; use logit, cloglog, firth, poisson, negbin or linear"
        )


def _without(data: Data, gone: Array) -> Data:
    return select(data, lambda batch: ~(gone[batch.i] | gone[batch.j]))


def _rows_and_events(data: Data, outcome: str | None) -> tuple[Array, Array]:
    """Rows (N,) and rows with an event (N,) of every cluster."""
    rows, events = np.zeros(data.n_nodes), np.zeros(data.n_nodes)
    for batch in data.batches():
        event = batch.columns[outcome] > 0 if outcome is not None else np.zeros(len(batch))
        for end in (batch.i, batch.j):
            rows += np.bincount(end, minlength=data.n_nodes)
            events += np.bincount(end, weights=event, minlength=data.n_nodes)
    return rows, events

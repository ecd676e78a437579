"""Who was named together before, under the bodies that now bear the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..numerics.dyads import dyad_number
from .arrays import Memberships
from .pairs import pairs_of_lists

if TYPE_CHECKING:
    from .tables import Tables

Array = np.ndarray


@dataclass(frozen=True)
class Named:
    """Memberships by bearer, once a project; ``own`` (k,) where the bearer itself was named."""

    members: Memberships
    own: Array

    def where(self, projects: Array) -> Named:
        """Those of the projects flagged in ``projects`` (P,)."""
        kept = projects[self.members.project]
        return Named(self.members.where(kept), self.own[kept])


@dataclass(frozen=True)
class PriorTies:
    """Dyads tied before the period, by dyad number: projects, places of first and last period, inherited."""

    keys: Array
    count: Array
    first: Array
    last: Array
    inherited: Array


@dataclass(frozen=True)
class Events:
    """Pairs of bodies named together: dyad number, project number, place of the period, inherited (e,)."""

    key: Array
    project: Array
    period: Array
    inherited: Array


def tie_pairs(tables: Tables, position: int) -> tuple[Array, Array]:
    """Dyad number and project number of every two bodies tied by a project of the period; -1 undated."""
    members = tables.memberships.at(position)
    members = members.where(tables.is_tie[members.project])
    a, b = pairs_of_lists(members.project)
    return dyad_number(members.cluster[a], members.cluster[b], tables.n), members.project[a]


def by_bearer(members: Memberships, bearer: Array) -> Named:
    """Replace every body by the one that bears its history; two that have one bearer count once."""
    cluster = bearer[members.cluster]
    own = cluster == members.cluster
    order = np.lexsort((~own, cluster, members.project, members.period))
    project, cluster = members.project[order], cluster[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (project[1:] != project[:-1]) | (cluster[1:] != cluster[:-1])
    period = members.period[order]
    return Named(Memberships(project[first], cluster[first], period[first]), own[order][first])


def pair_events(named: Named, n: int) -> Events:
    """Every two bearers in one project."""
    members = named.members
    a, b = pairs_of_lists(members.project)
    key = dyad_number(members.cluster[a], members.cluster[b], n)
    return Events(key, members.project[a], members.period[a], ~(named.own[a] & named.own[b]))


def prior_ties(events: Events) -> PriorTies:
    """Events added up by dyad."""
    order = np.lexsort((events.period, events.key))
    keys, start, count = np.unique(events.key[order], return_index=True, return_counts=True)
    period, inherited = events.period[order], events.inherited[order]
    any_inherited = np.logical_or.reduceat(inherited, start) if len(keys) else inherited
    return PriorTies(keys, count.astype(np.int32), period[start], period[start + count - 1], any_inherited)

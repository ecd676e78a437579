"""What lists make of a network by themselves: a list of three is a triangle, whoever is on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...numerics.dyads import dyad_number
from ...numerics.graph import Graph
from ...numerics.segments import ranges
from ..pairs import pairs_of_lists

Array = np.ndarray

MOST_TRIPLES = 20_000_000  # more are not enumerated: the share of triangles is then missing


@dataclass(frozen=True)
class Lists:
    """Who is on which project: project and cluster numbers (k,), each pair once, sorted by project, cluster.

    ``once`` flags the projects that stand for their list (P,): one of those it was printed for.
    """

    n: int
    project: Array
    cluster: Array
    once: Array

    @classmethod
    def of(cls, n: int, project: Array, cluster: Array, once: Array) -> Lists:
        """Keep the projects that name two bodies or more."""
        order = np.lexsort((cluster, project))
        project, cluster = project[order].astype(np.int64), cluster[order].astype(np.int64)
        several = np.bincount(project, minlength=len(once))[project] > 1
        return cls(n, project[several], cluster[several], once)

    @property
    def n_projects(self) -> int:
        """Projects."""
        return len(np.unique(self.project))

    @cached_property
    def ties(self) -> tuple[Array, Array]:
        """The pairs i < j named by one project or more, once each."""
        a, b = pairs_of_lists(self.project)
        _, first = np.unique(dyad_number(self.cluster[a], self.cluster[b], self.n), return_index=True)
        return self.cluster[a[first]], self.cluster[b[first]]

    @property
    def n_triples(self) -> int | None:
        """Distinct sets of three bodies on one list; None if they are too many to enumerate."""
        sizes = np.bincount(self.project).astype(float) if len(self.project) else np.zeros(0)
        if (sizes * (sizes - 1) * (sizes - 2) / 6).sum() > MOST_TRIPLES:
            return None
        a, b = pairs_of_lists(self.project)
        end = np.searchsorted(self.project, self.project[b], side="right")
        more = end - b - 1
        third = ranges(b + 1, more)
        cluster = self.cluster
        pair = np.repeat(cluster[a] * self.n + cluster[b], more)
        triples = np.sort(pair * self.n + cluster[third])  # np.unique hashes, ten times as slow here
        return int(np.count_nonzero(np.diff(triples))) + bool(len(triples))

    @property
    def transitivity(self) -> float:
        """The transitivity of a network whose bodies join lists at random, given sizes and memberships.

        With D memberships, F2 = sum m(m - 1) and F3 = sum m(m - 1)(m - 2) over lists of m, and K2 = sum
        k(k - 1) over bodies on k lists: D^2 F3 / (D^2 F3 + K2 F2^2), the clustering of a random bipartite
        graph of given degrees (Newman, Strogatz and Watts 2001, Random graphs with arbitrary degree
        distributions and their applications). It holds where two bodies rarely meet twice, so in sparse
        networks only: a benchmark, no test. NaN without lists of two.
        """
        kept = self.once[self.project]
        m = np.bincount(self.project[kept]).astype(float) if kept.any() else np.zeros(1)
        k = np.bincount(self.cluster[kept]).astype(float) if kept.any() else np.zeros(1)
        closed = m.sum() ** 2 * (m * (m - 1) * (m - 2)).sum()
        paths = closed + (k * (k - 1)).sum() * (m * (m - 1)).sum() ** 2
        return float(closed / paths) if paths else np.nan

    def graph(self, bodies: Array) -> Graph:
        """The network among ``bodies`` (sorted cluster numbers), numbered by their places in it."""
        i, j = self.ties
        return Graph(len(bodies), np.searchsorted(bodies, i), np.searchsorted(bodies, j))

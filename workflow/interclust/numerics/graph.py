"""Measures of a graph of bodies and ties. None of them needs more memory than the ties and a band of rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

Array = np.ndarray

BAND = 512  # rows of the squared matrix that stand in memory together


@dataclass(frozen=True)
class Graph:
    """``n`` bodies and the ties i - j between them (ties,), each tie once, none of a body to itself."""

    n: int
    i: Array
    j: Array

    @cached_property
    def degree(self) -> Array:
        """Partners of each body (n,)."""
        return np.bincount(np.concatenate([self.i, self.j]), minlength=self.n)

    @property
    def density(self) -> float:
        """Ties among the pairs there are; NaN for fewer than two bodies."""
        return _ratio(len(self.i), self.n * (self.n - 1) / 2)

    @cached_property
    def components(self) -> Array:
        """Sizes of the components of two bodies or more, the largest first."""
        from scipy.sparse.csgraph import connected_components

        _, label = connected_components(self.matrix, directed=False)
        sizes = np.bincount(label) if self.n else np.zeros(0, dtype=np.int64)
        return np.sort(sizes[sizes > 1])[::-1]

    @property
    def centralisation(self) -> float:
        """Degree centralisation, 0 where all have as many partners, 1 for a star; NaN below three bodies.

        sum(max d - d) / ((n - 1)(n - 2)): Freeman (1979), Centrality in social networks.
        """
        most = int(self.degree.max(initial=0))
        return _ratio(float((most - self.degree).sum()), (self.n - 1) * (self.n - 2) if self.n > 2 else 0)

    @cached_property
    def matrix(self) -> Any:
        """The ties as a symmetric matrix (n, n) of zeros and ones, CSR."""
        from scipy.sparse import coo_array

        rows, columns = np.concatenate([self.i, self.j]), np.concatenate([self.j, self.i])
        return coo_array((np.ones(len(rows)), (rows, columns)), shape=(self.n, self.n)).tocsr()

    @cached_property
    def triangles_at(self) -> Array:
        """Triangles that each body is in (n,).

        Every tie points to the end with more partners, so that few ties leave a body, hubs too (Chiba and
        Nishizeki 1985). A triangle a -> b -> c, a -> c is found once at its tie a - c and once at b - c.
        """
        forward = self._forward
        backward = forward.T.tocsr()
        found = np.zeros(self.n)
        for start in range(0, self.n, BAND):
            rows = slice(start, start + BAND)
            found[rows] += (forward[rows] @ forward).multiply(forward[rows]).sum(axis=1)
            upper = (backward[rows] @ forward).multiply(forward[rows])
            found[rows] += upper.sum(axis=1)
            found += upper.sum(axis=0)
        return found

    @property
    def _forward(self) -> Any:
        """The ties (n, n) as a CSR matrix, each once, from the end with fewer partners."""
        from scipy.sparse import coo_array

        rank = np.empty(self.n, dtype=np.int64)
        rank[np.argsort(self.degree, kind="stable")] = np.arange(self.n)
        swapped = rank[self.i] > rank[self.j]
        ends = np.where(swapped, self.j, self.i), np.where(swapped, self.i, self.j)
        return coo_array((np.ones(len(self.i)), ends), shape=(self.n, self.n)).tocsr()

    @property
    def triangles(self) -> int:
        """Triangles in all."""
        return round(float(self.triangles_at.sum()) / 3)

    @property
    def transitivity(self) -> float:
        """Share of the paths a - b - c in which a and c are tied too; NaN without paths.

        Three triangles over connected triples: Newman (2003), The structure and function of complex
        networks, equation 3.
        """
        return _ratio(float(self.triangles_at.sum()), float(self._paths.sum()))

    @property
    def clustering(self) -> float:
        """Mean over bodies of two partners or more of the share of their pairs of partners that are tied.

        Watts and Strogatz (1998), Collective dynamics of 'small-world' networks. NaN if there are none.
        """
        able = self._paths > 0
        return float((self.triangles_at[able] / self._paths[able]).mean()) if able.any() else np.nan

    @cached_property
    def _paths(self) -> Array:
        """Pairs of partners of each body (n,)."""
        return self.degree * (self.degree - 1) / 2

    def degree_assortativity(self) -> float:
        """Correlation of the numbers of partners at the two ends of a tie; NaN if either does not vary.

        Newman (2002), Assortative mixing in networks, equation 4. Every tie counts in both directions.
        """
        ends = self.degree[np.concatenate([self.i, self.j])].astype(float)
        if not len(ends) or ends.min() == ends.max():
            return np.nan
        x, y = ends - ends.mean(), np.roll(ends, len(self.i)) - ends.mean()
        return float((x * y).sum() / (x * x).sum())

    def attribute_assortativity(self, codes: Array) -> float:
        """How much more ties join equals than chance would, 1 if all do; codes (n,), -1 not known.

        (sum e_kk - sum a_k b_k) / (1 - sum a_k b_k) over the ties of which both ends are known: Newman
        (2003), Mixing patterns in networks, equation 2. NaN if one kind has all ends.
        """
        known = (codes[self.i] >= 0) & (codes[self.j] >= 0)
        one, other = codes[self.i[known]], codes[self.j[known]]
        if not len(one):
            return np.nan
        ends = np.bincount(np.concatenate([one, other])) / (2 * len(one))
        chance = float((ends**2).sum())
        return _ratio(float((one == other).mean()) - chance, 1 - chance if (ends > 0).sum() > 1 else 0)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else np.nan

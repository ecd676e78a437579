"""The law of a list under a fitted model, period by period and size by size.

List choice: its own law. Panel models of all pairs (``propensities``): pairs have no law of lists, so one
is made of the fitted log rates u_ij of a pair in a period (log odds of a logit): u_ij is split by least
squares into a_i + a_j + v_ij, and

    P(S) proportional to exp(sum over i in S of a_i + sum over pairs i < j of S of v_ij).

For lists of two this is exp(u_ij), the model itself given that a project of two is made. For longer ones it
is an approximation: what makes a body tie often counts once however long the list, what makes a pair tie
counts for every pair of it. A pair that the model leaves out for a missing value has v_ij = 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from ...numerics.families import Family
from ...numerics.subsets import EXACT_TO, SubsetLaw
from ..likelihood import Likelihood
from ..lists.choice_sets import Choice, PairTable
from .walk import Tile, by_batch

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

NEVER = -1e3  # log weight of a pair that is on no list: its exponential is zero, its products are numbers
OPENINGS = 60_000  # lists longer than these openings allow are drawn by Gibbs swaps


@dataclass(frozen=True)
class Lists:
    """The lists of m bodies of one period: who is at risk (u,), the law, and those observed (n, m).

    ``bodies`` and ``observed`` hold cluster numbers.
    """

    bodies: Array
    law: SubsetLaw
    observed: Array

    @property
    def exact_to(self) -> int:
        """The longest list that is drawn exactly among so many bodies."""
        u = len(self.bodies)
        return max(m for m in range(2, EXACT_TO + 1) if m == 2 or comb(u, m - 2) <= OPENINGS)

    def draw(self, rng: np.random.Generator, times: int) -> Array:
        """The lists drawn again, ``times`` over: (times, n, m) cluster numbers."""
        count, size = times * len(self.observed), self.observed.shape[1]
        room = max(2**22 // len(self.bodies) ** 2, 1)
        parts = [min(room, count - low) for low in range(0, count, room)]
        drawn = np.concatenate([self.law.draw(rng, part, self.exact_to) for part in parts])
        return self.bodies[drawn].reshape(times, -1, size)


def of_choice(
    observed: Sequence[Choice], table: PairTable, beta: Array, strength: Mapping[int, float]
) -> list[Lists]:
    """The laws of a list choice: beta (K,) of the pair features, ``strength`` by cluster number at risk."""
    at_risk = np.array(sorted(strength))
    return list(
        _lists(
            {(choice.period, choice.list_id): choice.members for choice in observed},
            {
                period: _choice_law(period, table, beta, strength, at_risk)
                for period in {choice.period for choice in observed}
            },
        )
    )


def _choice_law(
    period: int, table: PairTable, beta: Array, strength: Mapping[int, float], at_risk: Array
) -> tuple[Array, Array, Array]:
    inside = np.isin(table.bodies[period], at_risk)
    bodies = table.bodies[period][inside]
    proximity = table.x[period][np.ix_(inside, inside)] @ beta
    own = np.array([strength[body] for body in bodies.tolist()])
    return bodies, own, np.where(np.isfinite(proximity), proximity, NEVER)


def of_panel(likelihood: Likelihood, params: Array, row_projects: pd.DataFrame) -> list[Lists]:
    """The laws of a panel model of all pairs, whose rows have a column ``period``."""
    laws = {}
    for period, known in propensities(likelihood, params).items():
        bodies = np.flatnonzero(np.isfinite(known).any(axis=1))
        laws[period] = (bodies, *split(known[np.ix_(bodies, bodies)]))
    members: dict[tuple[int, str], tuple[int, ...]] = {}
    for key, rows in row_projects.groupby(["period", "project_id"], sort=True):
        members[key] = tuple(np.union1d(rows["cluster_i"], rows["cluster_j"]).tolist())
    return list(_lists(members, laws))


def _lists(
    members: Mapping[tuple[int, str], tuple[int, ...]], laws: Mapping[int, tuple[Array, Array, Array]]
) -> Iterator[Lists]:
    """Lists by period and size, with the law of each; lists of a body without a law are left out."""
    groups: dict[tuple[int, int], list[tuple[int, ...]]] = {}
    for (period, _), own in sorted(members.items()):
        if period in laws and np.isin(own, laws[period][0]).all():
            groups.setdefault((int(period), len(own)), []).append(own)
    for (period, size), observed in sorted(groups.items()):
        bodies, strength, proximity = laws[period]
        yield Lists(bodies, SubsetLaw(strength, proximity, size), np.array(observed))


def propensities(likelihood: Likelihood, params: Array) -> dict[int, Array]:
    """Log rate (logit: log odds) of every pair, (N, N) by period, NaN where there is no row."""
    n = likelihood.data.n_nodes
    found: dict[int, Array] = {}
    for batch, values in by_batch(likelihood, params, _log_rates):
        period = batch.columns["period"].astype(np.int64)
        for t in np.unique(period).tolist():
            here = period == t
            matrix = found.setdefault(t, np.full((n, n), np.nan))
            i, j = batch.i[here], batch.j[here]
            matrix[i, j] = matrix[j, i] = values[here]
    return found


def _log_rates(tile: Tile) -> Array:
    return log_rate(tile.likelihood.family, tile.eta)


def log_rate(family: Family, eta: Array) -> Array:
    """Ln E[y] (n,) of counts; the predictor of logit (log odds) and cloglog (log rate)."""
    if family.outcome == "binary":
        return eta[:, 0]
    mean: Array = np.log(family.expectation(eta)[0])
    return mean


def split(known: Array) -> tuple[Array, Array]:
    """Additive part a (n,) and remainder v (n, n) of a symmetric matrix, NaN where not known (there v = 0).

    Least squares of u_ij on a_i + a_j over the pairs that are known.
    """
    inside = np.isfinite(known)
    np.fill_diagonal(inside, False)
    values = np.where(inside, known, 0.0)
    normal = inside + np.diag(inside.sum(axis=1))
    own = np.linalg.lstsq(normal.astype(float), values.sum(axis=1), rcond=None)[0]
    return own, np.where(inside, values - own[:, None] - own[None, :], 0.0)

"""The law of the lists to come, and what one of them is expected to tell.

The law is the fitted one, P(S | m, t) proportional to exp(sum of alpha over S + sum of x'beta over the pairs
of S), with every active body at risk: those that no list names so far are on lists to come, at the place that
the prior and the lists give them. The information of a list is the covariance of its statistics (summed
pair features, who is on it) over that law: expected and observed information are the same here.

A list that comes with the portfolio of a body c is chosen for c being on it, so that it tells what its other
members are, given c:

    P(S | c in S, m, t) proportional to exp(sum over j of (alpha_j + x_cj'beta) + sum over j < k of x_jk'beta)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...models.lists.choice_sets import PairTable
from ...numerics.subset_moments import LONGEST, SubsetMoments, subset_moments

Array = np.ndarray


@dataclass(frozen=True)
class ListLaw:
    """beta (K,), alpha by cluster number (0, the prior's middle, where it has none), sizes {m: share}.

    Lists longer than ``LONGEST`` are planned for as lists of ``LONGEST``.
    """

    table: PairTable
    beta: Array
    alpha: Mapping[int, float]
    sizes: Mapping[int, float]

    @cached_property
    def bodies(self) -> Array:
        """Cluster numbers (N,) of all bodies, in the order of their parameters."""
        return self.table.every_body()

    @property
    def n_parameters(self) -> int:
        """K + N."""
        return len(self.beta) + len(self.bodies)

    def on(self, period: int) -> PeriodLaw:
        """The law of one period."""
        who = self.table.bodies[period]
        x = np.nan_to_num(self.table.x[period])
        log_pair = np.where(np.isfinite(self.table.x[period]).all(axis=2), x @ self.beta, -np.inf)
        np.fill_diagonal(log_pair, -np.inf)
        x[np.arange(len(who)), np.arange(len(who))] = 0.0
        strength = np.array([self.alpha.get(body, 0.0) for body in who.tolist()])
        places = len(self.beta) + np.searchsorted(self.bodies, who)
        at = np.concatenate([np.arange(len(self.beta)), places])
        weight = np.exp(strength - strength.max())
        return PeriodLaw(who, at, weight, np.exp(log_pair - log_pair.max()), x, self.short_sizes)

    @property
    def short_sizes(self) -> dict[int, float]:
        """Shares of the sizes as they are planned for."""
        found: dict[int, float] = {}
        for m, share in self.sizes.items():
            found[min(m, LONGEST)] = found.get(min(m, LONGEST), 0.0) + share
        return found


@dataclass(frozen=True)
class PeriodLaw:
    """The law among the bodies ``who`` (n,) of a period, whose parameters (K + n,) stand ``at`` these places.

    ``weight`` (n,) and ``pair`` (n, n) are exponentials of alpha and of x'beta, up to constants.
    """

    who: Array
    at: Array
    weight: Array
    pair: Array
    x: Array
    sizes: Mapping[int, float]

    @property
    def k(self) -> int:
        """Number of pair features."""
        return self.x.shape[2]

    @cached_property
    def moments(self) -> dict[int, SubsetMoments]:
        """Of a list of each size."""
        own = np.zeros((len(self.who), self.k))
        return {m: subset_moments(self.weight, self.pair, own, self.x, m) for m in self.sizes}

    def information(self) -> Array:
        """Expected information (K + n, K + n) of one list of the period, its size drawn."""
        parts = [share * self.moments[m].covariance for m, share in self.sizes.items()]
        whole: Array = np.sum(parts, axis=0)
        return whole

    def portfolio(self, body: int) -> tuple[float, Array]:
        """Share of the period's lists that name the body in row ``body``, and the information of these.

        Both are per list of the period: so many lists of c, (K + n, K + n) of information from them.
        """
        others = np.delete(np.arange(len(self.who)), body)
        weight = self.weight[others] * self.pair[body, others]
        pair, own = self.pair[np.ix_(others, others)], self.x[body, others]
        x = self.x[np.ix_(others, others)]
        places = np.concatenate([np.arange(self.k), self.k + others])
        named, found = 0.0, np.zeros((self.k + len(self.who),) * 2)
        for m, share in self.sizes.items():
            part = share * self.moments[m].mean[self.k + body]
            given = subset_moments(weight / weight.max(), pair, own, x, m - 1)
            named += part
            found[np.ix_(places, places)] += part * given.covariance
        return float(named), found

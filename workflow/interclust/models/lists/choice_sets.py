"""Choice sets: who was at risk, the lists of a size that could have been, and those observed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

LOOPED = 5  # size up to which pairs are summed one by one; above, by products with who is in which subset


@dataclass(frozen=True)
class Choice:
    """One observed list: its members (cluster numbers, sorted), period, sources and projects."""

    list_id: str
    members: tuple[int, ...]
    period: int
    sources: tuple[str, ...]


@dataclass(frozen=True)
class PairTable:
    """Pair features by period: ``bodies[t]`` (u,) cluster numbers, ``x[t]`` (u, u, K), NaN where missing."""

    terms: tuple[str, ...]
    bodies: Mapping[int, Array]
    x: Mapping[int, Array]

    @classmethod
    def from_frame(cls, pairs: pd.DataFrame, terms: Sequence[str]) -> PairTable:
        """Read ``features/lists``: period, cluster_i, cluster_j and one column a term.

        Raises ModelError if a term is not a column.
        """
        for term in terms:
            if term not in pairs:
                raise ModelError(f"the pair features have no column {term!r}; add it to features.names")
        bodies, x = {}, {}
        for period, rows in pairs.groupby("period", sort=True):
            i, j = rows["cluster_i"].to_numpy(np.int64), rows["cluster_j"].to_numpy(np.int64)
            known = np.unique(np.concatenate([i, j]))
            left, right = np.searchsorted(known, i), np.searchsorted(known, j)
            cube = np.full((len(known), len(known), len(terms)), np.nan)
            cube[left, right] = cube[right, left] = rows[list(terms)].to_numpy(dtype=float)
            bodies[int(period)], x[int(period)] = known, cube
        return cls(tuple(terms), bodies, x)

    def every_body(self) -> Array:
        """Cluster numbers of all bodies in any period."""
        return np.unique(np.concatenate([self.bodies[period] for period in sorted(self.bodies)]))


@dataclass(frozen=True)
class ChoiceSet:
    """The alternatives of some lists of one period and size, and which of them were observed.

    members (m, S) are parameter numbers of alpha, column by column of the subsets; z (S, K) their
    summed features; observed (n,) the rows of the lists. ``log_q`` (S,) is None where every subset is
    there, else the log probability, up to a constant, with which each was drawn.
    """

    members: Array
    z: Array
    observed: Array
    list_ids: tuple[str, ...]
    log_q: Array | None = None

    def restricted(self, stays: Array, positions: Array, wanted: set[str]) -> ChoiceSet | None:
        """The alternatives without the bodies that leave, for the lists wanted; None if there is none."""
        chosen = [row for row, name in enumerate(self.list_ids) if name in wanted]
        if not chosen:
            return None
        ids = tuple(self.list_ids[row] for row in chosen)
        inside = stays[self.members].all(axis=0) if stays.size and not stays.all() else None
        if inside is None:
            return ChoiceSet(positions[self.members], self.z, self.observed[chosen], ids, self.log_q)
        rows = (np.cumsum(inside) - 1)[self.observed[chosen]]
        log_q = None if self.log_q is None else self.log_q[inside]
        return ChoiceSet(positions[self.members[:, inside]], self.z[inside], rows, ids, log_q)

    def utility(self, beta: Array, alpha: Array) -> Array:
        """Log weight (S,) of every alternative; ``alpha`` is empty where mentions stand for it."""
        utility: Array = self.z @ beta
        if len(alpha):
            for member in self.members:
                utility += alpha[member]
        return utility

    def drawn_at(self, beta: Array, alpha: Array) -> ChoiceSet:
        """The same alternatives, each drawn as likely as these parameters make it."""
        return replace(self, log_q=self.utility(beta, alpha))

    @property
    def offset(self) -> Array | float:
        """What drawing adds to the utilities: minus the log of the probability to be drawn."""
        return 0.0 if self.log_q is None else -self.log_q

    @cached_property
    def columns(self) -> Array:
        """The features (K, S), each contiguous."""
        return np.ascontiguousarray(self.z.T)

    def incidence(self, n_alpha: int) -> Array | None:
        """Who is in which alternative, (S, A) of 0 and 1; None where all subsets are enumerated."""
        if self.log_q is None:
            return None
        if "incidence" not in self._kept:
            inside = np.zeros((self.members.shape[1], n_alpha))
            inside[np.arange(len(inside)), self.members] = 1.0
            self._kept["incidence"] = [inside]
        return self._kept["incidence"][0]

    def pair_codes(self, n_alpha: int) -> list[Array]:
        """Code a * n_alpha + b of each pair of members (m (m - 1) / 2 arrays of length S)."""
        if "codes" not in self._kept:
            pairs = itertools.combinations(self.members, 2)
            self._kept["codes"] = [left * n_alpha + right for left, right in pairs]
        return self._kept["codes"]

    @cached_property
    def _kept(self) -> dict[str, list[Array]]:
        return {}


def choices(lists: pd.DataFrame, dates: str = "early") -> list[Choice]:
    """Lists of the table ``panel/lists``; undated ones take their first (early) or last (late) period."""
    column = "period_low" if dates == "early" else "period_high"
    return [
        Choice(
            str(row["list_id"]),
            tuple(sorted(int(member) for member in row["members"])),
            int(row[column]),
            tuple(row["source_ids"]),
        )
        for _, row in lists.sort_values("list_id").iterrows()
    ]


@dataclass(frozen=True)
class AtRisk:
    """The bodies that could be on a list of one period.

    who (n,) are cluster numbers, numbers (n,) their positions in alpha, x (n, n, K) the features of their
    pairs, NaN where missing, node (n,) what a body adds of itself (None: nothing).
    """

    period: int
    who: Array
    numbers: Array
    x: Array
    node: Array | None

    @classmethod
    def of(
        cls, period: int, table: PairTable, bodies: Array, node_terms: Array | None, asking: Choice
    ) -> AtRisk:
        """Those of ``bodies`` that the table has in the period; ModelError if it has no such period."""
        if period not in table.bodies:
            raise ModelError(f"list {asking.list_id}: no pair features for period {period}")
        inside = np.isin(table.bodies[period], bodies)
        who = table.bodies[period][inside]
        node = None if node_terms is None else node_terms[who]
        numbers = np.searchsorted(bodies, who).astype(np.intp)
        return cls(period, who, numbers, table.x[period][np.ix_(inside, inside)], node)

    def rows(self, choice: Choice) -> Array:
        """Places (m,) of a list's members among those at risk; ModelError if one is not there."""
        position = np.searchsorted(self.who, choice.members)
        found = position < len(self.who)
        if not found.all() or not np.array_equal(self.who[position], choice.members):
            raise ModelError(
                f"list {choice.list_id}: a member is not active or not eligible in period {choice.period}"
            )
        return position

    def choice_set(
        self, mine: Sequence[Choice], subsets: Array, observed: Array, log_q: Array | None = None
    ) -> ChoiceSet:
        """The choice set of these subsets (S, m), without those of which a feature is missing.

        Raises ModelError if a list that was observed is among the latter.
        """
        z = pair_sums(self.x, subsets)
        whole: Array = np.all(np.isfinite(z), axis=1)
        if not whole[observed].all():
            lost = mine[int(np.flatnonzero(~whole[observed])[0])]
            raise ModelError(
                f"list {lost.list_id}: a feature of its pairs is missing in period {self.period}; "
                "drop the term"
            )
        if self.node is not None:
            z = np.column_stack([z, self.node[subsets].sum(axis=1)])
        return ChoiceSet(
            np.ascontiguousarray(self.numbers[subsets[whole]].T),
            z[whole],
            np.cumsum(whole)[observed] - 1,
            tuple(choice.list_id for choice in mine),
            None if log_q is None else log_q[whole],
        )

    def enumerated(self, mine: Sequence[Choice]) -> ChoiceSet:
        """Every subset of the size of the lists ``mine``."""
        subsets = combinations(len(self.who), len(mine[0].members))
        return self.choice_set(mine, subsets, _observed_rows([self.rows(each) for each in mine], subsets))


def pair_sums(x: Array, subsets: Array) -> Array:
    """Features (n, n, K) summed over the pairs of each subset: (S, K), NaN where one is missing."""
    count, size = subsets.shape
    if size <= LOOPED:
        z = np.zeros((count, x.shape[2]))
        for a, b in itertools.combinations(range(size), 2):
            z += x[subsets[:, a], subsets[:, b]]
        return z
    inside = np.zeros((count, len(x)))
    inside[np.arange(count)[:, None], subsets] = 1.0
    unknown = ~np.isfinite(x)
    known = np.where(unknown, 0.0, x)
    sums = [np.einsum("sn,sn->s", inside @ np.triu(one, 1), inside) for one in known.transpose(2, 0, 1)]
    z = np.column_stack(sums)
    missing = np.einsum("sn,sn->s", inside @ np.triu(unknown.any(axis=2), 1).astype(float), inside)
    z[missing > 0] = np.nan
    return z


def combinations(n: int, size: int) -> Array:
    """All subsets of 0..n-1 of a size in lexicographic order: (C(n, size), size) int16."""
    count = np.arange(n, dtype=np.int16)[:, None]
    for _ in range(size - 1):
        last = count[:, -1].astype(np.int64)
        repeats = n - 1 - last
        base = np.repeat(count, repeats, axis=0)
        offset = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        follow = np.repeat(last, repeats) + 1 + offset
        count = np.column_stack([base, follow.astype(np.int16)])
    return count


def _observed_rows(positions: Sequence[Array], subsets: Array) -> Array:
    """Rows of lists in the enumeration, found by their places in lexicographic order."""
    n, size = int(subsets[-1].max()) + 1, subsets.shape[1]
    weights = n ** np.arange(size - 1, -1, -1, dtype=np.int64)
    codes = subsets.astype(np.int64) @ weights
    return np.array([np.searchsorted(codes, int(place @ weights)) for place in positions], dtype=np.int64)

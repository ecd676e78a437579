"""Choice sets: who was at risk, every list of a size that could have been, and those observed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray


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


@dataclass(frozen=True)
class ChoiceSet:
    """All subsets of size m of the bodies at risk in one period, and which of them were observed.

    members (m, S) are parameter numbers of alpha, column by column of the subsets; z (S, K) their
    summed features; observed (n,) the rows of the lists.
    """

    members: Array
    z: Array
    observed: Array
    list_ids: tuple[str, ...]

    def restricted(self, stays: Array, positions: Array, wanted: set[str]) -> ChoiceSet | None:
        """The alternatives without the bodies that leave, for the lists wanted; None if there is none."""
        chosen = [row for row, name in enumerate(self.list_ids) if name in wanted]
        if not chosen:
            return None
        ids = tuple(self.list_ids[row] for row in chosen)
        inside = stays[self.members].all(axis=0) if stays.size and not stays.all() else None
        if inside is None:
            return ChoiceSet(positions[self.members], self.z, self.observed[chosen], ids)
        rows = (np.cumsum(inside) - 1)[self.observed[chosen]]
        return ChoiceSet(positions[self.members[:, inside]], self.z[inside], rows, ids)

    @cached_property
    def columns(self) -> Array:
        """The features (K, S), each contiguous."""
        return np.ascontiguousarray(self.z.T)

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


def choice_sets(
    observed: Sequence[Choice], table: PairTable, only: Array | None, node_terms: Array | None, exact_to: int
) -> tuple[list[ChoiceSet], Array]:
    """Enumerate the alternatives of every (period, size); returns them and the bodies in alpha's order.

    ``only`` restricts the bodies (those named in some list); ``node_terms`` (N,) adds a column with the sum
    over members of a value per cluster number. Raises ModelError for a list that is too long to
    enumerate, a member that is not at risk, or a missing feature of a list that was observed.
    """
    present = [table.bodies[period] for period in sorted(table.bodies)]
    bodies = np.unique(np.concatenate(present)) if only is None else np.asarray(only)
    sets = []
    for period, size in sorted({(choice.period, len(choice.members)) for choice in observed}):
        mine = [choice for choice in observed if (choice.period, len(choice.members)) == (period, size)]
        if size > exact_to:
            raise ModelError(
                f"list {mine[0].list_id}: {size} members, enumeration goes to {exact_to}; raise exact_to"
            )
        sets.append(_choice_set(mine, period, size, table, bodies, node_terms))
    return sets, bodies


def _choice_set(
    mine: Sequence[Choice], period: int, size: int, table: PairTable, bodies: Array, node_terms: Array | None
) -> ChoiceSet:
    if period not in table.bodies:
        raise ModelError(f"list {mine[0].list_id}: no pair features for period {period}")
    inside = np.isin(table.bodies[period], bodies)
    at_risk, x = table.bodies[period][inside], table.x[period][np.ix_(inside, inside)]
    subsets = combinations(len(at_risk), size)
    rows = _observed_rows(mine, at_risk, subsets)
    z = np.zeros((len(subsets), x.shape[2]))
    for a, b in itertools.combinations(range(size), 2):
        z += x[subsets[:, a], subsets[:, b]]
    whole: Array = np.all(np.isfinite(z), axis=1)
    if not whole[rows].all():
        lost = mine[int(np.flatnonzero(~whole[rows])[0])]
        raise ModelError(
            f"list {lost.list_id}: a feature of its pairs is missing in period {period}; drop the term"
        )
    if node_terms is not None:
        z = np.column_stack([z, node_terms[at_risk][subsets].sum(axis=1)])
    rows = np.cumsum(whole)[rows] - 1  # alternatives with a missing feature leave the choice set
    numbers = np.searchsorted(bodies, at_risk).astype(np.intp)
    return ChoiceSet(
        np.ascontiguousarray(numbers[subsets[whole]].T),
        z[whole],
        rows,
        tuple(choice.list_id for choice in mine),
    )


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


def _observed_rows(mine: Sequence[Choice], at_risk: Array, subsets: Array) -> Array:
    n, size = len(at_risk), subsets.shape[1]
    weights = n ** np.arange(size - 1, -1, -1, dtype=np.int64)
    codes = subsets.astype(np.int64) @ weights
    rows = []
    for choice in mine:
        position = np.searchsorted(at_risk, choice.members)
        found = position < n
        if not found.all() or not np.array_equal(at_risk[np.minimum(position, n - 1)], choice.members):
            raise ModelError(
                f"list {choice.list_id}: a member is not active or not eligible in period {choice.period}"
            )
        rows.append(int(np.searchsorted(codes, int(position @ weights))))
    return np.array(rows, dtype=np.int64)

"""Relatedness of sectors by the pairs that their bodies made in earlier projects: association strength.

Of the pairs of members of earlier projects (both of a known sector), C_ab counts those of sectors a and b;
C_aa counts every pair twice, once from each side. With the ends s_a = sum over b of C_ab and C = sum of all
s_a, the relatedness is C C_ab / (s_a s_b): observed over expected pairs if the ends met at random (van Eck
and Waltman 2009, their association strength times the number of all, so that 1 is chance).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .leave_out import lookup, row_of, shared_projects
from .registry import Array

if TYPE_CHECKING:
    from ..panel.history import History


LEAST_WEIGHT = 1e-6  # no project counts less for a pair: it would have a million members


@dataclass(frozen=True)
class Sectors:
    """members (P, S) CSR by sector; links (S, S), ends (S,) weighted; n_ends (S,) of pairs, unweighted."""

    members: Any
    links: Any
    ends: Array
    n_ends: Array


def relatedness(history: History, i: Array, j: Array) -> Array:
    """Association strength of the sectors of the pairs, (rows,).

    NaN without complete lists, without a sector, or where one has fewer than ``relatedness_pairs`` ends.
    """
    codes = history.coded("sector").codes
    a, b = codes[i], codes[j]
    value = np.full(len(i), np.nan)
    known = np.flatnonzero((a >= 0) & (b >= 0))
    if not history.lists_complete or not len(known):
        return value
    sectors = history.once("sectors", lambda: _sectors(history))
    link = lookup(sectors.links, a, b)
    ends = np.stack([sectors.ends[a], sectors.ends[b]])
    n_ends = np.stack([sectors.n_ends[a], sectors.n_ends[b]]).astype(float)
    total = np.full(len(i), sectors.ends.sum())
    rows, shared = shared_projects(history, i[known], j[known])
    rows = known[rows]
    if len(rows):
        lost = _lost(history, sectors, shared, a[rows], b[rows])
        link[rows] -= lost["link"]
        ends[:, rows] -= lost["ends"]
        n_ends[:, rows] -= lost["n_ends"]
        total[rows] -= lost["total"]
    link[link < LEAST_WEIGHT] = 0.0  # what rounding leaves of a sum of which all was taken off
    enough = (a >= 0) & (b >= 0) & (n_ends.min(axis=0) >= history.options.relatedness_pairs)
    value[enough] = (total * link)[enough] / (ends[0] * ends[1])[enough]
    return value


def _sectors(history: History) -> Sectors:
    from scipy.sparse import coo_array, diags_array

    coded = history.coded("sector")
    known = np.flatnonzero(coded.codes >= 0)
    of = coo_array((np.ones(len(known)), (known, coded.codes[known])), (history.n, len(coded.words)))
    members = (history.named @ of.tocsr()).tocsr()
    weight, others = history.pair_weight, _others(members)
    links = members.T @ diags_array(weight, format="csr") @ members
    links = (links - diags_array(members.T @ weight, format="csr")).tocsr()  # nobody pairs with itself
    return Sectors(members, links, members.T @ (weight * others), members.T @ (history.ties_made * others))


def _others(members: Any) -> Array:
    """Members of a known sector in each project, less one (P,)."""
    others: Array = np.asarray(members.sum(axis=1)).ravel() - 1
    return others


def _lost(history: History, sectors: Sectors, shared: Any, a: Array, b: Array) -> dict[str, Array]:
    """What the shared projects (r, P) of dyads of the sectors a and b made."""
    row, project = row_of(shared), shared.indices
    first, second = (lookup(sectors.members, project, side[row]) for side in (a, b))
    weight, others = history.pair_weight[project], _others(sectors.members)[project]
    made = history.ties_made[project]

    def added(values: Array) -> Array:
        return np.bincount(row, values, minlength=shared.shape[0])

    return {
        "link": added(weight * first * (second - (a[row] == b[row]))),
        "ends": np.stack([added(weight * side * others) for side in (first, second)]),
        "n_ends": np.stack([added(made * side * others) for side in (first, second)]),
        "total": added(weight * (others + 1) * others),
    }

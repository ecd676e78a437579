"""Covariances of an estimate whose rows are dyads: one function a kind, from the gathered sums.

With scores s, information A (minus the Hessian) and the sums T_n over nodes, P_p over pairs, and
G_q, T_nq, s_pq over the rows of a project, the meat of rows that share a node or a project is

    sum_n T_n T_n' - sum_p P_p P_p' + sum_q [G_q G_q' - sum_n T_nq T_nq' + sum_p s_pq s_pq']

(the first two terms: Fafchamps & Gubert 2007; Aronow, Samii & Assenova 2015, Political Analysis 23;
Tabord-Meehan 2019). The jackknife puts the changes of the estimate when a node, a pair or a project is
left out where the sandwich has A^-1 times these sums. No small-sample factor is applied.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ..numerics.newton import inverse
from ..numerics.segments import outer_sum
from .freedom import degrees_of_freedom
from .rows import Rows
from .sums import DyadicSums, ScoredRows, deletion_steps, gather

Array = np.ndarray
Clip = bool | Literal["scaled"]

# Of the pair-clustered variance, what the jackknife's must be at least. Measured (docs/validity.md): at one
# terms that differ from dyad to dyad are covered too often, at nought too seldom where clusters are few.
FLOOR = 0.5

KINDS = ("classical", "hc0", "dyad", "dyadic", "dyadic_jackknife", "dyadic_jackknife_exact", "bootstrap")


@dataclass(frozen=True)
class Covariance:
    """A covariance (k, k) with its degrees of freedom and what had to be repaired in it.

    ``df`` is one number, or one a parameter (k,) where they differ (``freedom.py``, jackknives). ``clipped``
    counts eigenvalues that were negative and set to zero; ``floored`` lists the numbers of the parameters
    whose variance was raised to ``FLOOR`` times the pair-clustered one; of a bootstrap, ``replications`` is
    how many were drawn and ``failures`` how many of them gave no estimate.
    """

    kind: str
    matrix: Array
    df: float | Array
    clipped: int = 0
    floored: tuple[int, ...] = field(default=())
    replications: int = 0
    failures: int = 0


def classical(information: Array, dispersion: float = 1.0, df: float = np.inf) -> Covariance:
    """Inverse information times the dispersion (one but for the linear family)."""
    return Covariance("classical", inverse(information) * dispersion, df)


def hc0(sums: DyadicSums) -> Covariance:
    """White's sandwich: rows independent."""
    bread = inverse(sums.information)
    return Covariance("hc0", bread @ sums.row_meat @ bread, np.inf)


def by_dyad(sums: DyadicSums) -> Covariance:
    """Sandwich clustered by pair, over all its periods."""
    bread = inverse(sums.information)
    return Covariance("dyad", bread @ sums.pair_meat @ bread, sums.n_pairs - 1)


def dyadic(sums: DyadicSums, clip: Clip = "scaled") -> Covariance:
    """Sandwich for rows that share a node or a project."""
    bread = inverse(sums.information)
    meat = outer_sum(sums.nodes.scores) - sums.pair_meat + sums.project_meat
    matrix, clipped = clip_eigenvalues(bread @ meat @ bread, clip, np.diag(by_dyad(sums).matrix))
    return Covariance("dyadic", matrix, _clusters(sums) - 1, clipped)


def dyadic_jackknife(sums: DyadicSums, clip: Clip = "scaled") -> Covariance:
    """Leave-one-cluster-out jackknife by one Newton step, corrected for pairs and for projects.

    No variance is below half the pair-clustered one.
    """
    assert sums.pair_steps is not None
    changes = deletion_steps(sums.information, sums.nodes)
    return _jackknife("dyadic_jackknife", changes, sums.pair_steps, sums, clip)


def dyadic_jackknife_exact(
    sums: DyadicSums, node_changes: Array, pair_changes: Array, clip: Clip = "scaled"
) -> Covariance:
    """The same from refits: changes (N, k) of the estimate without each node, (p, k) without each pair.

    The project term keeps its one-step form.
    """
    return _jackknife("dyadic_jackknife_exact", node_changes, outer_sum(pair_changes), sums, clip)


def _jackknife(kind: str, node_changes: Array, pair_outer: Array, sums: DyadicSums, clip: Clip) -> Covariance:
    assert sums.project_steps is not None
    raw = outer_sum(node_changes) - pair_outer + sums.project_steps
    by_pair = np.diag(by_dyad(sums).matrix)
    matrix, clipped = clip_eigenvalues(raw, clip, by_pair)
    floored: tuple[int, ...] = ()
    if clip is not False:
        matrix, floored = raise_to_floor(matrix, FLOOR * by_pair)
    return Covariance(kind, matrix, _freedom(sums, np.diag(matrix)), clipped, floored)


def _freedom(sums: DyadicSums, variances: Array) -> Array:
    assert sums.nodes.information is not None
    assert sums.fourth is not None
    return degrees_of_freedom(inverse(sums.information), sums.nodes.information, variances, sums.fourth)


def _clusters(sums: DyadicSums) -> int:
    return int(np.count_nonzero(sums.node_rows))


def clip_eigenvalues(matrix: Array, clip: Clip, variances: Array) -> tuple[Array, int]:
    """Set negative eigenvalues to zero; returns the matrix and how many there were.

    ``clip="scaled"`` does it in units of the square roots of ``variances``, so that the result does not
    depend on the units of the regressors; ``clip=True`` on the matrix as it is; ``clip=False`` not.
    """
    matrix = 0.5 * (matrix + matrix.T)
    if clip is False:
        return matrix, 0
    scale = np.sqrt(np.maximum(variances, 1e-300)) if clip == "scaled" else np.ones(len(matrix))
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    tolerance = 1e-12 * max(float(np.abs(values).max()), 1e-300)
    clipped = int(np.sum(values < -tolerance))
    if clipped == 0:
        return matrix, 0
    repaired = (vectors * np.maximum(values, 0.0)) @ vectors.T * np.outer(scale, scale)
    return 0.5 * (repaired + repaired.T), clipped


def raise_to_floor(matrix: Array, floor: Array) -> tuple[Array, tuple[int, ...]]:
    """Raise variances below ``floor`` to it by adding to the diagonal, which keeps V non-negative."""
    lacking = np.maximum(floor - np.diag(matrix), 0.0)
    low = np.flatnonzero(lacking > 1e-12 * floor)
    return matrix + np.diag(lacking), tuple(int(index) for index in low)


def project_pieces(project: Sequence[Any] | Array | None, n: int) -> tuple[Array, Array, list[Any]]:
    """Rows and project numbers of the pieces from one entry a row: an id, a list of ids, or none.

    Returns two integer arrays of equal length and the ids in the order of their numbers; a project named
    twice in a row counts once.
    """
    if project is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), []
    if len(project) != n:
        raise ValueError(f"project has {len(project)} entries for {n} rows")
    rows: list[int] = []
    names: list[Any] = []
    for row, entry in enumerate(project):
        if entry is None or (isinstance(entry, list) and not entry):
            continue  # most rows have none
        several = isinstance(entry, (list, tuple, set, frozenset, np.ndarray))
        items = [item for item in (dict.fromkeys(entry) if several else [entry]) if _names_one(item)]
        rows.extend([row] * len(items))
        names.extend(items)
    known = list(dict.fromkeys(names))
    with contextlib.suppress(TypeError):  # ids of mixed types keep the order in which they appear
        known.sort()
    numbers = {name: number for number, name in enumerate(known)}
    pieces = sorted(zip(rows, (numbers[name] for name in names), strict=True))
    return (
        np.array([row for row, _ in pieces], dtype=np.int64),
        np.array([number for _, number in pieces], dtype=np.int64),
        known,
    )


def _names_one(entry: Any) -> bool:
    """Whether an entry names a project: None, NaN, NaT and NA do not."""
    same = entry == entry  # neither true nor false for NA
    return entry is not None and isinstance(same, (bool, np.bool_)) and bool(same)


def dyadic_vcov(
    scores: Array,
    information: Array,
    node_i: Sequence[Any] | Array,
    node_j: Sequence[Any] | Array,
    project: Sequence[Any] | Array | None = None,
    clip: Clip = True,
) -> Array:
    """Dyadic-robust covariance (k, k) of any estimate with row scores.

    scores (n, k); information (k, k), minus the Hessian, not inverted; node_i, node_j (n,) any hashable,
    i-j and j-i are one pair; project (n,) an id, a list of ids or None a row. ``clip`` as in
    ``clip_eigenvalues``. No small-sample factor. Raises ValueError if a row has the same node twice.
    """
    scores = np.asarray(scores, dtype=float)
    nodes = list(dict.fromkeys([*node_i, *node_j]))
    number = {node: position for position, node in enumerate(nodes)}
    i = np.array([number[node] for node in node_i], dtype=np.int64)
    j = np.array([number[node] for node in node_j], dtype=np.int64)
    rows, projects, _ = project_pieces(project, len(scores))
    batch = ScoredRows(i, j, rows, projects, lambda which: Rows.of_scores(scores[which]))
    sums = gather([lambda: batch], np.asarray(information, dtype=float), len(nodes), jackknife=False)
    return dyadic(sums, clip).matrix


__all__ = ["Covariance", "dyadic_vcov"]

"""MRQAP: regressions on matrices, tested by permutations of nodes with double semi-partialling.

Dekker, Krackhardt & Snijders (2007), Psychometrika 72(4), 563-581; for the logit as sna's
``netlogit(nullhyp = "qapspp")``.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError, NotEstimable
from .matrices import Dyads, dyad_rows, refuse_risk_set
from .moving_linear import MovingLinear, t_values
from .moving_logit import MovingLogit, z_values
from .permutations import Counts, Progress, count, node_permutations, table

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

INTERCEPT = "Intercept"
METHODS = ("dsp",)
FAMILIES = ("linear", "logit")
# A term of whose size the others leave less than this share is a combination of them.
COLLINEAR = 1e-7


def mrqap(
    y: Any,
    X: Mapping[str, Any],
    family: str = "linear",
    permutations: int = 2000,
    seed: int = 1,
    directed: bool = False,
    cohorts: Sequence[Hashable] | Array | None = None,
    method: str = "dsp",
    threads: int | None = None,
    progress: Progress | None = None,
    untested: Collection[str] = (),
) -> pd.DataFrame:
    """Regress a matrix on matrices, with p-values that hold when dyads depend through their nodes.

    ``y`` is (n, n), or (T, n, n) for T periods; ``X`` maps names to matrices of that shape (an (n, n) stands
    for all periods). The diagonal is ignored; without ``directed`` matrices are symmetric and a dyad is one
    row. An intercept is added. ``family`` is linear (least squares) or logit (y of zeros and ones).

    Double semi-partialling (``dsp``): the residual of x_k on the other terms is permuted by its nodes, all
    periods by the same permutation, and takes the place of x_k; the t (z) statistic, which is pivotal, is
    compared with that of the data. Nodes change places within ``cohorts`` (n,) only, where given. Names in
    ``untested`` stay in the regression and have no p-value; nor has the intercept, for a permutation all but
    returns a constant to itself (sna prints a number there that tests nothing).

    NaN is a missing dyad. The estimate uses the dyads known in y and in every x. The residual of x_k is taken
    over all dyads known in every x, whether or not y is known there, and is missing elsewhere. Where a
    permutation brings a missing residual to a dyad, that dyad is left out of this permutation's regression,
    which has its own degrees of freedom; a dyad whose y is missing is never used. Nothing is imputed.

    Returns one row a term: term, estimate, statistic, p_value (two-sided, (1 + r) / (1 + N)), mc_error (of
    the p-value over draws), p_lower and p_upper (one-sided), permutations (N), without (permutations that
    gave no finite estimate, which count as extreme). All draws follow from ``seed``, whatever ``threads``
    (None: one a core). ``progress(done, permutations)`` is called now and then.

    Raises ModelError for matrices that do not match, for collinear terms, for a y that is missing once the
    event has happened (a risk set); NotEstimable for fewer dyads than parameters and for a separated logit.
    """
    _check(family, method, X, untested)
    regression = Regression.of(y, X, family, directed, {INTERCEPT, *untested})
    drawn = node_permutations(regression.dyads.n, permutations, seed, cohorts)
    observed = regression.observed[regression.tested]
    counts = count(regression.statistics, observed, drawn, len(regression.rows), threads, progress)
    return regression.table(counts, permutations)


@dataclass(frozen=True)
class Regression:
    """A regression on matrices: terms (k,) with estimates and statistics, and what permutes those tested.

    ``rows`` (n,) are the dyads used; for each term of ``tested`` there are its residual over all dyads and
    the regression in which a column takes its place.
    """

    dyads: Dyads
    rows: Array
    terms: list[str]
    estimates: Array
    observed: Array
    tested: list[int]
    residuals: list[Array]
    moving: Sequence[MovingLinear | MovingLogit]

    @classmethod
    def of(
        cls, y: Any, X: Mapping[str, Any], family: str, directed: bool, untested: Collection[str]
    ) -> Regression:
        """Fit it, and take from each tested term what the others explain."""
        dyads, outcome, others = dyad_rows(y, X, directed)
        refuse_risk_set(dyads, outcome)
        columns = {INTERCEPT: np.ones(len(outcome)), **others}
        terms, design = list(columns), np.column_stack(list(columns.values()))
        complete = ~np.isnan(design).any(axis=1)
        rows = np.flatnonzero(complete & ~np.isnan(outcome))
        response, matrix = outcome[rows], design[rows]
        _check_rows(family, response, matrix, terms)
        linear = family == "linear"
        estimates, observed = (t_values if linear else z_values)(response, matrix)
        tested = [k for k, term in enumerate(terms) if term not in untested]
        residuals = [residual(design, complete, k) for k in tested]
        model = MovingLinear if linear else MovingLogit
        moving = [model.of(response, np.delete(matrix, k, axis=1)) for k in tested]
        return cls(dyads, rows, terms, estimates, observed, tested, residuals, moving)

    def statistics(self, drawn: Array) -> Array:
        """The statistic (k, b) of each tested term under permutations (b, n) of the nodes of its residual."""
        taken = self.dyads.permuted(drawn, self.rows)
        pairs = zip(self.moving, self.residuals, strict=True)
        return np.array([model.statistics(own[taken]) for model, own in pairs])

    def table(self, counts: Counts, permutations: int) -> pd.DataFrame:
        """All terms in their order, those that were not tested without p-values."""
        at = self.tested
        names = [self.terms[k] for k in at]
        found = table(names, self.estimates[at], self.observed[at], counts, permutations)
        whole = found.set_index("term").reindex(self.terms)
        whole["estimate"], whole["statistic"] = self.estimates, self.observed
        numbers = ["permutations", "without"]
        whole[numbers] = whole[numbers].fillna(0).astype(int)
        return whole.rename_axis("term").reset_index()


def no_terms() -> pd.DataFrame:
    """The table of a regression that could not be made: its columns without a row."""
    nothing = np.empty(0)
    return table([], nothing, nothing, Counts(nothing, nothing, nothing, nothing), 1)


def residual(design: Array, complete: Array, k: int) -> Array:
    """What the other columns of the design (m, p) leave of column k; NaN where it is not complete."""
    others, own = np.delete(design[complete], k, axis=1), design[complete, k]
    Q = np.linalg.qr(others / np.maximum(np.abs(others).max(axis=0), 1e-300))[0]
    left = np.full(len(design), np.nan)
    left[complete] = own - Q @ (Q.T @ own)
    return left


def _check(family: str, method: str, X: Mapping[str, Any], untested: Collection[str]) -> None:
    """Raise ModelError for a family or method that there is not, and for names that cannot be."""
    if family not in FAMILIES:
        raise ModelError(f"family {family!r} has no MRQAP; there are {', '.join(FAMILIES)}")
    if method not in METHODS:
        raise ModelError(f"method {method!r}; there is {', '.join(METHODS)} (double semi-partialling)")
    if not X:
        raise ModelError("X is empty; give at least one matrix by name")
    if INTERCEPT in X:
        raise ModelError(f"X names a matrix {INTERCEPT}; an intercept is always added, leave it out")
    absent = [name for name in untested if name not in X and name != INTERCEPT]
    if absent:
        raise ModelError(f"untested names {absent[0]!r}, which is not in X")
    if set(X) <= set(untested):
        raise ModelError("every term of X is untested; test one")


def _check_rows(family: str, y: Array, X: Array, terms: list[str]) -> None:
    """Raise an error for rows that cannot bear the regression."""
    n, k = X.shape
    if family == "logit":
        other = y[~np.isin(y, (0.0, 1.0))]
        if len(other):
            raise ModelError(f"the outcome is {other[0]:g} somewhere; a logit takes 0 and 1")
    if n <= k:
        raise NotEstimable(f"not fitted: {n} dyads known in every matrix for {k} parameters", {"rows": n})
    spanned = [term for q, term in enumerate(terms) if _spanned(X, q)]
    if spanned:
        raise ModelError(
            f"collinear terms over the {n} dyads known in every matrix: {', '.join(spanned)}; leave one out"
        )
    if family == "logit" and (y == y[0]).all():
        raise NotEstimable(f"not fitted: the outcome is {y[0]:g} for all {n} dyads", {"rows": n})


def _spanned(X: Array, k: int) -> bool:
    """Whether column k is a combination of the others."""
    left = residual(X, np.ones(len(X), dtype=bool), k)
    return bool(np.linalg.norm(left) <= COLLINEAR * np.linalg.norm(X[:, k]))

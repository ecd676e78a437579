"""Logits in which one regressor changes from fit to fit: its z statistic for many columns at once.

Newton's steps of all fits are taken together, from the fit without the column; the few that do not arrive are
searched one by one by the engine of every other model (numerics/newton.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import NotEstimable
from ..numerics.families_single import logit
from ..numerics.newton import Optimum, inverse, maximise

Array = np.ndarray

# Newton's decrement at which a step more would change no digit that a permutation test can see.
TOLERANCE = 1e-8
STEPS = 12
# Information per row (regressors of unit mean square) below which a direction has no finite estimate.
VANISHED = 1e-9
# Sums are made tile by tile: so many numbers (1 MB) of so many rows at least, for what a core keeps near.
TILE_NUMBERS, LEAST_ROWS = 2**17, 256


def fit(y: Array, X: Array, start: Array | None = None) -> Optimum:
    """The logit of y (n,) on X (n, k)."""

    def evaluate(params: Array) -> tuple[float, Array, Array]:
        value, slope, curvature = logit(y, (X @ params)[:, None])
        return float(value.sum()), slope[:, 0] @ X, -(X.T * curvature[:, 0, 0]) @ X

    return maximise(evaluate, np.zeros(X.shape[1]) if start is None else start)


def exists(optimum: Optimum, n: int) -> bool:
    """Whether a search over n rows ended at a finite estimate, not on the way to infinity."""
    return optimum.converged and bool(np.linalg.eigvalsh(optimum.information / n)[0] > VANISHED)


def z_values(y: Array, X: Array) -> tuple[Array, Array]:
    """Coefficients and Wald z values (k,) of y (n,) on X (n, k) of full rank.

    Raises NotEstimable where an estimate is not finite (separation).
    """
    scale = np.sqrt(np.einsum("nk,nk->k", X, X) / len(X))
    Q, R = np.linalg.qr(X / scale)
    Q, R = Q * np.sqrt(len(X)), R / np.sqrt(len(X))
    found = fit(y, Q)
    if not exists(found, len(y)):
        raise NotEstimable(
            "not fitted: the terms separate dyads with the event from those without, so that an estimate is "
            "infinite; leave out the term that does"
        )
    back = np.linalg.inv(R)
    coefficients = back @ found.params
    errors = np.sqrt(np.einsum("kl,lm,km->k", back, inverse(found.information), back))
    return coefficients / scale, coefficients / errors


@dataclass(frozen=True)
class MovingLogit:
    """Outcome (n,), fixed regressors (n, q), products of two of them (n, q (q + 1) / 2), their fit (q,)."""

    y: Array
    Z: Array
    products: Array
    start: Array

    @classmethod
    def of(cls, y: Array, Z: Array) -> MovingLogit:
        """From regressors of full rank, which are made orthogonal with unit mean squares."""
        Q = np.linalg.qr(Z)[0] * np.sqrt(len(Z))
        above = np.triu_indices(Q.shape[1])
        products = Q[:, above[0]] * Q[:, above[1]]
        return cls(y, Q, products, fit(y, Q).params)

    def statistics(self, R: Array) -> Array:
        """The z values (b,) of the rows of R (b, n) as columns, each over the rows of data it knows.

        NaN where there is no finite estimate.
        """
        known = ~np.isnan(R)
        complete = bool(known.all())
        R = R if complete else np.where(known, R, 0.0)
        size = np.sqrt(np.einsum("bn,bn->b", R, R) / np.maximum(known.sum(axis=1), 1))
        R = R / np.maximum(size, 1e-300)[:, None]  # z has no unit
        found = np.full(len(R), np.nan)
        self._together(R, None if complete else known, found)
        for b in np.flatnonzero(np.isnan(found)):
            found[b] = self._alone(R[b], known[b])
        return found

    def _together(self, R: Array, known: Array | None, found: Array) -> None:
        """Take the steps of all columns and write the z values of those that arrive into ``found`` (b,)."""
        at_work = np.arange(len(R))
        params = np.tile(np.append(self.start, 0.0), (len(R), 1))
        for _ in range(STEPS):
            score, information = self._derivatives(params, R, known)
            try:
                step, last = _solved(information, score)
            except np.linalg.LinAlgError:
                break
            decrement = np.einsum("bk,bk->b", step, score)
            params += step
            done = (decrement >= 0.0) & (decrement < TOLERANCE**2) & (last > 0.0)
            found[at_work[done]] = params[done, -1] / np.sqrt(last[done])
            going = ~done & np.isfinite(params).all(axis=1)
            if not going.any():
                break
            at_work, params, R = at_work[going], params[going], R[going]
            known = None if known is None else known[going]

    def _derivatives(self, params: Array, R: Array, known: Array | None) -> tuple[Array, Array]:
        """Score (b, q + 1) and information (b, q + 1, q + 1) of every fit at its parameters."""
        (b, n), q = R.shape, self.Z.shape[1]
        above = np.triu_indices(q)
        score, cross = np.zeros((b, q + 1)), np.zeros((b, q + 1))
        fixed = np.zeros((b, len(above[0])))
        size = max(LEAST_ROWS, TILE_NUMBERS // b)
        for start in range(0, n, size):
            rows = slice(start, start + size)
            Z, column = self.Z[rows], R[:, rows]
            left, weight = self._residuals(params, rows, column, None if known is None else known[:, rows])
            score[:, :q] += left @ Z
            score[:, q] += np.einsum("bn,bn->b", left, column)
            fixed += weight @ self.products[rows]
            weight *= column
            cross[:, :q] += weight @ Z
            cross[:, q] += np.einsum("bn,bn->b", weight, column)
        information = np.empty((b, q + 1, q + 1))
        information[:, above[0], above[1]] = information[:, above[1], above[0]] = fixed
        information[:, q, :] = information[:, :, q] = cross
        return score, information

    def _residuals(
        self, params: Array, rows: slice, column: Array, known: Array | None
    ) -> tuple[Array, Array]:
        """Residuals y - p, and the weight p (1 - p), both (b, m); zero where the column is not known."""
        q = self.Z.shape[1]
        p = params[:, :q] @ self.Z[rows].T
        p += params[:, q:] * column
        np.negative(p, out=p)
        with np.errstate(over="ignore"):  # an infinite odds is a probability of zero
            np.exp(p, out=p)
        p += 1.0
        np.reciprocal(p, out=p)
        left = self.y[rows] - p
        p *= 1.0 - p
        if known is not None:
            left *= known
            p *= known
        return left, p

    def _alone(self, column: Array, known: Array) -> float:
        """The z value of one column by the safe search; NaN where there is none."""
        X = np.column_stack([self.Z, column])[known]
        if len(X) <= X.shape[1]:
            return float("nan")
        found = fit(self.y[known], X, np.append(self.start, 0.0))
        if not exists(found, len(X)):
            return float("nan")
        return float(found.params[-1] / np.sqrt(inverse(found.information)[-1, -1]))


def _solved(information: Array, score: Array) -> tuple[Array, Array]:
    """Newton's steps (b, k), and the last element (b,) of the diagonal of each inverse."""
    last = np.zeros_like(score)
    last[:, -1] = 1.0
    solved = np.linalg.solve(information, np.stack([score, last], axis=2))
    return solved[:, :, 0], solved[:, -1, 1]

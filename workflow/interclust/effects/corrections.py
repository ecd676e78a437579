"""Firth's corrected predictions as functions of Firth's estimate b alone, with their derivative in b.

FLIC and FLAC (``models/firth.py``) look at the outcomes again, but only through X'y, and Firth's score
equations say what X'y is at his estimate:

    X'y = T(b) = X'p(b) - sum_i h_i(b) (1/2 - p_i(b)) x_i.

So the corrected coefficients g solve equations in g and b without y, and the implicit function theorem gives
J = dg/db. Whatever covariance V estimates the variance of b, J V J' is that of g, with nothing left out: the
randomness of the number of events is in b. (Holding the number of events fixed would make an intercept that
is fitted to it look certain.) J goes to the identity as the penalty fades. Weights of rows are in X'y and p.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy.special import expit

from ..errors import ModelError
from ..models.firth import augmented, corrected, intercept_of
from ..models.likelihood import Likelihood
from ..numerics.newton import inverse
from .rows import Rows, rows_of

Array = np.ndarray

NONE = "none"


def prediction(
    likelihood: Likelihood, params: Array, correction: str | None = None
) -> tuple[Array, Array | None]:
    """Coefficients (k,) to predict with, and their derivative (k, k) in ``params`` (None: they are these).

    ``correction`` is flic (Firth's default, where there is an intercept), flac or none. Raises ModelError for
    another one, or one on another family.
    """
    if correction is None and likelihood.family.jeffreys and "Intercept" in likelihood.designs[0].names:
        correction = "flic"
    if correction is None or (correction == NONE and likelihood.family.jeffreys):
        return params, None
    information = likelihood.evaluate(params)[2] if likelihood.family.jeffreys else np.zeros((0, 0))
    try:
        found = corrected(likelihood, params, information, correction)
    except ModelError as error:
        raise ModelError(f"{error} (or none)" if likelihood.family.jeffreys else str(error)) from None
    slopes = _flic_slopes if correction == "flic" else _flac_slopes
    return found, slopes(_Firth(likelihood, params, information), found)


def _flic_slopes(firth: _Firth, found: Array) -> Array:
    """Only the intercept differs: sum_i p_i(a, b) = T_0(b)."""
    place = intercept_of(firth.likelihood)
    half = firth.leverage_slopes(lambda rows, p: 0.5 - p, place)
    change, weight = -half, 0.0
    for rows in firth.blocks():
        p, h, v = firth.of(rows)
        q = expit(found @ rows.X)
        change += rows.X @ (v * p * (1 - p) + h * p * (1 - p) - v * q * (1 - q))
        weight += float(np.sum(v * q * (1 - q)))
    change[place] += weight  # the slope in the intercept itself is not taken off
    J = np.eye(len(found))
    J[place] = change / weight
    return J


def _flac_slopes(firth: _Firth, found: Array) -> Array:
    """FLAC's k + 1 score equations, with h and X'y as functions of b."""
    k, place = len(found), intercept_of(firth.likelihood)
    shifted = augmented(firth.likelihood, firth.params, firth.information)
    pseudo = shifted[:-1].copy()
    pseudo[place] += shifted[-1]
    bend, pull = np.zeros((k + 1, k + 1)), np.zeros((k + 1, k))
    for rows in firth.blocks():
        p, h, v = firth.of(rows)
        q, tilde = expit(found @ rows.X), expit(pseudo @ rows.X)
        X, more = rows.X, np.vstack([rows.X, rows.X[place]])
        pull[:k] += X * ((v + h) * p * (1 - p)) @ X.T
        bend[:k, :k] += X * (v * q * (1 - q)) @ X.T
        bend += more * (h * tilde * (1 - tilde)) @ more.T
    for a in range(k):
        pull[a] += firth.leverage_slopes(lambda rows, p: p - expit(pseudo @ rows.X), a)
    pull[k] = firth.leverage_slopes(lambda rows, p: 0.5 - expit(pseudo @ rows.X), place)
    found_slopes: Array = np.linalg.solve(bend, pull)[:k]
    return found_slopes


class _Firth:
    """Firth's estimate over its rows: probabilities p, leverages h, weights v, and how h changes with it."""

    def __init__(self, likelihood: Likelihood, params: Array, information: Array) -> None:
        self.likelihood, self.params, self.information = likelihood, params, information
        self.bread = inverse(information)

    def blocks(self) -> Iterator[Rows]:
        for batch in self.likelihood.data.batches():
            yield from rows_of(self.likelihood, batch, range(len(batch)))

    def of(self, rows: Rows) -> tuple[Array, Array, Array]:
        """p, h and v (b,) of a block."""
        p, v = expit(self.params @ rows.X), self.weights(rows)
        return p, v * p * (1 - p) * self.spread(rows, self.bread), v

    def weights(self, rows: Rows) -> Array:
        name = self.likelihood.weights
        return np.ones(rows.X.shape[1]) if name is None else np.asarray(rows.columns[name], dtype=float)

    def spread(self, rows: Rows, matrix: Array) -> Array:
        """The quadratic forms x'Mx (b,)."""
        found: Array = np.einsum("kb,kb->b", matrix @ rows.X, rows.X)
        return found

    def leverage_slopes(self, rule: Callable[[Rows, Array], Array], a: int) -> Array:
        """sum_i c_i x_ia dh_i/db (k,), where ``rule(rows, p)`` gives c.

        With A = X'VX, V = diag(u) and z = u (1 - 2 p): h_i = u_i x_i'A^-1 x_i, dA/db_j = X' diag(z_l x_lj) X,
        and the sum over i of the second part of dh_i is gathered in M = A^-1 X' diag(c_i x_ia u_i) X A^-1.
        """
        k = len(self.params)
        inner = np.zeros((k, k))
        for rows in self.blocks():
            p, _, v = self.of(rows)
            c = rule(rows, p) * rows.X[a]
            inner += rows.X * (c * v * p * (1 - p)) @ rows.X.T
        M, found = self.bread @ inner @ self.bread, np.zeros(k)
        for rows in self.blocks():
            p, _, v = self.of(rows)
            c = rule(rows, p) * rows.X[a]
            z = v * p * (1 - p) * (1 - 2 * p)
            found += rows.X @ (z * (c * self.spread(rows, self.bread) - self.spread(rows, M)))
        return found

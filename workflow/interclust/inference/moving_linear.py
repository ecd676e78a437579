"""Least squares in which one regressor changes from fit to fit: its t statistic for many columns at once.

By Frisch, Waugh & Lovell the fixed regressors are taken out once, so that a column costs n k operations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

# A column of which the fixed regressors leave less than this share of its square has no slope.
SPANNED = 1e-12


def t_values(y: Array, X: Array) -> tuple[Array, Array]:
    """Coefficients and classical t values (k,) of least squares of y (n,) on X (n, k) of full rank."""
    scale = np.sqrt(np.einsum("nk,nk->k", X, X))
    Q, R = np.linalg.qr(X / scale)
    inverse = np.linalg.inv(R)
    coefficients = inverse @ (Q.T @ y)
    residual = y - Q @ (Q.T @ y)
    variance = residual @ residual / (len(y) - X.shape[1])
    errors = np.sqrt(variance * np.einsum("kl,kl->k", inverse, inverse))
    return coefficients / scale, _ratio(coefficients, errors)


def _ratio(coefficients: Array, errors: Array) -> Array:
    """Coefficients in standard errors; infinite where the fit is perfect."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(errors > 0, coefficients / errors, np.sign(coefficients) * np.inf)


@dataclass(frozen=True)
class MovingLinear:
    """Outcome (n,) and fixed regressors (n, q), orthonormal, of regressions on one column more."""

    y: Array
    Z: Array

    @classmethod
    def of(cls, y: Array, Z: Array) -> MovingLinear:
        """From regressors of full rank; what they explain of the outcome is taken off, which changes no t."""
        Q = np.linalg.qr(Z)[0]
        return cls(y - Q @ (Q.T @ y), Q)

    def statistics(self, R: Array) -> Array:
        """The t values (b,) of the rows of R (b, n) as columns, each over the rows of data it knows."""
        known = ~np.isnan(R)
        n, q = self.Z.shape
        if known.all():
            on_Z, on_y = R @ self.Z, R @ self.y
            square = np.einsum("bn,bn->b", R, R)
            left = square - np.einsum("bq,bq->b", on_Z, on_Z)
            return _t(on_y, square, left, self.y @ self.y, n - q - 1.0)
        R = np.where(known, R, 0.0)
        sizes, gram, Z_y, y_y = self._within(known.astype(float))
        right = np.stack([R @ self.Z, Z_y], axis=2)
        enough = (np.linalg.eigvalsh(gram)[:, 0] > SPANNED) & (sizes > q + 1)
        solved = np.linalg.solve(np.where(enough[:, None, None], gram, np.eye(q)), right)
        off = np.einsum("bqr,bqs->brs", right, solved)  # what Z explains of squares and products
        square = np.einsum("bn,bn->b", R, R)
        values = _t(
            R @ self.y - off[:, 0, 1],
            square,
            square - off[:, 0, 0],
            y_y - off[:, 1, 1],
            np.maximum(sizes - q - 1.0, 1.0),
        )
        return np.where(enough, values, np.nan)

    def _within(self, known: Array) -> tuple[Array, Array, Array, Array]:
        """Number of rows (b,), Z'Z (b, q, q), Z'y (b, q) and y'y (b,) over the rows known."""
        n, q = self.Z.shape
        products = np.einsum("np,nq->npq", self.Z, self.Z).reshape(n, q * q)
        sums = known @ np.column_stack([products, self.Z * self.y[:, None], self.y**2])
        return known.sum(axis=1), sums[:, : q * q].reshape(-1, q, q), sums[:, q * q : -1], sums[:, -1]


def _t(product: Array, square: Array, left: Array, outcome: Array | float, df: Array | float) -> Array:
    """The t value of a column: its product with y, its square, what Z leaves of it, and of y'y."""
    spanned = left <= SPANNED * np.maximum(square, 1e-300)
    left = np.where(spanned, 1.0, left)
    rest = np.maximum(outcome - product**2 / left, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spanned, np.nan, product / np.sqrt(left) / np.sqrt(rest / df))

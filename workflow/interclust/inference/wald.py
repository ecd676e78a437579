"""Wald's test of several linear restrictions at once, with any covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc

Array = np.ndarray

# What is below this part of the largest, in units of standard errors, counts as nothing.
RANK = 1e-10


@dataclass(frozen=True)
class WaldTest:
    """``statistic`` is W / q, an F with ``df_num`` = q and ``df_denom`` (infinite: W is chi-squared, q)."""

    statistic: float
    df_num: int
    df_denom: float
    p_value: float


def wald(
    restrictions: Array,
    estimates: Array,
    covariance: Array,
    values: Array | float = 0.0,
    df: float = np.inf,
) -> WaldTest:
    """Test R b = r: ``restrictions`` R (q, k), ``estimates`` b (k,), ``covariance`` V (k, k), ``values`` r.

    W = (R b - r)' (R V R')^-1 (R b - r) (Wald 1943). With finite ``df`` W / q is held against F(q, df), as
    Stata does after cluster-robust errors (Cameron & Miller 2015, Journal of Human Resources 50, section
    VII), with the degrees of freedom of the restrictions: with q = 1 it is the t test of the tables of
    coefficients. With infinite df W is chi-squared. Raises ValueError for restrictions that repeat each
    other, that V does not bear, or that outnumber df.
    """
    R, b = np.atleast_2d(np.asarray(restrictions, dtype=float)), np.asarray(estimates, dtype=float)
    V, q = np.asarray(covariance, dtype=float), len(R)
    if R.shape[1] != len(b) or V.shape != (len(b), len(b)):
        raise ValueError(f"restrictions {R.shape} on {len(b)} estimates with a covariance {V.shape}")
    if q > df:
        raise ValueError(f"{q} restrictions and {df:g} degrees of freedom; test fewer at once")
    errors = np.sqrt(np.maximum(np.diag(V), 0.0))
    errors = np.where(errors > 0, errors, 1.0)
    if _rank(R * errors) < q:
        raise ValueError("restrictions that repeat each other; leave out those that follow from the rest")
    # In units of standard errors and with orthonormal restrictions: nothing depends on how they are written.
    basis, triangle = np.linalg.qr((R * errors).T)
    gap = np.linalg.solve(triangle.T, R @ b - values)
    spread, vectors = np.linalg.eigh(basis.T @ (V / np.outer(errors, errors)) @ basis)
    if spread[0] <= RANK * max(float(spread[-1]), 1.0):
        raise ValueError(
            "a covariance that has no variance in some direction of the restrictions; test fewer at once"
        )
    statistic = float(np.sum((gap @ vectors) ** 2 / spread)) / q
    p = chdtrc(q, q * statistic) if np.isinf(df) else fdtrc(q, df, statistic)
    return WaldTest(statistic, q, float(df), float(p))


def _rank(matrix: Array) -> int:
    """Rank of a matrix with its rows at unit length."""
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    values = np.linalg.svd(matrix / np.where(length > 0, length, 1.0), compute_uv=False)
    return int(np.sum(values > RANK * max(float(values.max()), 1e-300)))

"""Degrees of freedom of a jackknife: of how many clusters, and of how many events, it is the sum.

A sum of independent squares of normal things with variances v_g has about (sum v_g)^2 / sum v_g^2 degrees of
freedom (Satterthwaite 1946, Biometrics Bulletin 2; with the v_g of a working model, as here, Bell & McCaffrey
2002, Survey Methodology 28, and Carter, Schnepel & Steigerwald 2017, Review of Economics and Statistics 99).
So much for clusters. Events are there or not: where g is what one adds to the estimate, and they come as
independent rare things do (Poisson), the sum of g^2 has the variance sum g^4, so that V is known to

    2 V^2 / sum g^4

degrees of freedom at most. An event is a project with all its rows, or a row that no project made. What they
do is in the sums over clusters too, so that the lesser of the two is taken, not both. All is said of each
coefficient: a flag that three clusters have rests on three (docs/methods.md, section 2; docs/validity.md).
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray

LEAST = 1.0  # one effective group leaves no freedom: an interval as wide as t has it


def effective(shares: Array) -> Array:
    """Effective number (k,) of groups whose ``shares`` (g, k) of a variance are given; of none: infinite."""
    total, squares = shares.sum(axis=0), np.square(shares).sum(axis=0)
    return np.where(squares > 0, total**2 / np.where(squares > 0, squares, 1.0), np.inf)


def fourth_powers(scores: Array, bread: Array) -> Array:
    """Sum (k,) of the fourth powers of what events with ``scores`` (g, k) add to the estimate."""
    total: Array = np.square(np.square(scores @ bread)).sum(axis=0)
    return total


def degrees_of_freedom(bread: Array, nodes: Array, variances: Array, fourth: Array) -> Array:
    """Degrees of freedom (k,) of ``variances`` (k,), at least one.

    ``bread`` (k, k) is the inverse information, ``nodes`` (N, k, k) the information of each cluster's rows,
    ``fourth`` (k,) the sum of ``fourth_powers`` over all events.
    """
    shares = np.einsum("ak,nab,bk->nk", bread, nodes, bread, optimize=True)
    clusters = effective(np.maximum(shares, 0.0)) - 1.0
    events = np.where(fourth > 0, 2.0 * variances**2 / np.where(fourth > 0, fourth, 1.0), np.inf)
    return np.maximum(np.minimum(clusters, events), LEAST)


def along(df: float | Array, matrix: Array, direction: Array) -> float:
    """Degrees of freedom of a function of the coefficients with gradient ``direction`` (k,).

    Those of the coefficients, each weighing as much as it adds to the variance; 1 / df is what is averaged,
    so that a function of one coefficient has its degrees of freedom and no function has more than the best.
    """
    if np.ndim(df) == 0:
        return float(df)
    parts = np.abs(direction * (matrix @ direction))
    total = float(parts.sum())
    return float(total / (parts / df).sum()) if total > 0 else float(np.min(df))


def together(df: float | Array, matrix: Array, directions: Array) -> float:
    """Degrees of freedom of several functions at once, gradients (q, k): those of the least."""
    return min(along(df, matrix, direction) for direction in np.atleast_2d(directions))


def stored(df: float | list[float] | None) -> float | Array:
    """Degrees of freedom as ``fit.json`` has them: none of a normal, one number, or one a parameter (k,)."""
    return np.inf if df is None else np.array(df) if isinstance(df, list) else float(df)

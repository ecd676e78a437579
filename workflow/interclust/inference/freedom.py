"""Degrees of freedom of a jackknife: of how many clusters, and of how many projects, it is the sum.

A variance that is the sum of n equal independent squares has n degrees of freedom; of unequal ones v_g it
has about (sum v_g)^2 / sum v_g^2 (Satterthwaite 1946, Biometrics Bulletin 2; with the v_g of a working model,
as here, Bell & McCaffrey 2002, Survey Methodology 28, and Carter, Schnepel & Steigerwald 2017, Review of
Economics and Statistics 99). Rows depend through clusters and through projects; the noise of both adds up:

    1 / df = 1 / (G - 1) + (V_q / V)^2 / (Q - 1)

G and Q are the effective numbers of clusters and of projects, V the variance and V_q what projects alone
would give it. All is said of each coefficient: a flag that three clusters have rests on three
(docs/methods.md, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

LEAST = 1.0  # one effective group leaves no freedom: an interval as wide as t has it


@dataclass(frozen=True)
class ProjectSpread:
    """What projects alone do: the variance (k,) that they give, and their effective number (k,)."""

    variance: Array
    number: Array


def effective(shares: Array) -> Array:
    """Effective number (k,) of groups whose ``shares`` (g, k) of a variance are given; of none: infinite."""
    total, squares = shares.sum(axis=0), np.square(shares).sum(axis=0)
    return np.where(squares > 0, total**2 / np.where(squares > 0, squares, 1.0), np.inf)


def degrees_of_freedom(bread: Array, nodes: Array, variances: Array, projects: ProjectSpread) -> Array:
    """Degrees of freedom (k,) of ``variances`` (k,), at least one.

    ``bread`` (k, k) is the inverse information, ``nodes`` (N, k, k) the information of each cluster's rows.
    """
    shares = np.einsum("ak,nab,bk->nk", bread, nodes, bread, optimize=True)
    clusters = np.maximum(effective(np.maximum(shares, 0.0)) - 1.0, LEAST)
    positive = variances > 0
    part = np.where(positive, projects.variance / np.where(positive, variances, 1.0), 1.0)
    made = part**2 / np.maximum(projects.number - 1.0, LEAST)
    return np.maximum(1.0 / (1.0 / clusters + made), LEAST)


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

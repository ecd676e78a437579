"""Estimates that run to infinity though no check of the rows could foresee it: found after the search.

Structural zeros and dispersion are not seen, so that no look at the rows tells whether they have a finite
estimate: counts with no more zeros than their Poisson part explains send the inflate part to minus
infinity, counts that vary no more than a Poisson send ln alpha there. Along such a direction the
information vanishes: its least eigenvalue relative to the rows' Gram matrix tells, and its eigenvector
names the term.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..numerics.families import Family
from ..numerics.families_single import linear_mean
from ..numerics.newton import Optimum
from .checks import Check
from .likelihood import Likelihood
from .parts import ALPHA, parameter_names

Array = np.ndarray

# Information of a row in the direction where it has least, at which an estimate counts as infinite. At a
# finite estimate it is of the size of a variance of the outcome; along a ridge it falls below 1e-12.
LEAST = 1e-9
LEAST_LN_ALPHA = -12.0


def _unit(y: Array, eta: Array) -> tuple[Array, Array, Array]:
    """A row whose information in every predictor is one."""
    n, m = eta.shape
    return np.zeros(n), np.zeros((n, m)), np.broadcast_to(-np.eye(m), (n, m, m))


# The information of this family is the Gram matrix of the rows, part by part.
UNIT = Family("unit", (), "real", _unit, linear_mean, "")


def judged(likelihood: Likelihood, optimum: Optimum) -> tuple[Optimum, list[Check]]:
    """The optimum, marked as not converged where it stands on a ridge, with the remarks that say so."""
    if not optimum.converged:
        message = (
            f"the search stopped after {optimum.iterations} steps at a decrement of {optimum.decrement:.1e}"
        )
        reason = _runaway(likelihood, optimum)
        return optimum, [Check("not_converged", "error", f"{message}: {reason}" if reason else message)]
    reason = _runaway(likelihood, optimum)
    if reason is None:
        return optimum, []
    return replace(optimum, converged=False), [Check("boundary", "error", reason)]


def _runaway(likelihood: Likelihood, optimum: Optimum) -> str | None:
    """Why an estimate has no finite value, in the families where only the search can tell."""
    names = parameter_names(likelihood)
    if not {"second", "constant"} & set(likelihood.family.designs) or likelihood.family.classes:
        return None
    if ALPHA in names and optimum.params[names.index(ALPHA)] < LEAST_LN_ALPHA:
        return "alpha goes to zero: the counts vary no more than Poisson ones; use the family without alpha"
    least, term = least_information(likelihood, optimum)
    if least > LEAST:
        return None
    return (
        f"{term!r} goes to infinity: the counts do not identify it; "
        "leave it out or use a family with fewer parts"
    )


def least_information(likelihood: Likelihood, optimum: Optimum) -> tuple[float, str]:
    """Information in the direction where it is least, per unit of the (weighted) rows' Gram matrix.

    With the parameter that dominates that direction. Raises LinAlgError where terms are collinear.
    """
    gram = replace(likelihood, family=UNIT).evaluate(optimum.params)[2]
    root = np.linalg.cholesky(gram)
    whitened = np.linalg.solve(root, np.linalg.solve(root, optimum.information).T)
    values, vectors = np.linalg.eigh(0.5 * (whitened + whitened.T))
    direction = np.linalg.solve(root.T, vectors[:, 0]) * np.sqrt(np.diag(gram))
    return float(values[0]), parameter_names(likelihood)[int(np.argmax(np.abs(direction)))]

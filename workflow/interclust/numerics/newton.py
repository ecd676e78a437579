"""One Newton engine for every likelihood of the package.

The step is halved until the log-likelihood does not fall, an information that is not positive definite
is repaired by its eigenvalues, and convergence is judged by the Newton decrement
sqrt(score' information^-1 score), which does not depend on the units of the regressors
(Boyd & Vandenberghe 2004, section 9.5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
Evaluate = Callable[[Array], tuple[float, Array, Array]]

TOLERANCE = 1e-10
# Outcomes of a large scale round the score above the tolerance: a decrement this small that no longer
# halves is the end of what the digits allow.
ROUNDING = 1e-6
MAX_ITERATIONS = 100
MAX_HALVINGS = 40


@dataclass(frozen=True)
class Optimum:
    """Where the search ended: parameters (k,), log-likelihood, score (k,), information (k, k)."""

    params: Array
    loglik: float
    score: Array
    information: Array
    converged: bool
    iterations: int
    halvings: int
    decrement: float


def maximise(
    evaluate: Evaluate,
    start: Array,
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> Optimum:
    """Maximise a log-likelihood from ``start``.

    ``evaluate(params)`` returns (log-likelihood, score (k,), information (k, k) = minus the Hessian).
    A search that does not converge is returned with ``converged=False``, never as a result.
    """
    params = np.asarray(start, dtype=float)
    loglik, score, information = evaluate(params)
    halvings, before = 0, np.inf
    for iteration in range(max_iterations + 1):
        step = newton_step(information, score)
        decrement = float(np.sqrt(max(score @ step, 0.0)))
        done = decrement <= tolerance or (decrement <= ROUNDING and decrement > 0.5 * before)
        if not np.isfinite(loglik) or done or iteration == max_iterations:
            break
        before = decrement
        found = _line_search(evaluate, params, step, loglik, decrement)
        if found is None:
            break
        params, (loglik, score, information), halved = found
        halvings += halved
    converged = bool(np.isfinite(loglik) and done)
    return Optimum(params, loglik, score, information, converged, iteration, halvings, decrement)


def _line_search(
    evaluate: Evaluate, params: Array, step: Array, loglik: float, decrement: float
) -> tuple[Array, tuple[float, Array, Array], int] | None:
    """Halve the step until the log-likelihood does not fall (rounding allowed near the top)."""
    slack = 1e-12 * (abs(loglik) + 1.0)
    for halved in range(MAX_HALVINGS):
        trial = params + step * 0.5**halved
        value = evaluate(trial)
        if np.isfinite(value[0]) and value[0] >= loglik - slack and np.isfinite(value[2]).all():
            return trial, value, halved
    return None


def newton_step(information: Array, score: Array) -> Array:
    """Solve information @ step = score, in units where the information has a unit diagonal.

    Eigenvalues that are not positive are replaced by their size, so that the step always climbs.
    """
    diagonal = np.abs(np.diag(information))
    scale = 1.0 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    values, vectors = np.linalg.eigh(information * np.outer(scale, scale))
    safe = np.maximum(np.abs(values), 1e-12 * max(np.abs(values).max(), 1e-300))
    return scale * (vectors @ ((vectors.T @ (scale * score)) / safe))


def inverse(information: Array) -> Array:
    """Inverse of a positive definite information, computed in units where its diagonal is one.

    Raises numpy.linalg.LinAlgError if the matrix is singular.
    """
    scale = 1.0 / np.sqrt(np.diag(information))
    if not np.isfinite(scale).all():
        raise np.linalg.LinAlgError("an information with a diagonal that is not positive")
    inverted = np.linalg.inv(information * np.outer(scale, scale)) * np.outer(scale, scale)
    return 0.5 * (inverted + inverted.T)

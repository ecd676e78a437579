"""Mean and variance of a row under a family, for Pearson residuals."""

from __future__ import annotations

import numpy as np

from ...numerics.families import Family
from ...numerics.families_ordinal import probabilities

Array = np.ndarray


def mean_and_variance(family: Family, eta: Array) -> tuple[Array, Array]:
    """E[y] and Var[y] (n,) at the predictors (n, m); of classes, of the number of the class; of a mean, one.

    A count of mean m whose base has mean mu and variance mu + alpha mu^2 has E[y^2] = m (1 + mu + alpha mu):
    zero inflation and hurdles multiply the positive probabilities of their base by one number, and with
    them both moments.
    """
    mean = family.expectation(eta)[0]
    if family.outcome == "binary":
        return mean, mean * (1.0 - mean)
    if family.outcome == "count":
        mu = np.exp(eta[:, 0])
        alpha = np.exp(eta[:, -1]) if "alpha" in family.predictors else 0.0
        return mean, mean * (1.0 + mu + alpha * mu) - mean**2
    if family.outcome == "ordinal":
        squares = np.arange(family.classes) ** 2
        return mean, probabilities(family.name, eta) @ squares - mean**2
    return mean, np.ones(len(mean))


def pearson_residuals(family: Family, y: Array, eta: Array) -> Array:
    """Pearson residuals (n,): (y - E[y]) / sd of y (linear: not divided)."""
    mean, variance = mean_and_variance(family, eta)
    return (y - mean) / np.sqrt(np.maximum(variance, 1e-300))

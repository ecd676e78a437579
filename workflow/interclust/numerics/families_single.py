"""Families of one linear predictor for real and binary outcomes (McCullagh & Nelder 1989).

Shapes as in ``families.py``: y (n,), eta (n, 1); log-likelihood (n,), gradient (n, 1), Hessian (n, 1, 1).
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

Array = np.ndarray
Triple = tuple[Array, Array, Array]

# exp() of a larger number overflows; a fit that gets there has diverged and says so.
ETA_LIMIT = 700.0


def one(value: Array, slope: Array, curvature: Array) -> Triple:
    """The three (n,) arrays of a family of one predictor in the shapes of m predictors."""
    return value, slope[:, None], curvature[:, None, None]


def linear(y: Array, eta: Array) -> Triple:
    """Least squares as a likelihood of unit variance; the scale enters the classical covariance."""
    residual = y - eta[:, 0]
    return one(-0.5 * residual**2, residual, np.full_like(residual, -1.0))


def linear_mean(eta: Array) -> Triple:
    """E[y] is the predictor."""
    return one(eta[:, 0], np.ones(len(eta)), np.zeros(len(eta)))


def logit(y: Array, eta: Array) -> Triple:
    """Bernoulli with P(y=1) = 1 / (1 + exp(-eta))."""
    eta = eta[:, 0]
    odds = np.exp(-np.abs(eta))  # of the less likely outcome: one exponential serves all three
    q = 1.0 / (1.0 + odds)
    p = np.where(eta >= 0.0, q, odds * q)
    return one(y * eta - np.maximum(eta, 0.0) - np.log1p(odds), y - p, -odds * q * q)


def logit_mean(eta: Array) -> Triple:
    """E[y] = P(y=1)."""
    p = expit(eta[:, 0])
    slope = p * expit(-eta[:, 0])
    return one(p, slope, slope * (1.0 - 2.0 * p))


def cloglog(y: Array, eta: Array) -> Triple:
    """Bernoulli with P(y=1) = 1 - exp(-exp(eta)): the hazard of a Poisson process over a period."""
    mu = np.exp(np.minimum(eta[:, 0], ETA_LIMIT))
    loglik = -mu
    gradient, hessian = loglik.copy(), loglik.copy()
    event = np.flatnonzero(y > 0)  # few: the rest needs no more than the exponential
    mu = mu[event]
    # mu / (exp(mu) - 1) and its slope are written so that neither end of the scale loses digits.
    some = -np.expm1(-mu)
    ratio = mu * np.exp(-mu) / some
    loglik[event] = np.log(some)
    gradient[event] = ratio
    hessian[event] = ratio * (1.0 - mu / some)
    return one(loglik, gradient, hessian)


def cloglog_mean(eta: Array) -> Triple:
    """E[y] = P(y=1)."""
    mu = np.exp(np.minimum(eta[:, 0], ETA_LIMIT))
    slope = mu * np.exp(-mu)
    return one(-np.expm1(-mu), slope, slope * (1.0 - mu))

"""Families: per-row log-likelihoods and their derivatives in the linear predictors.

A family has m linear predictors (m = 1: linear, logit, cloglog, Poisson; m = 2: NB2, whose second
predictor is ln alpha). ``derivatives(y, eta)`` with y of shape (n,) and eta of shape (n, m) returns

    loglik (n,), gradient (n, m), hessian (n, m, m)

Everything else (scores, information, every covariance) follows by the chain rule in the design, so a
new family needs no other code. Formulas: McCullagh & Nelder (1989) for the one-predictor families;
Lawless (1987), Canadian Journal of Statistics 15(3), for NB2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, gammaln, polygamma, xlogy

Array = np.ndarray
Derivatives = Callable[[Array, Array], tuple[Array, Array, Array]]

# exp() of a larger number overflows; a fit that gets there has diverged and says so.
ETA_LIMIT = 700.0


@dataclass(frozen=True)
class Family:
    """A family: its predictors, derivatives, mean and the outcomes it can take.

    ``mean(eta)`` is E[y] as a function of the first predictor, with ``mean_slope`` and
    ``mean_curvature`` its derivatives; ``outcome`` is one of binary, count, real.
    """

    name: str
    predictors: tuple[str, ...]
    outcome: str
    derivatives: Derivatives
    mean: Callable[[Array], Array]
    mean_slope: Callable[[Array], Array]
    mean_curvature: Callable[[Array], Array]
    ratio: str  # what exp(beta) is
    thinning: bool  # closed under thinning: an offset of ln visibility has a meaning
    jeffreys: bool = False


def _one(loglik: Array, gradient: Array, hessian: Array) -> tuple[Array, Array, Array]:
    return loglik, gradient[:, None], hessian[:, None, None]


def linear(y: Array, eta: Array) -> tuple[Array, Array, Array]:
    """Least squares as a likelihood of unit variance; the scale enters the classical covariance."""
    residual = y - eta[:, 0]
    return _one(-0.5 * residual**2, residual, np.full_like(residual, -1.0))


def logit(y: Array, eta: Array) -> tuple[Array, Array, Array]:
    """Bernoulli with P(y=1) = 1 / (1 + exp(-eta))."""
    eta = eta[:, 0]
    odds = np.exp(-np.abs(eta))  # of the less likely outcome: one exponential serves all three
    q = 1.0 / (1.0 + odds)
    p = np.where(eta >= 0.0, q, odds * q)
    return _one(y * eta - np.maximum(eta, 0.0) - np.log1p(odds), y - p, -odds * q * q)


def cloglog(y: Array, eta: Array) -> tuple[Array, Array, Array]:
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
    return _one(loglik, gradient, hessian)


def poisson(y: Array, eta: Array) -> tuple[Array, Array, Array]:
    """Poisson with mean exp(eta)."""
    eta = np.minimum(eta[:, 0], ETA_LIMIT)
    mu = np.exp(eta)
    loglik = y * eta - mu
    more = np.flatnonzero((y != 0.0) & (y != 1.0))  # ln y! is zero at 0 and 1
    loglik[more] -= gammaln(y[more] + 1.0)
    return _one(loglik, y - mu, -mu)


def negbin(y: Array, eta: Array) -> tuple[Array, Array, Array]:
    """NB2: mean mu = exp(eta_0), variance mu + alpha mu^2, alpha = exp(eta_1)."""
    mu = np.exp(np.minimum(eta[:, 0], ETA_LIMIT))
    r = np.exp(-np.clip(eta[:, 1], -30.0, 30.0))
    total = r + mu
    p, q = mu / total, r / total  # products of these do not overflow where mu does
    loglik = gammaln(y + r) - gammaln(r) - gammaln(y + 1.0) - r * np.log1p(mu / r) + xlogy(y, p)
    slope = digamma(y + r) - digamma(r) - np.log1p(mu / r) + (mu - y) / total
    curve = polygamma(1, y + r) - polygamma(1, r) + p / r - (mu - y) / total / total
    gradient = np.stack([(y - mu) * q, -r * slope], axis=1)
    hessian = np.empty((len(y), 2, 2))
    hessian[:, 0, 0] = -p * q * (r + y)
    hessian[:, 0, 1] = hessian[:, 1, 0] = -p * q * (y - mu)
    hessian[:, 1, 1] = r * slope + r**2 * curve
    return loglik, gradient, hessian


def _expit_slope(eta: Array) -> Array:
    return expit(eta) * expit(-eta)


def _expit_curvature(eta: Array) -> Array:
    return _expit_slope(eta) * (1.0 - 2.0 * expit(eta))


def _cloglog_mean(eta: Array) -> Array:
    return -np.expm1(-np.exp(np.minimum(eta, ETA_LIMIT)))


def _cloglog_slope(eta: Array) -> Array:
    return np.exp(np.minimum(eta, ETA_LIMIT) - np.exp(np.minimum(eta, ETA_LIMIT)))


def _cloglog_curvature(eta: Array) -> Array:
    return _cloglog_slope(eta) * (1.0 - np.exp(np.minimum(eta, ETA_LIMIT)))


def _identity(eta: Array) -> Array:
    return eta


_LOGIT = (expit, _expit_slope, _expit_curvature)
_LOG = (np.exp, np.exp, np.exp)

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("linear", ("mean",), "real", linear, _identity, np.ones_like, np.zeros_like, "", False),
        Family("logit", ("mean",), "binary", logit, *_LOGIT, "odds ratio", False),
        Family("firth", ("mean",), "binary", logit, *_LOGIT, "odds ratio", False, jeffreys=True),
        Family(
            "cloglog",
            ("mean",),
            "binary",
            cloglog,
            _cloglog_mean,
            _cloglog_slope,
            _cloglog_curvature,
            "hazard ratio",
            True,
        ),
        Family("poisson", ("mean",), "count", poisson, *_LOG, "rate ratio", True),
        Family("negbin", ("mean", "alpha"), "count", negbin, *_LOG, "rate ratio", True),
    )
}

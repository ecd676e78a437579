"""Families of counts: Poisson and NB2, and on either of them zero inflation and hurdles.

Sources: Lawless (1987), Canadian Journal of Statistics 15, for NB2; Lambert (1992), Technometrics 34, for
zero inflation; Mullahy (1986), Journal of Econometrics 33, for hurdles; Zeileis, Kleiber & Jackman (2008),
Journal of Statistical Software 27(8), for the parametrisation of both.

With f the log-likelihood of a base family (Poisson or NB2), f0 its value at y = 0, and zeta the predictor
of the second part, p = 1 / (1 + exp(-zeta)):

    inflated   y = 0: ln(p + (1 - p) exp f0)      y > 0: ln(1 - p) + f            (p: structural zeros)
    hurdle     y = 0: ln(1 - p)                   y > 0: ln p + f - ln(1 - exp f0)  (p: y > 0)

The predictors stand in the order count, second part, ln alpha.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import digamma, expit, gammaln, polygamma, xlogy

from .families_single import ETA_LIMIT, one

Array = np.ndarray
Triple = tuple[Array, Array, Array]
Base = Callable[[Array, Array], Triple]

# A truncated mean of less than exp(-150) has squares below the smallest float; a fit there has diverged.
TRUNCATED_LIMIT = 150.0
ALPHA_LIMIT = 30.0  # of |ln alpha|


def poisson(y: Array, eta: Array) -> Triple:
    """Poisson with mean exp(eta)."""
    eta = np.minimum(eta[:, 0], ETA_LIMIT)
    mu = np.exp(eta)
    loglik = y * eta - mu
    more = np.flatnonzero((y != 0.0) & (y != 1.0))  # ln y! is zero at 0 and 1
    loglik[more] -= gammaln(y[more] + 1.0)
    return one(loglik, y - mu, -mu)


def poisson_mean(eta: Array) -> Triple:
    """E[y] = exp(eta)."""
    mu = np.exp(eta[:, 0])
    return one(mu, mu, mu)


def negbin(y: Array, eta: Array) -> Triple:
    """NB2: mean mu = exp(eta_0), variance mu + alpha mu^2, alpha = exp(eta_1)."""
    mu = np.exp(np.minimum(eta[:, 0], ETA_LIMIT - ALPHA_LIMIT))  # so that mu / r does not overflow
    r = np.exp(-np.clip(eta[:, 1], -ALPHA_LIMIT, ALPHA_LIMIT))
    total = r + mu
    p, q = mu / total, r / total  # products of these do not overflow where mu does
    rising, rising_slope, rising_curve = _rising(y, r)
    loglik = rising - gammaln(y + 1.0) - r * np.log1p(mu / r) + xlogy(y, p)
    slope = rising_slope - np.log1p(mu / r) + (mu - y) / total
    curve = rising_curve + p / r - (mu - y) / total / total
    gradient = np.stack([(y - mu) * q, -r * slope], axis=1)
    hessian = np.empty((len(y), 2, 2))
    hessian[:, 0, 0] = -p * q * (r + y)
    hessian[:, 0, 1] = hessian[:, 1, 0] = -p * q * (y - mu)
    hessian[:, 1, 1] = r * slope + r**2 * curve
    return loglik, gradient, hessian


def _rising(y: Array, r: Array) -> Triple:
    """Logarithm (n,) of Gamma(y + r) / Gamma(r) with its first and second derivative in r.

    One alpha and small counts are the rule: then each count is worked out once and looked up.
    """
    back = y.astype(np.int64)
    if len(r) and r.min() == r.max() and (back == y).all() and back.max() < len(y):
        y, r = np.arange(back.max() + 1.0), r[:1]
    else:
        back = np.arange(len(y))
    slope, curve = digamma(y + r) - digamma(r), polygamma(1, y + r) - polygamma(1, r)
    return (gammaln(y + r) - gammaln(r))[back], slope[back], curve[back]


def negbin_mean(eta: Array) -> Triple:
    """E[y] = exp(eta_0), whatever alpha."""
    return _spread(*poisson_mean(eta), (0,), 2)


def _places(m: int) -> tuple[int, ...]:
    """Where the predictors of the base family stand among the m of a two-part one."""
    return (0,) if m == 2 else (0, 2)


def _spread(value: Array, gradient: Array, hessian: Array, places: tuple[int, ...], m: int) -> Triple:
    """Put the derivatives of a base family at their places among m predictors; zeros elsewhere."""
    n = len(value)
    wide, square = np.zeros((n, m)), np.zeros((n, m, m))
    for a, place in enumerate(places):
        wide[:, place] = gradient[:, a]
        for b, other in enumerate(places):
            square[:, place, other] = hessian[:, a, b]
    return value, wide, square


def _base(base: Base, y: Array, eta: Array) -> Triple:
    m = eta.shape[1]
    return _spread(*base(y, eta[:, _places(m)]), _places(m), m)


def _square(weight: Array, vector: Array) -> Array:
    """Row by row weight v v', in an order of products that does not overflow where the weight is zero."""
    return (weight[:, None] * vector)[:, :, None] * vector[:, None, :]


def inflated(y: Array, eta: Array, base: Base) -> Triple:
    """Zero inflation of a base family; eta (n, 2) or (n, 3)."""
    zeta = eta[:, 1]
    p = expit(zeta)
    zero = y == 0
    loglik, gradient, hessian = _base(base, y, eta)
    # at y = 0 the count part is left with the share 1 - q of the likelihood, q that of structural zeros
    q = np.where(zero, expit(zeta - np.where(zero, loglik, 0.0)), 0.0)
    left = np.where(zero, expit(np.where(zero, loglik, 0.0) - zeta), 1.0)
    value = np.where(zero, np.logaddexp(zeta, loglik), loglik) - np.logaddexp(0.0, zeta)
    slope = left[:, None] * gradient
    slope[:, 1] = q - p
    square = left[:, None, None] * hessian + _square(q * left, gradient)
    cross = -(q * left)[:, None] * gradient
    square[:, 1, :] += cross
    square[:, :, 1] += cross
    square[:, 1, 1] = q * left - p * expit(-zeta)
    return value, slope, square


def inflated_mean(eta: Array, predictors: int = 2) -> Triple:
    """E[y] = (1 - p) exp(eta_0)."""
    mu, p = np.exp(eta[:, 0]), expit(eta[:, 1])
    value = expit(-eta[:, 1]) * mu
    gradient = np.stack([value, -p * value], axis=1)
    hessian = np.empty((len(mu), 2, 2))
    hessian[:, 0, 0] = value
    hessian[:, 0, 1] = hessian[:, 1, 0] = -p * value
    hessian[:, 1, 1] = -p * value * (1.0 - 2.0 * p)
    return _spread(value, gradient, hessian, (0, 1), predictors)


def hurdle(y: Array, eta: Array, base: Base) -> Triple:
    """Logit of y > 0 and a base family truncated at zero; eta (n, 2) or (n, 3)."""
    zeta, some = eta[:, 1], y > 0
    value, gradient, hessian = _truncated(np.maximum(y, 1.0), eta, base)
    loglik = np.where(some, zeta + value, 0.0) - np.logaddexp(0.0, zeta)
    slope = np.where(some[:, None], gradient, 0.0)
    square = np.where(some[:, None, None], hessian, 0.0)
    slope[:, 1] = some - expit(zeta)
    square[:, 1, 1] = -expit(zeta) * expit(-zeta)
    return loglik, slope, square


def _truncated(y: Array, eta: Array, base: Base) -> Triple:
    """Truncated at zero: ln f(y) - ln(1 - f(0)); with rho = f(0) / (1 - f(0)) the slope is f' + rho f0'."""
    inside = eta.copy()
    inside[:, 0] = np.clip(eta[:, 0], -TRUNCATED_LIMIT, ETA_LIMIT)
    loglik, gradient, hessian = _base(base, y, inside)
    none, none_gradient, none_hessian = _base(base, np.zeros(len(y)), inside)
    rho = np.exp(none) / -np.expm1(none)
    value = loglik - np.log(-np.expm1(none))
    slope = gradient + rho[:, None] * none_gradient
    square = hessian + rho[:, None, None] * none_hessian + _square(rho * (1.0 + rho), none_gradient)
    return value, slope, square


def hurdle_mean(eta: Array, base: Base) -> Triple:
    """E[y] = p exp(eta_0) / (1 - f(0)), by the derivatives of its logarithm."""
    none, gradient, hessian = _base(base, np.zeros(len(eta)), eta)
    rho = np.exp(none) / -np.expm1(none)
    value = expit(eta[:, 1]) * np.exp(eta[:, 0]) / -np.expm1(none)
    slope = rho[:, None] * gradient
    slope[:, 0] += 1.0
    slope[:, 1] = expit(-eta[:, 1])
    square = rho[:, None, None] * hessian + _square(rho * (1.0 + rho), gradient)
    square[:, 1, 1] = -expit(eta[:, 1]) * expit(-eta[:, 1])
    square += slope[:, :, None] * slope[:, None, :]
    return value, value[:, None] * slope, value[:, None, None] * square


def zip_(y: Array, eta: Array) -> Triple:
    """Zero-inflated Poisson: count, inflate."""
    return inflated(y, eta, poisson)


def zinb(y: Array, eta: Array) -> Triple:
    """Zero-inflated NB2: count, inflate, ln alpha."""
    return inflated(y, eta, negbin)


def hurdle_poisson(y: Array, eta: Array) -> Triple:
    """Hurdle with a truncated Poisson: count, zero."""
    return hurdle(y, eta, poisson)


def hurdle_negbin(y: Array, eta: Array) -> Triple:
    """Hurdle with a truncated NB2: count, zero, ln alpha."""
    return hurdle(y, eta, negbin)

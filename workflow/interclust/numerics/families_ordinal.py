"""Families of ordered classes 0 .. K - 1: cumulative (ordered) logit and continuation ratios.

Ordered logit: P(y <= k) = 1 / (1 + exp(-(c_k - eta))) with predictors (eta, c_0, ..., c_{K-2})
(McCullagh 1980, Journal of the Royal Statistical Society B 42). Its log-likelihood is concave in all of
them (Pratt 1981, Journal of the American Statistical Association 76), so the cut points need no other
scale; where they are out of order the likelihood is zero.
Continuation ratios: P(y > k | y >= k) = 1 / (1 + exp(-eta_k)) with predictors (eta_0, ..., eta_{K-2})
(Fienberg 1980, chapter 6; Tutz 1991, Computational Statistics & Data Analysis 11).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import numpy as np
from scipy.special import expit

Array = np.ndarray
Triple = tuple[Array, Array, Array]


def ordered_logit(y: Array, eta: Array) -> Triple:
    """Log-likelihood (n,), gradient (n, K), Hessian (n, K, K) in (eta, cut points)."""
    n, m = eta.shape
    row, k = np.arange(n), y.astype(int)
    cuts = np.concatenate([np.full((n, 1), -np.inf), eta[:, 1:], np.full((n, 1), np.inf)], axis=1)
    upper, lower = cuts[row, k + 1] - eta[:, 0], cuts[row, k] - eta[:, 0]
    gap = upper - lower
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # F(u) - F(l) = F(u) F(-l) (1 - exp(l - u)): no digits are lost in the tails
        share = np.log(np.where(gap > 0, -np.expm1(-gap), 0.0))
        beside = 1.0 / np.expm1(gap)
    loglik = share - np.logaddexp(0.0, -upper) - np.logaddexp(0.0, lower)
    # derivatives in u and in l; the bend couples them
    bend = beside * (1.0 + beside)
    slope_u, slope_l = expit(-upper) + beside, -(expit(lower) + beside)
    curve_u = -expit(upper) * expit(-upper) - bend
    curve_l = -expit(lower) * expit(-lower) - bend
    gradient, hessian = np.zeros((n, m)), np.zeros((n, m, m))
    gradient[:, 0] = -(slope_u + slope_l)
    hessian[:, 0, 0] = curve_u + curve_l + 2.0 * bend
    for inside, place, slope, curve in ((k < m - 1, k + 1, slope_u, curve_u), (k > 0, k, slope_l, curve_l)):
        r, c = row[inside], place[inside]
        gradient[r, c] = slope[inside]
        hessian[r, c, c] = curve[inside]
        hessian[r, 0, c] = hessian[r, c, 0] = -(curve + bend)[inside]
    both = (k > 0) & (k < m - 1)
    hessian[row[both], k[both], k[both] + 1] = hessian[row[both], k[both] + 1, k[both]] = bend[both]
    return loglik, gradient, hessian


def ordered_passing(eta: Array, k: int) -> Triple:
    """P(y > k) of an ordered logit."""
    n, m = eta.shape
    above = expit(eta[:, 0] - eta[:, 1 + k])
    slope = above * expit(eta[:, 1 + k] - eta[:, 0])
    curve = slope * (1.0 - 2.0 * above)
    gradient, hessian = np.zeros((n, m)), np.zeros((n, m, m))
    gradient[:, 0], gradient[:, 1 + k] = slope, -slope
    hessian[:, 0, 0] = hessian[:, 1 + k, 1 + k] = curve
    hessian[:, 0, 1 + k] = hessian[:, 1 + k, 0] = -curve
    return above, gradient, hessian


def ordered_mean(eta: Array) -> Triple:
    """Expected number of the class, the sum of P(y > k)."""
    return _sum(ordered_passing(eta, k) for k in range(eta.shape[1] - 1))


def _sum(triples: Iterable[Triple]) -> Triple:
    value, gradient, hessian = (reduce(np.add, parts) for parts in zip(*triples, strict=True))
    return value, gradient, hessian


def sequential(y: Array, eta: Array) -> Triple:
    """One logit a step over the rows that have reached it: a sum over steps, diagonal in the predictors."""
    n, m = eta.shape
    steps = np.arange(m)
    reached, passed = y[:, None] >= steps, y[:, None] > steps
    p = expit(eta)
    loglik = np.where(reached, passed * eta - np.logaddexp(0.0, eta), 0.0).sum(1)
    hessian = np.zeros((n, m, m))
    hessian[:, steps, steps] = np.where(reached, -p * expit(-eta), 0.0)
    return loglik, np.where(reached, passed - p, 0.0), hessian


def sequential_passing(eta: Array, k: int) -> Triple:
    """P(y > k) = p_0 ... p_k of continuation ratios."""
    m = eta.shape[1]
    p, rest = expit(eta), expit(-eta)
    survival = np.prod(p[:, : k + 1], axis=1)
    slope = np.where(np.arange(m) <= k, rest, 0.0)
    bent = slope[:, :, None] * slope[:, None, :]
    bent[:, range(m), range(m)] = slope * (1.0 - 2.0 * p)
    return survival, survival[:, None] * slope, survival[:, None, None] * bent


def sequential_mean(eta: Array) -> Triple:
    """Expected number of the class, the sum over k of P(y > k)."""
    return _sum(sequential_passing(eta, k) for k in range(eta.shape[1]))


def class_probability(name: str, eta: Array, k: int) -> Triple:
    """P(y = k) = P(y > k - 1) - P(y > k) under the family of that name, with its derivatives."""
    passing = ordered_passing if name == "ordered_logit" else sequential_passing
    last = eta.shape[1] - (name == "ordered_logit")
    n, m = eta.shape
    upper = passing(eta, k - 1) if k > 0 else (np.ones(n), np.zeros((n, m)), np.zeros((n, m, m)))
    if k == last:
        return upper
    lower = passing(eta, k)
    return upper[0] - lower[0], upper[1] - lower[1], upper[2] - lower[2]


def probabilities(name: str, eta: Array) -> Array:
    """Probabilities (n, K) of the classes under the family of that name."""
    ordered = name == "ordered_logit"
    above = expit(eta[:, :1] - eta[:, 1:]) if ordered else np.cumprod(expit(eta), axis=1)
    whole = np.concatenate([np.ones((len(eta), 1)), above, np.zeros((len(eta), 1))], axis=1)
    return whole[:, :-1] - whole[:, 1:]

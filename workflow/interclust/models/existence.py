"""A proof, from where a search ended, that the likelihood has a top: then nothing separates.

Let u_i be the derivative of row i's log-likelihood in its linear predictor and h_i minus the second one.
Along a direction d that separates every term of score' d = sum u_i x_i'd is >= 0 (``separation.py``), and
in these families |u_i| >= h_i / c wherever x_i'd is not zero, so that

    score' d = sum |u_i| |x_i'd| >= (1/c) sum h_i (x_i'd)^2 / max |x_i'd| >= (lambda / (c sqrt(k))) |d|

with the columns scaled to [-1, 1], lambda the least eigenvalue of the information and k columns. A score
shorter than that lambda / (c sqrt(k)) at any one point rules every such direction out. It costs nothing
beside the linear programme, which is asked where the proof fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..numerics.newton import Optimum
    from .likelihood import Likelihood
    from .profile import Profile

PROVABLE = ("logit", "cloglog", "poisson", "negbin")
MARGIN = 1e3  # the score must be shorter than the bound by this factor: both are rounded
LEAST = 1e-8  # of lambda over the largest eigenvalue, below which lambda is rounding itself


def proven(likelihood: Likelihood, optimum: Optimum, seen: Profile) -> bool:
    """Whether the score at ``optimum`` is so short that no combination of terms can separate.

    ``seen`` is the profile of the first design, whose ranges scale the columns.
    """
    k = likelihood.sizes[0]
    scale = np.maximum(np.abs(seen.minimum), np.abs(seen.maximum))
    if not (scale > 0).all() or not np.isfinite(optimum.information).all():
        return False
    score = optimum.score[:k] / scale
    values = np.linalg.eigvalsh(optimum.information[:k, :k] / np.outer(scale, scale))
    if values[0] <= LEAST * values[-1]:
        return False
    length = float(np.sqrt(score @ score)) + np.finfo(float).eps * seen.rows
    return MARGIN * length < values[0] / (_ratio(likelihood, optimum, scale) * np.sqrt(k))


def _ratio(likelihood: Likelihood, optimum: Optimum, scale: np.ndarray) -> float:
    """The c of h_i <= c |u_i|: one, but for events of a cloglog, where it is at most their mean mu_i.

    There u = mu / (e^mu - 1) and h = u (mu e^mu / (e^mu - 1) - 1), whose second factor is at most max(1, mu).
    """
    if likelihood.family.name != "cloglog":
        return 1.0
    if likelihood.offset is not None:
        return np.inf
    with np.errstate(over="ignore"):
        return float(max(1.0, np.exp(np.abs(optimum.params) @ scale)))

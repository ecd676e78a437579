"""The covariances of a fit by name, each made from what it needs: sums, refits, or replications."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import ModelError
from ..inference import covariance as cov
from ..inference.bootstrap import cluster_bootstrap

if TYPE_CHECKING:
    from .fit import Fit

REPLICATIONS = 500
SEED = 1


def covariance_of(
    fit: Fit, kind: str, clip: cov.Clip = "scaled", replications: int = REPLICATIONS, seed: int = SEED
) -> cov.Covariance:
    """One of ``inference.covariance.KINDS``.

    Raises ModelError for another, without the clusters that it needs, or of a fit that has not converged.
    """
    if kind not in cov.KINDS:
        raise ModelError(f"no covariance {kind!r}; there are {', '.join(cov.KINDS)}")
    if not fit.converged:
        doubts = [remark.message for remark in fit.remarks if remark.level == "error"]
        raise ModelError(f"no standard errors: {doubts[-1] if doubts else 'the search did not converge'}")
    if kind == "classical":
        return cov.classical(fit.information, *_classical_scale(fit))
    if kind != "hc0" and not fit.nodes_named:
        raise ModelError(f"covariance {kind!r} needs the clusters of each row; name them with nodes=(…, …)")
    if kind == "bootstrap":
        return _bootstrap(fit, replications, seed)
    sums = fit.sums(jackknife="jackknife" in kind)
    if kind == "hc0":
        return cov.hc0(sums)
    if kind == "dyad":
        return cov.by_dyad(sums)
    if kind == "dyadic":
        return cov.dyadic(sums, clip)
    if kind == "dyadic_jackknife":
        return cov.dyadic_jackknife(sums, clip)
    from .refit import deletion_changes

    return cov.dyadic_jackknife_exact(sums, *deletion_changes(fit.likelihood, fit.optimum, sums), clip)


def _classical_scale(fit: Fit) -> tuple[float, float]:
    """Dispersion and degrees of freedom: one and none, but of the linear family."""
    if fit.family.name != "linear":
        return 1.0, np.inf
    left = fit.profile.rows - len(fit.terms)
    return -2.0 * fit.optimum.loglik / left, float(left)


def _bootstrap(fit: Fit, replications: int, seed: int) -> cov.Covariance:
    from .refit import resampled

    drawn = cluster_bootstrap(
        resampled(fit.likelihood, fit.optimum), fit.profile.node_rows, replications, seed
    )
    if len(drawn.estimates) <= len(fit.terms):
        raise ModelError(
            f"bootstrap: {drawn.failures} of {replications} replications have no estimate (no events, or "
            "separation, among the clusters drawn); use dyadic_jackknife"
        )
    df = float(np.count_nonzero(fit.profile.node_rows) - 1)
    return cov.Covariance(
        "bootstrap", drawn.covariance, df, replications=replications, failures=drawn.failures
    )

"""The search for the top: from fits of simpler families, from several sides where there may be several tops.

NB2, ZIP, ZINB and hurdles have likelihoods that Newton's method can leave at infinity from a careless
start. Each begins at the fit of a family inside it, whose likelihood is concave or nearly so; the
zero-inflated ones, which may have more than one local maximum, are tried from four such points, and the
search goes on from where the likelihood is highest after a few steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..numerics.families import FAMILIES
from ..numerics.newton import MAX_ITERATIONS, Optimum, maximise
from .likelihood import Likelihood
from .rows.derived import with_column
from .start import start_values

Array = np.ndarray

ALPHAS = (1.0, 0.1, 4.0)
TRIAL = 10  # steps from each start before the best goes on alone
SOME = "some (y > 0)"
# Families inside a zero-inflated one: without structural zeros, and with all zeros apart.
INSIDE = {"zip": ("poisson", "hurdle_poisson"), "zinb": ("negbin", "hurdle_negbin")}


def search(likelihood: Likelihood, patience: int = MAX_ITERATIONS) -> Optimum:
    """The best optimum over the starts of the family; one that has not converged only if none has.

    ``patience`` is the number of steps from each start.
    """
    kind = likelihood.family.name
    if kind in ("zip", "zinb"):
        trials = [
            maximise(likelihood.evaluate, start, max_iterations=TRIAL)
            for start in _inflated_starts(likelihood, patience)
        ]
        return _first_converged(likelihood, [trial.params for trial in trials], patience)
    if kind in ("negbin", "hurdle_poisson", "hurdle_negbin"):
        return _first_converged(likelihood, list(_count_starts(likelihood)), patience)
    return maximise(likelihood.evaluate, start_values(likelihood))


def _first_converged(likelihood: Likelihood, starts: list[Array], patience: int) -> Optimum:
    """From the start of the highest likelihood; from the next ones where it does not converge."""
    if len(starts) > 1:
        starts = sorted(starts, key=lambda start: -likelihood.evaluate(start)[0])
    found = []
    for start in starts:
        found.append(maximise(likelihood.evaluate, start, max_iterations=patience))
        if found[-1].converged:
            return found[-1]
    return max(found, key=lambda optimum: optimum.loglik)


def _count_starts(likelihood: Likelihood) -> Iterator[Array]:
    """The Poisson fit, with the logit fit of the zero part and several alphas where there are such."""
    start = [_inner(likelihood, "poisson", (0,)).params]
    if likelihood.family.has_second_part:
        start.append(_zero_part(likelihood))
    if "alpha" not in likelihood.family.predictors:
        yield np.concatenate(start)
        return
    for alpha in ALPHAS:
        yield np.concatenate([*start, [np.log(alpha)]])


def _inflated_starts(likelihood: Likelihood, patience: int) -> Iterator[Array]:
    """The base fit with few structural zeros; the hurdle fit with many, or with its own zeros."""
    base_name, hurdle_name = INSIDE[likelihood.family.name]
    first_and_alpha = (likelihood.designs[0], *likelihood.designs[2:])
    base = search(replace(likelihood, family=FAMILIES[base_name], designs=first_and_alpha), patience)
    apart = replace(likelihood, family=FAMILIES[hurdle_name], offset=None)
    hurdle = search(apart, patience)
    k, g = likelihood.sizes[0], likelihood.sizes[1]
    zeros = -hurdle.params[k : k + g]
    for mean, inflate, spread in (
        (base.params[:k], _constant(likelihood, -2.0), base.params[k:]),
        (hurdle.params[:k], _constant(likelihood, 0.0), hurdle.params[k + g :]),
        (hurdle.params[:k], zeros, hurdle.params[k + g :]),
        (base.params[:k], zeros, hurdle.params[k + g :]),
    ):
        start = np.concatenate([mean, inflate, np.clip(spread, -3.0, 2.0)])
        if np.isfinite(likelihood.evaluate(start)[0]):
            yield start


def _constant(likelihood: Likelihood, value: float) -> Array:
    """Coefficients of the second part that make its predictor ``value`` in every row, if it can be."""
    names = likelihood.designs[1].names
    return np.array([value if name == "Intercept" else 0.0 for name in names])


def _inner(
    likelihood: Likelihood, family: str, parts: tuple[int, ...], outcome: str | None = None
) -> Optimum:
    designs = tuple(likelihood.designs[part] for part in parts)
    inner = replace(likelihood, family=FAMILIES[family], designs=designs)
    if outcome is not None:
        inner = replace(inner, outcome=outcome, offset=None)
    return maximise(inner.evaluate, start_values(inner))


def _zero_part(likelihood: Likelihood) -> Array:
    data = with_column(
        likelihood.data, SOME, lambda batch: (batch.columns[likelihood.outcome] > 0).astype(float)
    )
    return _inner(replace(likelihood, data=data), "logit", (1,), SOME).params

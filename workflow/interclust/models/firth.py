"""Predicted probabilities of Firth's logit, which by itself pulls them towards one half.

Puhr, Heinze, Nold, Lusa & Geroldinger (2017), Statistics in Medicine 36: FLIC fits the intercept anew by
maximum likelihood, given Firth's slopes; FLAC is the maximum-likelihood fit to the data and
to the pseudo-data behind the penalty, twice the rows with weights h / 2 (h the leverage), once with y and
once with 1 - y, told apart by an indicator that predictions leave out. Either makes the
predicted probabilities of the sample sum to its events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy.special import expit

from ..errors import ModelError
from ..numerics.newton import Optimum, inverse, maximise
from .likelihood import Likelihood

Array = np.ndarray


def flic(likelihood: Likelihood, params: Array, information: Array) -> Array:
    """Firth's coefficients (k,) with the intercept that maximises the likelihood given the slopes."""
    place = _intercept(likelihood)

    def evaluate(intercept: Array) -> tuple[float, Array, Array]:
        changed = params.copy()
        changed[place] = intercept[0]
        loglik, score, found = 0.0, np.zeros(1), np.zeros((1, 1))
        for _, y, eta, w in _rows(likelihood, changed):
            p = expit(eta)
            loglik += float(w @ (y * eta - np.logaddexp(0.0, eta)))
            score += w @ (y - p)
            found += w @ (p * expit(-eta))
        return loglik, score, found

    changed = params.copy()
    changed[place] = _found(maximise(evaluate, params[[place]]), "FLIC")[0]
    return changed


def flac(likelihood: Likelihood, params: Array, information: Array) -> Array:
    """Coefficients (k,) of the fit to the data augmented by what Firth's penalty adds to them.

    The two pseudo-rows of a row, of weight h / 2 each, are one row of weight h with y = 1 / 2, for the
    log-likelihood is linear in y.
    """
    _intercept(likelihood)
    bread = inverse(information)
    k = len(params)

    def evaluate(augmented: Array) -> tuple[float, Array, Array]:
        loglik, score, found = 0.0, np.zeros(k + 1), np.zeros((k + 1, k + 1))
        firth = _rows(likelihood, params)
        for (X, y, eta, w), (_, _, fitted, _) in zip(_rows(likelihood, augmented[:k]), firth, strict=True):
            weight = w * expit(fitted) * expit(-fitted)
            h = weight * np.einsum("nk,kl,nl->n", X, bread, X)
            for outcome, weights, added in ((y, w, 0.0), (np.full(len(y), 0.5), h, 1.0)):
                wide = np.concatenate([X, np.full((len(y), 1), added)], axis=1)
                predictor = eta + added * augmented[k]
                p = expit(predictor)
                loglik += float(weights @ (outcome * predictor - np.logaddexp(0.0, predictor)))
                score += wide.T @ (weights * (outcome - p))
                found += wide.T @ (wide * (weights * p * expit(-predictor))[:, None])
        return loglik, score, found

    return _found(maximise(evaluate, np.append(params, 0.0)), "FLAC")[:k]


CORRECTIONS: dict[str, Callable[[Likelihood, Array, Array], Array]] = {"flic": flic, "flac": flac}


def corrected(likelihood: Likelihood, params: Array, information: Array, correction: str) -> Array:
    """Coefficients (k,) to predict with; ModelError for another family or an unknown correction."""
    if not likelihood.family.jeffreys:
        raise ModelError(f"correction {correction!r} is for family firth, not {likelihood.family.name!r}")
    if correction not in CORRECTIONS:
        raise ModelError(f"no correction {correction!r}; there are {', '.join(CORRECTIONS)}")
    return CORRECTIONS[correction](likelihood, params, information)


def _intercept(likelihood: Likelihood) -> int:
    names = likelihood.designs[0].names
    if "Intercept" not in names:
        raise ModelError("FLIC and FLAC need an intercept; take '0 +' out of the formula")
    return names.index("Intercept")


def _rows(likelihood: Likelihood, params: Array) -> Iterator[tuple[Array, Array, Array, Array]]:
    """Design (n, k), outcome, predictor and weights (n,) of every batch."""
    for batch in likelihood.data.batches():
        X = likelihood.matrix(batch)
        y = batch.columns[likelihood.outcome]
        w = batch.columns[likelihood.weights] if likelihood.weights else np.ones(len(y))
        yield X, y, likelihood.eta(X, params, batch)[:, 0], w


def _found(optimum: Optimum, what: str) -> Array:
    if not optimum.converged:
        raise ModelError(f"{what}: the search did not converge")
    return optimum.params

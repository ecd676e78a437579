"""Predicted probabilities of Firth's logit, which by itself pulls them towards one half.

Puhr, Heinze, Nold, Lusa & Geroldinger (2017), Statistics in Medicine 36: FLIC fits the intercept anew by
maximum likelihood, given Firth's slopes; FLAC is the maximum-likelihood fit to the data and
to the pseudo-data behind the penalty, twice the rows with weights h / 2 (h the leverage), once with y and
once with 1 - y, told apart by an indicator that predictions leave out. Either makes the
predicted probabilities of the sample sum to its events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..errors import ModelError
from ..numerics.families import FAMILIES
from ..numerics.newton import Optimum, inverse, maximise
from .likelihood import Likelihood
from .rows.derived import with_column

Array = np.ndarray

HALF, LEVERAGE = "one half", "leverage"


def flic(likelihood: Likelihood, params: Array, information: Array) -> Array:
    """Firth's coefficients (k,) with the intercept that maximises the likelihood given the slopes."""
    place = intercept_of(likelihood)
    plain = replace(likelihood, family=FAMILIES["logit"])

    def evaluate(intercept: Array) -> tuple[float, Array, Array]:
        loglik, score, found = plain.evaluate(_changed(params, place, intercept[0]))
        return loglik, score[[place]], found[np.ix_([place], [place])]

    return _changed(params, place, _found(maximise(evaluate, params[[place]]), "FLIC")[0])


def flac(likelihood: Likelihood, params: Array, information: Array) -> Array:
    """Coefficients (k,) of the fit to the data augmented by what Firth's penalty adds to them."""
    return augmented(likelihood, params, information)[:-1]


def augmented(likelihood: Likelihood, params: Array, information: Array) -> Array:
    """FLAC's coefficients with that of its indicator behind them (k + 1,).

    The two pseudo-rows of a row, of weight h / 2 each, are one row of weight h with y = 1 / 2, for the
    log-likelihood is linear in y; in them the indicator shifts the intercept.
    """
    place = intercept_of(likelihood)
    plain = replace(likelihood, family=FAMILIES["logit"])
    pseudo = _pseudo(likelihood, params, inverse(information))
    both = np.append(np.arange(len(params)), place)  # the indicator has the column of the intercept

    def evaluate(trial: Array) -> tuple[float, Array, Array]:
        loglik, score, found = plain.evaluate(trial[:-1])
        shifted = _changed(trial[:-1], place, trial[place] + trial[-1])
        more, pull, bend = pseudo.evaluate(shifted)
        score, found = np.append(score, 0.0), np.pad(found, (0, 1))
        return loglik + more, score + pull[both], found + bend[np.ix_(both, both)]

    return _found(maximise(evaluate, np.append(params, 0.0)), "FLAC")


CORRECTIONS: dict[str, Callable[[Likelihood, Array, Array], Array]] = {"flic": flic, "flac": flac}


def corrected(likelihood: Likelihood, params: Array, information: Array, correction: str) -> Array:
    """Coefficients (k,) to predict with; ModelError for another family or an unknown correction."""
    if not likelihood.family.jeffreys:
        raise ModelError(f"correction {correction!r} is for family firth, not {likelihood.family.name!r}")
    if correction not in CORRECTIONS:
        raise ModelError(f"no correction {correction!r}; there are {', '.join(CORRECTIONS)}")
    return CORRECTIONS[correction](likelihood, params, information)


def _pseudo(likelihood: Likelihood, params: Array, bread: Array) -> Likelihood:
    """The likelihood of the pseudo-rows: y = 1 / 2, weighted by the leverage at Firth's estimate."""
    half = with_column(likelihood.data, HALF, lambda batch: np.full(len(batch), 0.5))
    rows = with_column(half, LEVERAGE, lambda batch: likelihood.leverages(params, bread, batch))
    return replace(likelihood, family=FAMILIES["logit"], data=rows, outcome=HALF, weights=LEVERAGE)


def intercept_of(likelihood: Likelihood) -> int:
    """Where the intercept stands among the parameters; ModelError if there is none."""
    names = likelihood.designs[0].names
    if "Intercept" not in names:
        raise ModelError("FLIC and FLAC need an intercept; take '0 +' out of the formula")
    return names.index("Intercept")


def _changed(params: Array, place: int, value: float) -> Array:
    """The parameters with another value at one place."""
    changed = params.copy()
    changed[place] = value
    return changed


def _found(optimum: Optimum, what: str) -> Array:
    if not optimum.converged:
        raise ModelError(f"{what}: the search did not converge")
    return optimum.params

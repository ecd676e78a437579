"""The likelihoods of statsmodels at our parameters: no refit, only the check that we stand at its optimum.

Its optimisers stop short on NB2 and zero-inflated models, so it is asked for the log-likelihood and the
score where we stopped (docs/methods.md). A score above 1e-6 of the information's scale stops the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from ..numerics.families import FAMILIES
from .formula import Design, learn, parse
from .likelihood import Likelihood
from .specification import formula_text, panel_data

SCORE_LIMIT = 1e-6
LOGLIK_LIMIT = 1e-8

COVERED = ("linear", "logit", "cloglog", "poisson", "negbin")
WEIGHTED = ("logit", "cloglog", "poisson")  # those for which statsmodels has weights of rows


def restore(record: Mapping[str, Any], folder: str | Path) -> tuple[Likelihood, np.ndarray]:
    """The likelihood of a recorded panel fit over its data, and its parameters (k,)."""
    spec = record["spec"]
    formula = parse(formula_text(spec))
    data = panel_data(spec, formula, Path(folder))
    design = Design(formula, learn(formula, (dict(batch.columns) for batch in data.batches())))
    family = FAMILIES[spec["family"]]
    extra = tuple(Design(parse("1"), design.moments) for _ in family.predictors[1:])
    beside = spec.get("offset"), spec.get("weights")
    likelihood = Likelihood(family, (design, *extra), data, str(formula.outcome), *beside)
    return likelihood, np.array([row["estimate"] for row in record["params"]])


def check(record: Mapping[str, Any], folder: str | Path) -> dict[str, Any] | None:
    """Compare one recorded fit with statsmodels; None where it has no such family.

    Raises ModelError if the log-likelihoods differ or the score is not zero there.
    """
    covered = WEIGHTED if record["spec"].get("weights") else COVERED
    if record["status"] != "fitted" or record["family"] not in covered:
        return None
    import statsmodels

    likelihood, params = restore(record, folder)
    batches = list(likelihood.data.batches())
    X = np.concatenate([likelihood.designs[0].matrix(dict(batch.columns)) for batch in batches])
    y = np.concatenate([batch.columns[likelihood.outcome] for batch in batches])
    offset, weights = (
        np.concatenate([batch.columns[name] for batch in batches]) if name else None
        for name in (likelihood.offset, likelihood.weights)
    )
    loglik, score = _evaluate(record["family"], y, X, params, offset, weights)
    scale = np.sqrt(np.diag(np.array(record["information"])))
    norm = float(np.max(np.abs(score) / scale))
    found = {
        "library": "statsmodels",
        "version": statsmodels.__version__,
        "loglik": float(loglik),
        "difference": float(loglik - record["loglik"]),
        "score_norm": norm,
    }
    _refuse(record, found)
    return found


def _refuse(record: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    if abs(found["difference"]) > LOGLIK_LIMIT * max(abs(record["loglik"]), 1.0):
        raise ModelError(
            f"model {record['model']}: log-likelihood {record['loglik']}, in statsmodels {found['loglik']}"
        )
    if found["score_norm"] > SCORE_LIMIT:
        raise ModelError(
            f"model {record['model']}: score {found['score_norm']:.1e} in statsmodels, not an optimum"
        )


def _evaluate(
    family: str,
    y: np.ndarray,
    X: np.ndarray,
    params: np.ndarray,
    offset: np.ndarray | None,
    weights: np.ndarray | None,
) -> tuple[float, np.ndarray]:
    """Log-likelihood and score of statsmodels at ``params`` (for NB2 with ln alpha last)."""
    import statsmodels.api as sm

    if weights is not None or family == "cloglog":
        families = {
            "logit": sm.families.Binomial(),
            "cloglog": sm.families.Binomial(sm.families.links.CLogLog()),
            "poisson": sm.families.Poisson(),
        }
        weighed = sm.GLM(y, X, families[family], offset=offset, freq_weights=weights)
        return float(weighed.loglike(params)), np.asarray(weighed.score(params))
    if family == "linear":
        model = sm.OLS(y, X)
        return float(model.loglike(params)), X.T @ (y - X @ params)
    if family == "logit":
        model = sm.Logit(y, X)
    elif family == "poisson":
        model = sm.Poisson(y, X, offset=offset)
    else:
        model = sm.NegativeBinomial(y, X, loglike_method="nb2", offset=offset)
        alpha = np.exp(params[-1])
        inside = np.r_[params[:-1], alpha]
        score = np.asarray(model.score(inside))
        return float(model.loglike(inside)), np.r_[score[:-1], score[-1] * alpha]
    return float(model.loglike(params)), np.asarray(model.score(params))

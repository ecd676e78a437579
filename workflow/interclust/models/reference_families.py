"""Log-likelihood and score of statsmodels for each family it has, at given parameters and in our order.

Its parametrisations differ: alpha in the place of ln alpha, the inflate part before the counts, the logs
of differences in the place of cut points; a hurdle is its truncated count on the rows with one, and a logit.
Every function takes y (n,), the design (n, k_a) and the parameters (k_a,) of each part, and the offset, and
returns the log-likelihood and the score (k,) in the order of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray
Parts = Sequence[Array]
Found = tuple[float, Array]

COVERED = (
    *("linear", "logit", "cloglog", "poisson", "negbin", "zip", "zinb"),
    *("hurdle_poisson", "hurdle_negbin", "ordered_logit", "sequential"),
)
ADDITIVE = ("logit", "cloglog", "poisson", "negbin")  # those that take any rows, events or none
WEIGHTED = ("logit", "cloglog", "poisson")  # those for which statsmodels has weights of rows


def evaluate(
    family: str, y: Array, X: Parts, params: Parts, offset: Array | None, weights: Array | None
) -> Found:
    """Log-likelihood and score (k,) of a family of ``COVERED``; with weights, of ``WEIGHTED``."""
    if weights is not None or family == "cloglog":
        return _glm(family, y, X[0], params[0], offset, weights)
    if family == "linear":
        import statsmodels.api as sm

        return float(sm.OLS(y, X[0]).loglike(params[0])), X[0].T @ (y - X[0] @ params[0])
    return EVALUATE[family](y, X, params, offset)


def _glm(
    family: str, y: Array, X: Array, params: Array, offset: Array | None, weights: Array | None
) -> Found:
    import statsmodels.api as sm

    families = {
        "logit": sm.families.Binomial(),
        "cloglog": sm.families.Binomial(sm.families.links.CLogLog()),
        "poisson": sm.families.Poisson(),
    }
    weighed = sm.GLM(y, X, families[family], offset=offset, freq_weights=weights)
    return float(weighed.loglike(params)), np.asarray(weighed.score(params))


def _at(model: Any, params: Array) -> Found:
    return float(model.loglike(params)), np.asarray(model.score(params))


def _at_alpha(model: Any, params: Array) -> Found:
    """A model whose last parameter is alpha at ours, whose last is ln alpha."""
    alpha = np.exp(params[-1])
    loglik, score = _at(model, np.r_[params[:-1], alpha])
    return loglik, np.r_[score[:-1], score[-1] * alpha]


def _logit(y: Array, X: Parts, params: Parts, offset: Array | None) -> Found:
    import statsmodels.api as sm

    return _at(sm.Logit(y, X[0]), params[0])


def _poisson(y: Array, X: Parts, params: Parts, offset: Array | None) -> Found:
    import statsmodels.api as sm

    return _at(sm.Poisson(y, X[0], offset=offset), params[0])


def _negbin(y: Array, X: Parts, params: Parts, offset: Array | None) -> Found:
    import statsmodels.api as sm

    # not sm.NegativeBinomial: whether that takes alpha or ln alpha depends on what was called before
    model = sm.NegativeBinomialP(y, X[0], p=2, offset=offset)
    return _at_alpha(model, np.concatenate(params))


def _inflated(y: Array, X: Parts, params: Parts, offset: Array | None) -> Found:
    from statsmodels.discrete import count_model

    options = {"exog_infl": X[1], "inflation": "logit", "offset": offset}
    theirs = np.concatenate([params[1], params[0], *params[2:]])
    if len(params) == 2:
        loglik, score = _at(count_model.ZeroInflatedPoisson(y, X[0], **options), theirs)
    else:
        model = count_model.ZeroInflatedNegativeBinomialP(y, X[0], p=2, **options)
        loglik, score = _at_alpha(model, theirs)
    first = len(params[1])
    last = first + len(params[0])
    return loglik, np.r_[score[first:last], score[:first], score[last:]]


def _hurdle(y: Array, X: Parts, params: Parts, offset: Array | None) -> Found:
    import statsmodels.api as sm
    from statsmodels.discrete import truncated_model

    some = y > 0
    zero, zero_score = _at(sm.Logit(some.astype(float), X[1]), params[1])
    if len(params) == 2:
        count, score = _at(truncated_model.TruncatedLFPoisson(y[some], X[0][some]), params[0])
    else:
        model = truncated_model.TruncatedLFNegativeBinomialP(y[some], X[0][some], p=2)
        count, score = _at_alpha(model, np.r_[params[0], params[2]])
    first = len(params[0])
    return zero + count, np.r_[score[:first], zero_score, score[first:]]


def _ordered(y: Array, X: Parts, params: Parts, offset: Array | None) -> Found:
    """Their thresholds are the first cut point and the logs of the differences.

    Their score is a numerical derivative with an error above our limit on large samples, so that it is taken
    here of their log-likelihood, by differences of the fourth order.
    """
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    cuts = np.concatenate(params[1:])
    gaps = np.diff(cuts)
    theirs = np.r_[params[0], cuts[0], np.log(gaps)]
    model = OrderedModel(y.astype(int), X[0], distr="logit")
    loglik, score = float(model.loglike(theirs)), _slope(model.loglike, theirs)
    k = len(params[0])
    change = np.eye(len(cuts))
    change[1:, 1:] = np.diag(1.0 / gaps)
    change[np.arange(1, len(cuts)), np.arange(len(cuts) - 1)] = -1.0 / gaps
    return loglik, np.r_[score[:k], change.T @ score[k:]]


def _slope(function: Callable[[Array], float], at: Array, step: float = 1e-3) -> Array:
    """Gradient (k,) of a function by central differences of the fourth order."""
    moves = np.eye(len(at)) * step
    near = [function(at + move) - function(at - move) for move in moves]
    far = [function(at + 2 * move) - function(at - 2 * move) for move in moves]
    return (8 * np.array(near) - np.array(far)) / (12 * step)


def _sequential(y: Array, X: Parts, params: Parts, offset: Array | None) -> Found:
    import statsmodels.api as sm

    found = [
        _at(sm.Logit((y[y >= k] > k).astype(float), X[k][y >= k]), params[k]) for k in range(len(params))
    ]
    return sum(loglik for loglik, _ in found), np.concatenate([score for _, score in found])


EVALUATE: dict[str, Callable[[Array, Parts, Parts, Array | None], Found]] = {
    "logit": _logit,
    "poisson": _poisson,
    "negbin": _negbin,
    "zip": _inflated,
    "zinb": _inflated,
    "hurdle_poisson": _hurdle,
    "hurdle_negbin": _hurdle,
    "ordered_logit": _ordered,
    "sequential": _sequential,
}

"""Rare-events logit: King & Zeng (2001), Political Analysis 9, 137-163. For the logit alone.

Rows chosen by their outcome (all events, some of the others) from a population in which a share tau, the
``prevalence``, are events; ybar is their share in the sample. Either

- ``prior``: the maximum-likelihood estimate with ln[(1 - tau) / tau * ybar / (1 - ybar)] taken off its
  intercept (section 4.1), or
- ``weighting``: weights w1 = tau / ybar for events and w0 = (1 - tau) / (1 - ybar) for the others (4.2);

and in both the first-order bias taken off, (X'WX)^-1 X'W xi with xi_i = Q_ii / 2 [(1 + w1) pi_i - w1],
Q = X (X'WX)^-1 X' and W = diag(pi_i (1 - pi_i) w_i) (section 5.1); the variance is then
(n / (n + k))^2 of what it was.

Which w is in the bias term: that of the estimate whose bias it is. An estimate under weights has theirs; the
one behind the prior correction has none, so that w_i = w1 = 1 and the term is McCullagh & Nelder's (1989,
section 15.2). Zelig has the weights there in both cases (with w1, in some versions w0), which leaves half
of the bias of prior-corrected slopes (measured in docs/methods.md); ``bias_weights="population"`` does as it
does, with w1.

Scores, information, and what a covariance refits or deletes are those at the maximum of the likelihood:
there the scores sum to zero. The corrections move the estimate by a constant (the sampling) and by a smooth
function of order 1/n (the bias), which (n / (n + k))^2 stands for in every covariance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from ..errors import ModelError
from ..inference import covariance as cov
from ..numerics.families import FAMILIES
from ..numerics.newton import inverse
from .covariances import REPLICATIONS, SEED
from .fit import DEFAULT_COVARIANCE, Fit, fit_data
from .formula import Formula, parse
from .likelihood import Likelihood
from .parts import needed_columns
from .rows.data import Data
from .rows.derived import with_column
from .rows.frames import from_frame
from .rows.population import OUTCOME

if TYPE_CHECKING:
    import pandas as pd

    from .rows.batches import Batch

Array = np.ndarray

METHODS = ("prior", "weighting")
BIAS_WEIGHTS = ("estimate", "population")
WEIGHT = "weight of the outcome"


@dataclass(frozen=True)
class Rules:
    """What is corrected: for the ``prevalence`` (None: rows are not chosen by outcome), how, and the bias."""

    prevalence: float | None = None
    method: str = "prior"
    bias_correct: bool = True
    bias_weights: str = "estimate"

    def __post_init__(self) -> None:
        """Raise ModelError for a value that is not allowed."""
        for name, allowed in (("method", METHODS), ("bias_weights", BIAS_WEIGHTS)):
            if getattr(self, name) not in allowed:
                raise ModelError(f"relogit: {name} is {getattr(self, name)!r}; use {' or '.join(allowed)}")
        if self.prevalence is not None and not 0 < self.prevalence < 1:
            raise ModelError(f"relogit: the prevalence is {self.prevalence}; give a share between 0 and 1")
        if self.prevalence is None and self.method == "weighting":
            raise ModelError("relogit: weighting needs the prevalence, the share of events in the population")


def rules_of(spec: Mapping[str, Any], prevalence: float | None) -> Rules:
    """The rules of a section ``relogit`` of a model."""
    given = {key: value for key, value in spec.items() if key != "prevalence"}
    return Rules(prevalence, **given)


@dataclass(frozen=True)
class Shares:
    """Share of events in the population and in the sample."""

    population: float
    sample: float

    @property
    def w1(self) -> float:
        """Weight of an event (section 4.2)."""
        return self.population / self.sample

    @property
    def w0(self) -> float:
        """Weight of another row."""
        return (1 - self.population) / (1 - self.sample)

    @property
    def shift(self) -> float:
        """What the sampling adds to the intercept (section 4.1)."""
        return float(np.log(self.w0 / self.w1))

    def of(self, y: Array) -> Array:
        """Weights of rows with outcomes y (n,)."""
        return np.where(y > 0, self.w1, self.w0)


@dataclass(frozen=True, kw_only=True)
class RareEventsFit(Fit):
    """A logit with King & Zeng's corrections; ``optimum`` is the estimate before them."""

    rules: Rules
    shares: Shares
    bias: Array = field(repr=False)

    @property
    def coefficients(self) -> Array:
        """The corrected estimate (k,)."""
        corrected: Array = self.optimum.params - self.bias
        if self.rules.method == "prior":
            corrected[self.terms.index("Intercept")] -= self.shares.shift
        return corrected

    def covariance(
        self,
        kind: str = DEFAULT_COVARIANCE,
        clip: cov.Clip = "scaled",
        replications: int = REPLICATIONS,
        seed: int = SEED,
    ) -> cov.Covariance:
        """As of any fit, times (n / (n + k))^2 where the bias is corrected (section 5.1)."""
        found = super().covariance(kind, clip, replications, seed)
        return replace(found, matrix=found.matrix * self.error_factor**2)

    @property
    def error_factor(self) -> float:
        """Of the correction of the bias: n / (n + k) (section 5.1)."""
        return error_factor(self.rules, self.profile.rows, len(self.terms))

    def predict(
        self, new: pd.DataFrame, correction: str | None = None, vcov: str = DEFAULT_COVARIANCE
    ) -> Array:
        """Probabilities (n,) in the population for the rows of ``new``.

        They ignore that coefficients are estimated. With C = (1/2 - p) p (1 - p) x V x' (section 5.2; V the
        covariance ``vcov``), ``correction="bayesian"`` gives p + C, the mean over that uncertainty, and
        ``"unbiased"`` p - C. ModelError for another correction.
        """
        p = super().predict(new)
        if correction is None:
            return p
        if correction not in ("bayesian", "unbiased"):
            raise ModelError(f"no correction {correction!r} of a rare-events logit; use bayesian or unbiased")
        columns = {name: new[name].to_numpy() for name in self.likelihood.designs[0].columns}
        X = self.likelihood.designs[0].matrix(columns or {"": np.zeros(len(new))})
        spread = np.einsum("nk,kl,nl->n", X, self.covariance(vcov).matrix, X)
        C = (0.5 - p) * p * (1 - p) * spread
        return p + C if correction == "bayesian" else p - C


def error_factor(rules: Rules, rows: int, k: int) -> float:
    """What the correction of the bias does to errors: it takes some of the estimate away (section 5.1)."""
    return rows / (rows + k) if rules.bias_correct else 1.0


def relogit(
    formula: str,
    data: pd.DataFrame,
    prevalence: float | None = None,
    nodes: tuple[str, str] | None = ("cluster_i", "cluster_j"),
    method: str = "prior",
    bias_correct: bool = True,
    project: str | None = None,
    weights: str | None = None,
    bias_weights: str = "estimate",
    family: str = "logit",
    threads: int | None = None,
) -> RareEventsFit:
    """Logit of rare events, ``outcome ~ terms``, with King & Zeng's (2001) corrections.

    ``prevalence`` is the share of events in the population that rows were chosen from by their outcome
    (None: rows were not chosen, only the bias is corrected); ``method`` prior or weighting; ``bias_weights``
    see above. ``weights`` are weights of rows beside the sampling. The rest as in ``models.fit``.
    Raises ModelError for another family, for which weights are the way, and for what ``fit`` refuses.
    """
    parsed = parse(formula)
    if parsed.outcome is None:
        raise ModelError(f"formula {formula!r}: write outcome ~ terms")
    rules = Rules(prevalence, method, bias_correct, bias_weights)
    check(family, parsed)
    needed = needed_columns(parsed, None, parsed.outcome, weights)
    source = from_frame(data, needed, nodes, project, threads=threads)
    found = fit_rare(parsed, source, rules, weights, nodes is not None)
    return found if nodes is None else replace(found, node_columns=nodes)


def check(family: str, formula: Formula) -> None:
    """Raise ModelError for another family than the logit, or a formula without an intercept."""
    if family != "logit":
        raise ModelError(
            f"King and Zeng's corrections are for the logit, not for family {family!r}; weight its rows "
            "by the inverse of their chance to be in the sample instead (weights)"
        )
    if () not in formula.terms:
        raise ModelError("relogit corrects the intercept; take '0 +' out of the formula")


def fit_rare(
    formula: Formula, data: Data, rules: Rules, weights: str | None = None, nodes_named: bool = True
) -> RareEventsFit:
    """Fit a parsed formula to data of any kind, and correct the estimate."""
    outcome = str(formula.outcome)
    shares = shares_of(data, outcome, rules, weights)
    data, weights = arranged(data, outcome, rules, shares, weights)
    fit = fit_data(formula, outcome, FAMILIES["logit"], data, None, weights, nodes_named)
    bias = first_order_bias(fit, rules, shares) if rules.bias_correct else np.zeros(len(fit.terms))
    plain = {item.name: getattr(fit, item.name) for item in fields(Fit)}
    return RareEventsFit(**plain, rules=rules, shares=shares, bias=bias)


def shares_of(data: Data, outcome: str, rules: Rules, weights: str | None) -> Shares:
    """The share of events in the sample (by ``weights``), and the prevalence, if any, beside it."""
    events = total = 0.0
    for batch in data.batches():
        w = batch.columns[weights] if weights else np.ones(len(batch))
        events, total = events + float(w @ batch.columns[outcome]), total + float(w.sum())
    if not 0 < events < total:
        raise ModelError(f"relogit: the outcome {outcome!r} has no events, or nothing else, in the sample")
    sample = events / total
    return Shares(sample if rules.prevalence is None else rules.prevalence, sample)


def arranged(
    data: Data, outcome: str, rules: Rules, shares: Shares, weights: str | None
) -> tuple[Data, str | None]:
    """The rows with what each stands for in the population, and the weights that they are fitted with."""

    def stands_for(batch: Batch) -> Array:
        return shares.of(batch.columns[outcome])

    def weight(batch: Batch) -> Array:
        own = stands_for(batch)
        return own * batch.columns[weights] if weights else own

    data = with_column(data, OUTCOME, stands_for) if rules.prevalence is not None else data
    if rules.method == "prior":
        return data, weights
    return with_column(data, WEIGHT, weight), WEIGHT


def first_order_bias(fit: Fit, rules: Rules, shares: Shares) -> Array:
    """The bias (k,) of the estimate (section 5.1), in one pass over the rows."""
    likelihood, params, w1 = fit.likelihood, fit.optimum.params, 1.0
    information = fit.information
    if rules.method == "weighting":
        w1 = shares.w1
    elif rules.bias_weights == "population":
        w1, beside = shares.w1, Rules(shares.population, "weighting")
        data, weights = arranged(likelihood.data, likelihood.outcome, beside, shares, likelihood.weights)
        likelihood = replace(likelihood, data=data, weights=weights)
        information = likelihood.evaluate(params)[2]
    return _bias(likelihood, params, inverse(information), w1)


def _bias(likelihood: Likelihood, params: Array, bread: Array, w1: float) -> Array:
    total = np.zeros(len(params))
    for batch in likelihood.data.batches():
        X = likelihood.matrix(batch)
        p = expit(X @ params)
        leverage = likelihood.leverages(params, bread, batch)  # W_ii Q_ii
        total += X.T @ (0.5 * leverage * ((1 + w1) * p - w1))
    return bread @ total


def restored(record: Mapping[str, Any]) -> tuple[Rules, Shares]:
    """The rules and the shares of a fit.json."""
    found = record["relogit"]
    rules = Rules(found["prevalence"], found["method"], found["bias_correct"], found["bias_weights"])
    sample = found["sample_share"]
    return rules, Shares(sample if rules.prevalence is None else rules.prevalence, sample)


def said(fit: RareEventsFit) -> dict[str, Any]:
    """What ``fit.json`` says of the corrections."""
    return {
        "prevalence": fit.shares.population if fit.rules.prevalence is not None else None,
        "sample_share": fit.shares.sample,
        "method": fit.rules.method,
        "bias_correct": fit.rules.bias_correct,
        "bias_weights": fit.rules.bias_weights,
        "uncorrected": fit.optimum.params.tolist(),
    }

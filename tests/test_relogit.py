"""Rare-events logit: King & Zeng's formulas as R works them out, and what follows from them.

The R script writes the matrices out (tests/oracles/relogit.R); nothing here comes from the engine.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import effects, models
from interclust.errors import ModelError

ORACLES = Path(__file__).parent / "oracles"
TERMS = ["Intercept", "x", "z"]
KINDS = ["classical", "hc0", "dyad", "dyadic", "dyadic_jackknife"]
VARIANTS: dict[str, dict[str, Any]] = {
    "prior": {},
    "prior_uncorrected": {"bias_correct": False},
    "prior_population": {"bias_weights": "population"},
    "weighting": {"method": "weighting"},
    "weighting_uncorrected": {"method": "weighting", "bias_correct": False},
}


@cache
def rows() -> pd.DataFrame:
    return pd.read_csv(ORACLES / "relogit.csv")


@cache
def values() -> pd.Series:
    return pd.read_csv(ORACLES / "relogit_values.csv").fillna("").set_index(["quantity", "term"])["value"]


def told(quantity: str) -> np.ndarray:
    return values()[quantity].to_numpy()


def corrected(**options: Any) -> models.Fit:
    return models.relogit("y ~ x + z", rows(), prevalence=told("prevalence")[0], **options)


@pytest.mark.parametrize("name", VARIANTS)
def test_estimates_are_those_of_the_paper(name: str) -> None:
    fit = corrected(**VARIANTS[name])
    assert fit.params.index.tolist() == TERMS
    np.testing.assert_allclose(fit.params, told(name), rtol=1e-10)


@pytest.mark.parametrize("name", ["prior", "weighting"])
def test_the_variance_is_that_of_the_paper(name: str) -> None:
    found = corrected(**VARIANTS[name]).vcov("classical").to_numpy()
    np.testing.assert_allclose(found[np.triu_indices(3)], told(f"{name}_variance"), rtol=1e-9)


def test_probabilities_are_those_of_the_paper() -> None:
    fit, new = corrected(), rows().head(5)
    np.testing.assert_allclose(fit.predict(new), told("probability"), rtol=1e-10)
    for correction in ("bayesian", "unbiased"):
        found = fit.predict(new, correction, vcov="classical")
        np.testing.assert_allclose(found, told(correction), rtol=1e-10)


def test_without_a_prevalence_the_bias_alone_is_corrected() -> None:
    fit = models.relogit("y ~ x + z", rows())
    np.testing.assert_allclose(fit.params, told("bias_only"), rtol=1e-10)
    # the bias that is taken off is, to its order, what Firth's penalty keeps out
    firth = models.fit("y ~ x + z", rows(), family="firth")
    logit = models.fit("y ~ x + z", rows())
    assert np.abs(fit.params - firth.params).max() < 0.05 * np.abs(fit.params - logit.params).max()


def test_every_covariance_is_that_of_the_estimate_times_the_factor() -> None:
    logit, fit = models.fit("y ~ x + z", rows()), corrected()
    n = len(rows())
    assert fit.optimum.params == pytest.approx(logit.coefficients, abs=1e-12)
    np.testing.assert_allclose(fit.scores().sum(), 0, atol=1e-8)
    for kind in KINDS:
        expected = logit.vcov(kind) * (n / (n + 3)) ** 2
        np.testing.assert_allclose(fit.vcov(kind), expected, rtol=1e-12)
    drawn = {"kind": "bootstrap", "replications": 20, "seed": 3}
    np.testing.assert_allclose(fit.vcov(**drawn), logit.vcov(**drawn) * (n / (n + 3)) ** 2)
    table = fit.tidy().set_index("term")
    assert table.loc["x", "estimate"] == fit.params["x"]
    assert table.loc["x", "std_error"] == pytest.approx(np.sqrt(fit.vcov().loc["x", "x"]))


def test_a_joint_covariance_is_made_of_the_scores_at_the_optimum() -> None:
    """Corrected estimates are no optimum: at them the scores do not sum to zero."""
    fit, plain = corrected(), models.fit("y ~ x + z", rows())
    joint = models.joint_covariance([fit, plain], "dyadic", clip=False).matrix
    k = len(plain.terms)
    alone = plain.covariance("dyadic", clip=False).matrix
    factor = len(rows()) / (len(rows()) + k)  # of the errors of the corrected estimate alone
    for block, times in ((joint[:k, :k], factor**2), (joint[:k, k:], factor), (joint[k:, k:], 1.0)):
        np.testing.assert_allclose(block, alone * times, rtol=1e-9, atol=1e-12 * np.abs(alone).max())
    np.testing.assert_allclose(joint[:k, :k], fit.covariance("dyadic", clip=False).matrix, rtol=1e-9)


def test_weighting_is_the_weighted_logit() -> None:
    tau, data = told("prevalence")[0], rows().copy()
    data["w"] = np.where(data["y"] > 0, tau / data["y"].mean(), (1 - tau) / (1 - data["y"].mean()))
    plain = models.fit("y ~ x + z", data, weights="w")
    fit = corrected(method="weighting", bias_correct=False)
    np.testing.assert_allclose(fit.params, plain.params, rtol=1e-12)
    np.testing.assert_allclose(fit.vcov("dyadic_jackknife"), plain.vcov("dyadic_jackknife"), rtol=1e-10)


def test_marginal_effects_are_averaged_over_the_population() -> None:
    fit = corrected()
    found = effects.average_marginal_effect(fit, "z", vcov="classical")["estimate"]
    tau, data = told("prevalence")[0], rows()
    w = np.where(data["y"] > 0, tau / data["y"].mean(), (1 - tau) / (1 - data["y"].mean()))
    high, low = (fit.predict(data.assign(z=value)) for value in (1, 0))
    assert found == pytest.approx(np.average(high - low, weights=w), rel=1e-12)
    assert found != pytest.approx(np.mean(high - low), rel=0.1)


def test_weights_of_rows_count_as_rows_do() -> None:
    twice = pd.concat([rows(), rows()])
    data = rows().assign(two=2.0)
    for options in ({}, {"method": "weighting"}, {"bias_weights": "population"}):
        beside = models.relogit("y ~ x + z", data, 0.01, nodes=None, weights="two", **options)
        doubled = models.relogit("y ~ x + z", twice, 0.01, nodes=None, **options)
        np.testing.assert_allclose(beside.params, doubled.params, rtol=1e-9)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"family": "cloglog"}, "weight its rows"),
        ({"formula": "y ~ 0 + x"}, "intercept"),
        ({"prevalence": 1.2}, "between 0 and 1"),
        ({"method": "both"}, "prior or weighting"),
        ({"prevalence": None, "method": "weighting"}, "needs the prevalence"),
        ({"data": pd.DataFrame({"y": [0, 0], "x": [1, 2]}), "nodes": None}, "no events"),
    ],
)
def test_what_cannot_be_is_said(options: dict[str, Any], words: str) -> None:
    given = {"formula": "y ~ x", "data": rows(), "prevalence": 0.01} | options
    with pytest.raises(ModelError, match=words):
        models.relogit(given.pop("formula"), given.pop("data"), **given)
    with pytest.raises(ModelError, match="bayesian"):
        corrected().predict(rows(), "flic")

"""Families of several parts: their tops, their starts, statsmodels at our parameters, and their words."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interclust import models
from interclust.effects.delta import Basis
from interclust.effects.ratios import equal_steps, ratios
from interclust.errors import ModelError
from interclust.models.record import panel_record
from interclust.models.reference import at_parameters
from interclust.models.reference_families import COVERED
from interclust.numerics.newton import maximise
from test_covariance import FAMILIES, panel

COUNTS = Path(__file__).parent / "oracles" / "counts.csv"


@cache
def oracle(family: str) -> models.Fit:
    return models.fit("count ~ x + z", pd.read_csv(COUNTS), family=family, nodes=None)


@pytest.mark.parametrize("family", ["negbin", "zip", "zinb", "hurdle_poisson", "hurdle_negbin"])
def test_no_start_finds_a_better_likelihood(family: str) -> None:
    fit = oracle(family)
    rng = np.random.default_rng(11)
    found = []
    for _ in range(20):
        start = fit.coefficients * 0.5 + rng.normal(scale=1.5, size=len(fit.terms))
        found.append(maximise(fit.likelihood.evaluate, start))
    reached = [optimum.loglik for optimum in found if optimum.converged]
    assert len(reached) >= 10  # most of them end somewhere
    assert max(reached) <= fit.loglik + 1e-8
    assert np.isclose(max(reached), fit.loglik, rtol=1e-12)


@pytest.mark.parametrize(("family", "outcome"), [case for case in FAMILIES if case[0] in COVERED])
def test_statsmodels_is_at_its_optimum_where_we_stop(family: str, outcome: str) -> None:
    fit = models.fit(f"{outcome} ~ x + z", panel(), family=family)
    loglik, score = at_parameters(fit.likelihood, fit.coefficients)
    assert loglik == pytest.approx(fit.loglik, rel=1e-11)
    assert np.max(np.abs(score) / np.sqrt(np.diag(fit.information))) < 1e-7


@pytest.mark.parametrize(("family", "outcome"), [case for case in FAMILIES if case[0] in COVERED])
def test_statsmodels_has_our_score_away_from_the_optimum(family: str, outcome: str) -> None:
    """A score that is zero at the top could be zero for a wrong reason: signs, order of parts, transforms."""
    fit = models.fit(f"{outcome} ~ x + z", panel(), family=family)
    params = fit.coefficients + 0.05
    _, score = at_parameters(fit.likelihood, params)
    plain = fit.likelihood.evaluate(params)[1] if family != "linear" else None
    if plain is not None:
        np.testing.assert_allclose(score, plain, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("family", ["poisson", "negbin", "zip", "zinb", "cloglog"])
def test_an_offset_of_visibility_moves_the_counts_alone(family: str) -> None:
    frame = panel().assign(v=np.log(0.2))
    outcome = "y" if family == "cloglog" else "m"
    plain = models.fit(f"{outcome} ~ x", frame, family=family)
    seen = models.fit(f"{outcome} ~ x", frame, family=family, offset="v")
    moved = seen.coefficients - plain.coefficients
    expected = np.where([term in ("Intercept", "count:Intercept") for term in seen.terms], -np.log(0.2), 0.0)
    np.testing.assert_allclose(moved, expected, atol=1e-7)
    assert seen.loglik == pytest.approx(plain.loglik, rel=1e-10)


@pytest.mark.parametrize("family", ["hurdle_poisson", "hurdle_negbin", "ordered_logit", "sequential"])
def test_an_offset_of_visibility_is_refused_by_families_not_closed_under_thinning(family: str) -> None:
    with pytest.raises(ModelError, match="not closed under thinning; use poisson, negbin, zip, zinb"):
        models.fit("k ~ x", panel().assign(v=0.0), family=family, offset="v")


def test_a_hurdle_is_its_two_parts() -> None:
    """The zero part is the logit of y > 0; the parts share no parameter, so that they are independent."""
    frame = panel().assign(some=lambda d: (d["m"] > 0) * 1)
    hurdle = models.fit("m ~ x + z", frame, family="hurdle_poisson", zero="1 + x")
    logit = models.fit("some ~ x", frame)
    zero = hurdle.params[["zero:Intercept", "zero:x"]]
    np.testing.assert_allclose(zero, logit.params, rtol=1e-9)
    assert np.all(hurdle.information[:3, 3:] == 0)
    for kind in ("classical", "dyadic", "dyadic_jackknife"):
        theirs = logit.vcov(kind, clip=False) if kind != "classical" else logit.vcov(kind)
        ours = hurdle.vcov(kind, clip=False) if kind != "classical" else hurdle.vcov(kind)
        np.testing.assert_allclose(ours.to_numpy()[3:, 3:], theirs, rtol=1e-7, atol=1e-12)


def test_two_classes_are_a_logit() -> None:
    frame = panel()
    logit = models.fit("y ~ x + z", frame)
    ordered = models.fit("y ~ x + z", frame, family="ordered_logit")
    sequential = models.fit("y ~ x + z", frame, family="sequential")
    np.testing.assert_allclose(ordered.params[["x", "z"]], logit.params[["x", "z"]], rtol=1e-9)
    assert ordered.params["0|1"] == pytest.approx(-logit.params["Intercept"], rel=1e-9)
    np.testing.assert_allclose(sequential.params, logit.params, rtol=1e-9)
    assert ordered.loglik == pytest.approx(logit.loglik, rel=1e-12)


@pytest.mark.parametrize("family", ["ordered_logit", "sequential"])
def test_probabilities_of_classes(family: str) -> None:
    frame = panel()
    fit = models.fit("k ~ x + z", frame, family=family)
    chance = fit.probabilities(frame)
    assert chance.shape == (len(frame), 3)
    np.testing.assert_allclose(chance.sum(1), 1.0)
    np.testing.assert_allclose(chance @ [0, 1, 2], fit.predict(frame))
    own = chance[np.arange(len(frame)), frame["k"]]
    assert np.log(own).sum() == pytest.approx(fit.loglik, rel=1e-11)
    with pytest.raises(ModelError, match="has no classes"):
        models.fit("y ~ x", frame).probabilities(frame)


def test_a_factor_beside_cut_points_is_coded_as_beside_an_intercept() -> None:
    fit = models.fit("k ~ C(period) + x", panel(), family="ordered_logit")
    assert fit.terms == ["C(period)[T.1]", "C(period)[T.2]", "x", "0|1", "1|2"]


@pytest.mark.parametrize(("family", "outcome"), FAMILIES)
def test_the_record_names_every_part_and_its_ratios(family: str, outcome: str) -> None:
    fit = models.fit(f"{outcome} ~ x*z", panel(), family=family)
    spec = {"family": family, "outcome": outcome, "sample": None, "covariance": "dyadic_jackknife"}
    record = panel_record("m", spec, fit)
    assert record["status"] == "fitted"
    found = [effect.effect_id for effect in ratios(record)]
    parts = {"inflate": ["", "inflate:"], "zero": ["", "zero:"], "above_1": ["above_0:", "above_1:"]}
    several = next((parts[name] for name in fit.family.predictors if name in parts), [""])
    expected = [
        effect
        for part in several
        for effect in (f"ratio:{part}x", f"ratio:{part}z", f"ratio_of_ratios:{part}z|x")
    ]
    assert found == expected


@pytest.mark.parametrize(("family", "outcome"), FAMILIES)
def test_the_null_likelihood_is_that_of_the_constants(family: str, outcome: str) -> None:
    frame = panel().assign(w=lambda d: 1.0 + (d["x"] > 0))
    for weights in (None, "w"):
        if family == "linear" and weights:
            continue  # its variance is profiled over rows
        fit = models.fit(f"{outcome} ~ x", frame, family=family, weights=weights)
        constants = models.fit(
            f"{outcome} ~ 1", frame.assign(x=0.0), family=family, weights=weights, nodes=None
        )
        assert fit.loglik_null == pytest.approx(constants.loglik, rel=1e-9)


def test_equality_of_steps_is_a_contrast_of_their_coefficients() -> None:
    """Single against repeated ties: one covariance holds both steps, and with it that of their contrast."""
    fit = models.fit("k ~ c(x)*z", panel(), family="sequential", project="projects")
    spec = {"family": "sequential", "outcome": "k", "sample": None, "covariance": "dyadic"}
    record = panel_record("m", spec, fit)
    found = {effect.effect_id: Basis.from_record(record).row(effect) for effect in equal_steps(record)}
    assert list(found) == ["equivalence:x", "equivalence:z", "equivalence:z|x"]
    low, high = "above_0:c(x)", "above_1:c(x)"
    line, V = found["equivalence:x"], fit.vcov("dyadic")
    assert np.log(line["estimate"]) == pytest.approx(fit.params[high] - fit.params[low])
    variance = V.loc[low, low] + V.loc[high, high] - 2 * V.loc[low, high]
    assert line["std_error"] ** 2 == pytest.approx(variance)
    assert equal_steps(panel_record("m", spec | {"family": "logit"}, models.fit("y ~ x", panel()))) == []

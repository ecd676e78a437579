"""Tests of several parameters at once, from fits in memory and from records, and the verdicts on them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hypothesis_examples import ENOUGH, JOINT, RATIO, claim, effect, fit, judged, study
from interclust import effects, models
from interclust.effects import comparisons
from interclust.effects.equivalence import equivalence_p
from interclust.errors import ConfigError, ModelError
from interclust.models.joint import Estimate
from interclust.models.record import panel_record
from test_covariance import panel

EQUAL = {**RATIO, "model": "first", "beside": "second", "effect": "equivalence", "term": "x", "expect": "0"}


@cache
def fits() -> tuple[models.Fit, models.Fit]:
    frame = panel()
    formulas = ("y ~ x*z", "y ~ x + z")
    samples = (frame[frame["period"] < 2], frame[frame["period"] > 0])
    return tuple(
        models.fit(formula, sample, family="cloglog", project="projects")
        for formula, sample in zip(formulas, samples, strict=True)
    )  # type: ignore[return-value]


def records() -> dict[str, Any]:
    spec = {"family": "cloglog", "outcome": "y", "sample": None, "covariance": "dyadic_jackknife"}
    return {
        name: panel_record(name, spec, one) for name, one in zip(("first", "second"), fits(), strict=True)
    }


def test_equality_of_two_fits_by_hand() -> None:
    one, other = fits()
    row = effects.equal(fits(), "x", margin=2.0)
    V = models.joint_covariance(fits()).matrix
    a, b = one.terms.index("x"), len(one.terms) + other.terms.index("x")
    assert np.log(row["estimate"]) == pytest.approx(other.params["x"] - one.params["x"])
    assert row["std_error"] ** 2 == pytest.approx(V[a, a] + V[b, b] - 2 * V[a, b])
    p, inside = equivalence_p(np.log(row["estimate"]), row["std_error"], row["df"], 2.0)
    assert row["p_value"] == pytest.approx(p, rel=1e-9)
    assert row["inside"] == inside


def test_wald_within_and_across() -> None:
    one, other = fits()
    alone = effects.wald(one, ["x"])
    t = one.tidy().set_index("term").loc["x"]
    assert alone["statistic"] == pytest.approx(t["statistic"] ** 2)
    assert alone["p_value"] == pytest.approx(t["p_value"])
    both = effects.wald(fits(), ["x", "z"])
    V = models.joint_covariance(fits()).matrix
    R = np.zeros((2, 7))
    R[[0, 1], [1, 2]], R[[0, 1], [5, 6]] = -1.0, 1.0
    gap = R @ np.concatenate([one.coefficients, other.coefficients])
    assert both["df_num"] == 2
    assert 1 < both["df_denom"] < 11  # fewer than clusters - 1: not all weigh alike
    assert both["statistic"] == pytest.approx(gap @ np.linalg.inv(R @ V @ R.T) @ gap / 2)
    with pytest.raises(ModelError, match="no term 'w'"):
        effects.wald(one, ["w"])
    with pytest.raises(ModelError, match="repeat each other"):
        effects.wald(one, ["x", "x"])
    poisson = models.fit("n ~ x", panel(), family="poisson")
    with pytest.raises(ModelError, match="hazard ratio in one model and a rate ratio in the other"):
        effects.equal([one, poisson], "x")


def test_records_give_what_fits_give(monkeypatch: pytest.MonkeyPatch) -> None:
    by_name = dict(zip(("first", "second"), map(Estimate.of_fit, fits()), strict=True))
    monkeypatch.setattr(Estimate, "of_record", lambda record, folder: by_name[record["model"]])
    joint = {**JOINT, "model": "first", "terms": ["z:x", "z"]}
    hypotheses = {"X": claim(EQUAL, joint, {**EQUAL, "term": "none", "id": "Y"})}
    table = comparisons.compare(hypotheses, records(), Path()).set_index("kind")
    assert list(table.index) == ["equivalence", "wald"]
    assert table.loc["equivalence", "model"] == "second/first"
    expected = effects.equal(fits(), "x")
    for name in ("estimate", "std_error", "df", "conf_low", "conf_high"):
        assert table.loc["equivalence", name] == pytest.approx(expected[name])
    together = effects.wald(fits()[0], ["x:z", "z"])
    assert (
        table.loc["wald", "estimate"]
        == table.loc["wald", "statistic"]
        == pytest.approx(together["statistic"])
    )
    assert table.loc["wald", "p_value"] == pytest.approx(together["p_value"])
    unfitted = {**records(), "second": {"model": "second", "status": "not_fitted"}}
    assert comparisons.compare({"X": claim(EQUAL)}, unfitted, Path()).empty


@pytest.mark.parametrize(
    ("estimates", "p", "verdict", "said"),
    [
        ((0.5, -0.2), 0.01, "supported", "each with the sign of the claim"),
        ((-0.5, 0.2), 0.01, "contradicted", "each with the opposite sign"),
        ((0.5, 0.2), 0.01, "undecided", "not all with the sign"),
        ((0.5, -0.2), 0.2, "undecided", "cannot be told from no effect"),
    ],
)
def test_terms_together_need_their_signs(estimates: tuple, p: float, verdict: str, said: str) -> None:
    params = [
        {"term": t, "estimate": b} for t, b in zip(("c(phase):theme", "region"), estimates, strict=True)
    ]
    row = effect("wald", "theme:phase; region", 6.0, p, model="moderated", conf_low=np.nan, conf_high=np.nan)
    fitted = {"moderated": fit("moderated", ENOUGH, params=params)}
    table = judged(study(X=claim(JOINT)), row, fits=fitted)
    assert table.loc[0, "verdict"] == verdict
    assert said in table.loc[0, "reason"]
    assert table.loc[0, "events_in_cells"] == "phase=0: 12; phase=1: 40"


def test_equality_across_models_is_judged_and_needs_both() -> None:
    row = effect("equivalence", "theme", 1.05, 0.9, model="second/first", std_error=0.05)
    test = {**EQUAL, "term": "theme"}
    settings = study(X=claim(test))
    table = judged(settings, row, fits={name: fit(name) for name in ("first", "second")})
    assert table.loc[0, ["verdict", "model"]].tolist() == ["supported", "second/first"]
    without = judged(settings, row, fits={"first": fit("first")})
    assert "The model second" in without.loc[0, "reason"]
    params = [{"term": "theme", "estimate": 0.0}]
    lacking = {"first": fit("first", params=params), "second": fit("second", params=[])}
    assert "The model second of this study does not have" in judged(settings, fits=lacking).loc[0, "reason"]


def test_the_adjustment_that_the_study_asks_for_decides() -> None:
    settings = study("incomplete", X=claim(RATIO), Y=claim({**RATIO, "term": "region"}))
    rows = [effect("ratio", "sector", 2.0, 0.04), effect("ratio", "region", 2.0, 0.03)]
    by_holm = judged(settings, *rows)
    by_bh = judged({**settings, "multiplicity": "bh"}, *rows)
    columns = ["p_holm", "p_bh"]
    pd.testing.assert_frame_equal(by_holm[columns], by_bh[columns])
    assert by_holm["p_holm"].tolist() == pytest.approx([0.06, 0.06])
    assert by_holm["p_bh"].tolist() == pytest.approx([0.04, 0.04])
    assert by_holm["verdict"].tolist() == ["undecided"] * 2
    assert by_bh["verdict"].tolist() == ["supported"] * 2
    assert "Benjamini and Hochberg" in by_bh.loc[0, "reason"]


def test_a_sign_for_each_term() -> None:
    with pytest.raises(ConfigError, match="expect is '\\+-\\+' for 2 terms"):
        judged(study(X=claim({**JOINT, "expect": "+-+"})))

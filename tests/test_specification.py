"""Models of several parts from a specification and the files of a study, there and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import models
from interclust.effects.estimate import estimate
from interclust.errors import ModelError
from interclust.models import reference, specification
from interclust.models.record import panel_record
from test_covariance import panel
from test_fit import write_periods

CASES: list[dict[str, Any]] = [
    {"family": "zip", "outcome": "n_projects", "zero": ["x"]},
    {"family": "zinb", "outcome": "n_projects", "zero": []},
    {"family": "hurdle_poisson", "outcome": "n_projects"},
    {"family": "hurdle_negbin", "outcome": "n_projects", "zero": ["x", "z"]},
    {"family": "ordered_logit", "outcome": "tie_class"},
    {"family": "sequential", "outcome": "tie_class"},
    {"family": "poisson", "outcome": "n_projects", "cluster_effects": True},
    {"family": "logit", "outcome": "tie", "covariance": "bootstrap", "bootstrap": {"replications": 20}},
]


class Tables(dict[str, Any]):
    """Stands for the contracts: the two tables that a model reads beside the features."""

    def __getitem__(self, name: str) -> Any:
        tables = {
            "ingest/clusters": pd.DataFrame({"cluster_id": [f"c{number:02d}" for number in range(12)]}),
            "panel/row_projects": pd.DataFrame(columns=["period", "cluster_i", "cluster_j", "project_id"]),
        }
        return type("Stored", (), {"read": staticmethod(lambda path: tables[name])})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(specification, "CONTRACTS", Tables())
    frame = panel().drop(columns="projects").assign(n_projects=lambda d: d["m"], tie=lambda d: d["m"] > 0)
    periods = tmp_path / "features" / "periods"
    periods.mkdir(parents=True)
    write_periods(frame, periods, 12)
    return tmp_path


@pytest.mark.parametrize("case", CASES, ids=[f"{case['family']}-{case['outcome']}" for case in CASES])
def test_there_and_back(case: dict[str, Any], folder: Path) -> None:
    spec = {"terms": ["x", "z"], "moderators": [["z", "x"]], "center": ["x"], "sample": None} | case
    fit = specification.fit_panel(spec, folder)
    record = panel_record("m", spec, fit)
    assert record["status"] == "fitted"
    likelihood, params = reference.restore(record, folder)
    np.testing.assert_array_equal(params, fit.coefficients)
    assert likelihood.family.predictors == fit.family.predictors
    assert likelihood.evaluate(params)[0] == fit.optimum.loglik
    found = reference.check(record, folder)
    assert found is not None
    assert found["score_norm"] < reference.SCORE_LIMIT
    table = estimate(record, folder, "complete")
    assert {"ame:x", "ame:z", "second_difference:x|z"} <= set(table["effect_id"])
    assert table.loc[table["kind"] != "detectable", "std_error"].notna().all()
    if case.get("covariance") == "bootstrap":
        assert record["vcov"]["bootstrap"]["replications"] == 20
        assert set(table["vcov"]) == {"bootstrap"}


def test_the_second_part_has_the_terms_of_the_setting(folder: Path) -> None:
    spec = {"terms": ["x", "z"], "center": ["x"], "outcome": "n_projects", "family": "zip"}
    named = specification.fit_panel(spec | {"zero": ["x"]}, folder)
    assert named.terms[3:] == ["inflate:Intercept", "inflate:c(x)"]
    assert specification.fit_panel(spec | {"zero": []}, folder).terms[3:] == ["inflate:Intercept"]
    same = specification.fit_panel(spec, folder)
    assert same.terms[3:] == ["inflate:Intercept", "inflate:c(x)", "inflate:z"]


def test_classes_are_made_of_the_number_of_projects(folder: Path) -> None:
    spec = {"terms": ["x", "z"], "outcome": "tie_class", "family": "ordered_logit"}
    expected = models.fit(
        "k ~ x + z", panel().assign(k=lambda d: d["m"].clip(upper=2)), family="ordered_logit"
    )
    np.testing.assert_allclose(specification.fit_panel(spec, folder).coefficients, expected.coefficients)


def test_free_period_effects_hold_the_main_effect_of_what_is_the_same_in_a_period(folder: Path) -> None:
    spec = {
        "terms": ["x", "z"],
        "moderators": [["late", "x"]],
        "by_period": ["late"],
        "period_effects": "factor",
        "outcome": "tie",
        "family": "logit",
    }
    frame = panel().drop(columns="projects").assign(tie=lambda d: d["m"] > 0, late=lambda d: d["period"] > 0)
    write_periods(frame.astype({"late": float}), folder / "features" / "periods", 12)
    fit = specification.fit_panel(spec, folder)
    assert fit.terms[-1] in ("late:x", "x:late")
    assert "late" not in fit.terms
    whole = models.fit("tie ~ x + z + late:x + C(period)", frame.astype({"late": float}), family="logit")
    np.testing.assert_allclose(fit.coefficients, whole.coefficients)
    with pytest.raises(ModelError, match="period_effects: factor"):
        specification.formula_text({**spec, "period_effects": "trend"})
    with pytest.raises(ModelError, match="'late' needs its main effect"):
        specification.formula_text({**spec, "by_period": []})
    write_periods(frame.assign(late=frame["x"]), folder / "features" / "periods", 12)
    with pytest.raises(ModelError, match="late is not the same for all pairs of period"):
        specification.fit_panel(spec, folder)


def test_time_since_the_last_tie_goes_with_free_period_effects_and_no_other_duration_does() -> None:
    spec = {"terms": ["x"], "outcome": "recurrence", "period_effects": "factor"}
    since = specification.formula_text({**spec, "duration": {"column": "periods_since_last_tie"}})
    assert since == "recurrence ~ x + log1p(periods_since_last_tie) + C(period)"
    with pytest.raises(ModelError, match="collinear for one founding cohort"):
        specification.formula_text({**spec, "duration": {"column": "periods_at_risk"}})


def test_a_square_has_no_marginal_effect_of_its_own(folder: Path) -> None:
    spec = {"terms": ["x", "I(x**2)"], "outcome": "tie", "family": "logit", "sample": None}
    fit = specification.fit_panel(spec, folder)
    table = estimate(panel_record("m", spec, fit), folder, "complete")
    assert set(table.loc[table["kind"] == "ame", "term"]) == {"x"}
    step = 1e-5
    frame = panel()
    means = [fit.predict(frame.assign(x=frame["x"] + h)).mean() for h in (step, -step)]
    ame = table.loc[table["kind"] == "ame", "estimate"].iloc[0]
    assert ame == pytest.approx((means[0] - means[1]) / (2 * step), rel=1e-6)

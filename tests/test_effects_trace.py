"""The curves that a model asks for: those of the calls, with limits that agree with the regions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from interclust import effects
from interclust.config.traced import check_curves_of
from interclust.effects.trace import CURVES, trace
from interclust.errors import ConfigError
from interclust.models.record import panel_record
from test_effects_table import folder, made

__all__ = ["folder"]
ASKED = {
    "outcome": [{"term": "z", "over": [-1, 1], "by": {"x": [0, 1]}}, {"term": "z"}],
    "slope": [{"term": "z", "along": "x"}],
}
SPEC = {"family": "logit", "outcome": "tie", "moderators": [["x", "z"]], "terms": ["x", "z", "log1p(u)"]}


def test_curves_are_those_of_the_calls_and_slopes_cross_zero_at_their_regions(folder: Path) -> None:
    fit, table = made(folder, **SPEC)
    record = panel_record("m", SPEC | {"sample": None, "center": ["x"]}, fit)
    found = trace(record, ASKED, folder, "complete")
    assert list(found.columns) == list(CURVES.columns)
    one = found[(found["kind"] == "outcome") & (found["moderator"] == "x")]
    grid = np.linspace(-1, 1, 25).tolist()
    expected = effects.curve(fit, "z", grid, {"x": [0, 1]}, vcov="dyadic_jackknife")
    for name in ("estimate", "conf_low", "band_high"):
        np.testing.assert_allclose(one[name], expected[name], rtol=1e-9)
    assert one["at"].tolist() == [0.0] * 25 + [1.0] * 25
    line = found[found["kind"] == "slope"]
    region = effects.johnson_neyman(fit, "z", "x", vcov="dyadic_jackknife")
    outside = (line["conf_low"] > 0) | (line["conf_high"] < 0)
    inside = [any(own.low < value < own.high for own in region.regions) for value in line["value"]]
    assert outside.tolist() == inside
    assert line["estimate"].iloc[0] == pytest.approx(
        effects.slope(fit, "z", {"x": region.observed[0]}, vcov="dyadic_jackknife")["estimate"]
    )
    assert (line["band_low"] < line["conf_low"]).all()
    assert "johnson_neyman:z|x" in table.index


def test_incomplete_records_have_no_curves(folder: Path) -> None:
    fit, _ = made(folder, **SPEC)
    record = panel_record("m", SPEC | {"sample": None, "center": ["x"]}, fit)
    assert trace(record, ASKED, folder, "incomplete").empty
    assert trace(record | {"status": "not_fitted"}, ASKED, folder, "complete").empty


def test_curves_that_a_model_cannot_give_are_refused_with_the_reason() -> None:
    spec = {"outcome": "emergence", "terms": ["log1p(age_min)", "same_region"], "curves_of": {}}
    check_curves_of(spec | {"curves_of": {"outcome": [{"term": "age_min"}]}}, "m.yaml")
    with pytest.raises(ConfigError, match=r"curves_of names age_mim, .* did you mean age_min"):
        check_curves_of(spec | {"curves_of": {"outcome": [{"term": "age_mim"}]}}, "m.yaml")
    asked = {"slope": [{"term": "same_region", "along": "age_gap"}]}
    with pytest.raises(ConfigError, match="curves_of names age_gap"):
        check_curves_of(spec | {"curves_of": asked}, "m.yaml")
    with pytest.raises(ConfigError, match="have no expected outcome"):
        check_curves_of(spec | {"outcome": "list_choice", "curves_of": asked}, "m.yaml")

"""The table of effects of one model: which rows it has, that tests find theirs, data in several shards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import effects, models
from interclust.effects.claims import Prediction
from interclust.effects.estimate import estimate
from interclust.effects.evidence import Evidence
from interclust.models import reference, specification
from interclust.models.record import panel_record
from test_covariance import panel
from test_fit import write_periods
from test_specification import Tables

TWO_PARTS = ("zip", "zinb", "hurdle_poisson", "hurdle_negbin")
PLAIN = {"terms": ["x", "z", "log1p(u)"], "center": ["x"], "sample": None, "outcome": "n_projects"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(specification, "CONTRACTS", Tables())
    frame = panel().drop(columns="projects").assign(n_projects=lambda d: d["m"], tie=lambda d: d["m"] > 0)
    frame["u"] = np.exp(np.random.default_rng(2).normal(size=len(frame)))
    periods = tmp_path / "features" / "periods"
    periods.mkdir(parents=True)
    write_periods(frame, periods, 12)
    return tmp_path


def made(folder: Path, **spec: Any) -> tuple[models.Fit, pd.DataFrame]:
    full = PLAIN | spec
    fit = specification.fit_panel(full, folder)
    return fit, estimate(panel_record("m", full, fit), folder, "complete").set_index("effect_id")


def row(table: pd.DataFrame, effect: str, *terms: str, scale: str | None = None) -> pd.Series:
    """The one row that a test of a hypothesis file reads."""
    evidence = Evidence({"models": {"m": {}}, "records": "complete"}, table.reset_index(), {}, {}, {})
    found = evidence.row(Prediction("t", "complete", "m", effect, terms, {}, "+", scale, 1.5))
    assert found is not None
    return found


@pytest.mark.parametrize("family", ["logit", "cloglog", "firth"])
def test_binary_outcomes_have_both_scales_and_each_test_its_row(family: str, folder: Path) -> None:
    moderators = [["x", "z"], ["log1p(u)", "z"]]
    fit, table = made(folder, family=family, outcome="tie", moderators=moderators)
    assert table.index.is_unique
    for name in ("ame:x", "ame:z", "ame:u", "second_difference:z|x", "second_difference:z|u"):
        assert table.loc[name, "scale"] == "probability"
        assert table.loc[f"{name}#rate", "scale"] == "rate"
    for scale, name in (("probability", "second_difference:z|x"), ("rate", "second_difference:z|x#rate")):
        found = row(table, "second_difference", "x", "z", scale=scale)
        assert found["effect_id"] == name
        own = effects.second_difference(fit, "z", "x", scale=scale)
        assert found["estimate"] == pytest.approx(own["estimate"], rel=1e-9)
        assert found["std_error"] == pytest.approx(own["std_error"], rel=1e-9)
    regions = table.index[table["kind"] == "johnson_neyman"]
    assert regions.tolist() == ["johnson_neyman:z|x"]  # z is a flag, and log1p(u) does not bend a line
    found = effects.johnson_neyman(fit, "z", "x")
    assert table.loc[regions[0], "estimate"] == pytest.approx(found.share)


@pytest.mark.parametrize("family", TWO_PARTS)
def test_two_parts_have_a_ratio_of_both_beside_those_of_each(family: str, folder: Path) -> None:
    fit, table = made(folder, family=family, zero=["x"], moderators=[["z", "x"]])
    assert table.index.is_unique
    frame = pd.concat(pd.read_parquet(path) for path in sorted((folder / "features" / "periods").iterdir()))
    mean = [fit.predict(frame.assign(x=frame["x"] + h)).mean() for h in (-0.5, 0.5)]
    both = table.loc["ratio:x@both parts#rate"]
    assert both["estimate"] == pytest.approx(mean[1] / mean[0], rel=1e-6)  # features are stored as float32
    found = row(table, "ratio", "x")
    assert found["effect_id"] == "ratio:x"
    assert found["estimate"] == pytest.approx(np.exp(fit.params["count:c(x)"]), rel=1e-12)


def test_incomplete_records_have_ratios_alone(folder: Path) -> None:
    spec = PLAIN | {"family": "zip"}
    record = panel_record("m", spec, specification.fit_panel(spec, folder))
    kinds = estimate(record, folder, "incomplete")["kind"]
    assert set(kinds) == {"ratio", "detectable"}


def test_the_rows_of_many_shards_are_averaged_together() -> None:
    """700 nodes make four shards; threads change nothing."""
    rng = np.random.default_rng(9)
    frame = pd.DataFrame({"cluster_i": rng.integers(0, 350, 3000), "cluster_j": rng.integers(350, 700, 3000)})
    frame = frame.assign(x=rng.normal(size=3000), z=rng.integers(0, 2, 3000))
    frame["n"] = rng.poisson(np.exp(0.3 * frame["x"] * frame["z"]))
    fit, other = (models.fit("n ~ x*z", frame, family="poisson", threads=threads) for threads in (1, 2))
    assert len(fit.likelihood.data.loaders) > 2
    found = effects.average_marginal_effect(fit, "z", vcov="classical")
    expected = fit.predict(frame.assign(z=1)).mean() - fit.predict(frame.assign(z=0)).mean()
    assert found["estimate"] == pytest.approx(expected, rel=1e-10)
    assert effects.average_marginal_effect(other, "z", vcov="classical")["estimate"] == found["estimate"]


def test_cluster_effects_stay_where_they_are(folder: Path) -> None:
    spec = {"family": "poisson", "cluster_effects": True}
    fit, table = made(folder, **spec)
    likelihood, params = reference.restore(panel_record("m", PLAIN | spec, fit), folder)
    total = np.zeros(2)
    for batch in likelihood.data.batches():
        for place, z in enumerate((0.0, 1.0)):
            held = batch.with_column("z", np.full(len(batch), z))
            total[place] += np.exp(likelihood.matrix(held) @ params).sum()
    rows = sum(len(batch) for batch in likelihood.data.batches())
    assert table.loc["ame:z", "estimate"] == pytest.approx((total[1] - total[0]) / rows, rel=1e-10)

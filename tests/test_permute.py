"""Permutations of clusters in the workflow: from files to a table, and models that have none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import config, inference
from interclust.cli import counting
from interclust.config.permuted import check_permutations
from interclust.errors import ConfigError, ModelError
from interclust.models import permute as module
from interclust.models import specification
from interclust.models.formula import Formula
from interclust.models.permute import Matrices, first_periods, permute
from interclust.models.specification import panel_data, parts_of
from mrqap_worlds import node_made
from test_fit import write_periods
from test_specification import Tables

N, PERIODS = 12, 3
SPEC: dict[str, Any] = {
    "outcome": "tie",
    "family": "logit",
    "sample": None,
    "terms": ["x", "z"],
    "moderators": [["z", "x"]],
    "center": ["x"],
    "period_effects": "trend",
    "permutations": {"number": 40, "seed": 3, "within": "cohort"},
}


def panel() -> pd.DataFrame:
    """Twelve clusters in three periods: 9 to 11 come in the second, 0 leaves after it; some z are unknown."""
    rng = np.random.default_rng(4)
    x, i, j = node_made(rng, N), *np.triu_indices(N, 1)
    frames = []
    for period in range(1, PERIODS + 1):
        z, noise = node_made(rng, N), node_made(rng, N)
        values = {"x": x[i, j], "z": z[i, j], "tie": (0.4 * x + noise)[i, j] > 0.6}
        frame = pd.DataFrame({"period": period, "cluster_i": i, "cluster_j": j, **values})
        absent = [9, 10, 11] if period == 1 else [0] if period == PERIODS else []
        frames.append(frame[~frame["cluster_i"].isin(absent) & ~frame["cluster_j"].isin(absent)])
    whole = pd.concat(frames, ignore_index=True)
    whole.loc[whole.index[::17], "z"] = np.nan
    of_five = (whole["cluster_i"] == 5) | (whole["cluster_j"] == 5)
    whole.loc[of_five & (whole["period"] == 1), "z"] = np.nan
    return whole


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(specification, "CONTRACTS", Tables())
    periods = tmp_path / "features" / "periods"
    periods.mkdir(parents=True)
    write_periods(panel(), periods, N)
    return tmp_path


def test_the_table_is_that_of_the_matrices(folder: Path) -> None:
    frame = panel().dropna()
    frame["x"] -= frame["x"].mean()
    matrices = {
        name: np.full((PERIODS, N, N), np.nan) for name in ("tie", "c(x)", "z", "c(x):z", "c(period)")
    }
    columns = {
        "tie": frame["tie"],
        "c(x)": frame["x"],
        "z": frame["z"],
        "c(x):z": frame["x"] * frame["z"],
        "c(period)": frame["period"] - frame["period"].mean(),
    }
    at = (frame["period"] - 1, frame["cluster_i"], frame["cluster_j"])
    for name, values in columns.items():
        matrices[name][at] = values
    cohorts = [0] * 9 + [1] * 3
    y = matrices.pop("tie")
    expected = inference.mrqap(
        y, matrices, "logit", permutations=40, seed=3, cohorts=cohorts, untested=["c(period)"]
    ).set_index("term")
    found = permute(SPEC, folder).set_index("term")
    found.index = [{"z:c(x)": "c(x):z"}.get(term, term) for term in found.index]
    pd.testing.assert_frame_equal(found.loc[expected.index], expected, check_names=False, rtol=1e-7)
    assert found["p_value"].isna().sum() == 2  # the intercept and the trend
    fit = specification.fit_panel(SPEC, folder)
    np.testing.assert_allclose(permute(SPEC, folder)["estimate"], fit.coefficients, rtol=1e-8)


def test_the_cohort_of_a_cluster_is_its_first_period(folder: Path) -> None:
    """Whatever is missing there: cluster 5 has no z in the first period, and is of its cohort."""
    formula = parts_of(SPEC)[1]
    found = Matrices.of(formula, panel_data(SPEC, formula, folder, beside=["period"]))
    for absent in (found.outcome[0, 9:], found.outcome[2, 0], found.outcome[0, 5]):
        assert np.isnan(absent).all()
    every = panel_data(SPEC, Formula("tie", ((),)), folder, beside=["period"])
    assert first_periods(every)[found.nodes].tolist() == [1] * 9 + [2] * 3


def test_a_sample_that_cannot_bear_the_model_gives_no_row(folder: Path) -> None:
    columns = list(permute(SPEC, folder))
    frame = panel().assign(tie=False)
    write_periods(frame, folder / "features" / "periods", N)
    found = permute(SPEC, folder)
    assert found.empty
    assert list(found) == columns


def test_networks_beyond_memory_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_NUMBERS", 1000)
    with pytest.raises(ModelError, match="12 clusters in 3 periods are too many for whole matrices"):
        permute(SPEC, folder)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"outcome": "emergence"}, "the outcome emergence: dyads leave its sample with their first tie"),
    ({"outcome": "recurrence"}, "the outcome recurrence: dyads enter its sample with their first tie"),
    ({"outcome": "merger"}, "the outcome merger: pairs leave its sample once they are one"),
    ({"outcome": "list_choice"}, "the outcome list_choice: its observation is a list"),
    ({"outcome": "tie_class"}, "the outcome tie_class: its classes have no linear or logit form"),
    ({"sample": "in_emergence_risk_set"}, "the sample in_emergence_risk_set, a risk set"),
    ({"family": "cloglog"}, "the family cloglog; use linear or logit"),
    ({"cluster_effects": True}, "cluster_effects, which it knows nothing of"),
    ({"weights": "tie_weight"}, "weights, which it knows nothing of"),
]


@pytest.mark.parametrize(("change", "sentence"), REFUSED)
def test_models_without_a_permutation_test_say_why(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError, match=f"^m.yaml: permutations is set beside {sentence}"):
        check_permutations(SPEC | change, "m.yaml")
    check_permutations(SPEC | change | {"permutations": None}, "m.yaml")


def test_a_study_with_such_a_model_does_not_load(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    text = "extends: emergence_core\npermutations: {number: 100}\n"
    (tmp_path / "models" / "mine.yaml").write_text(text, encoding="utf-8")
    study = tmp_path / "s.yaml"
    study.write_text("extends: fui_synthetic\nmodels: [mine]\n", encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"models/mine.yaml: permutations is set beside the outcome emergence"
    ):
        config.load(study)


def test_progress_is_a_line_at_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    told = counting("m: permutations")
    for done in (1, 10, 11, 25, 100):
        told(done, 100)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"m: permutations: {done} of 100" for done in (10, 25, 100)]

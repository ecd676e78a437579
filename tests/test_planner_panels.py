"""The completion planner of panels: windows of calls, what tests need, the table that is quoted."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import __version__, config, effects, features, ingest, models, panel, simulate
from interclust.config.paths import project_root
from interclust.effects.planner import measured_table, plan, read_measured
from interclust.effects.planner.__main__ import main as keep
from interclust.effects.planner.of_panels import FIRST, LAST, PANELS, Told, by_period, summary
from interclust.effects.power import power
from interclust.errors import ConfigError
from interclust.io import read_json, write_csv

MODEL = "recurrence_people"
NEEDED = [
    *("log_exposure", "same_sector", "same_region", "log_distance_km", "thematic_similarity"),
    *("prior_projects", "tech_market_complementarity", "director_turnover", "director_mobility_link"),
    *("territory_overlap", "same_vocation", "national_federation_both", "agreement", "historic_rivalry"),
    *("members_ratio", "staff_min", "project_officer"),
]


def test_variance_is_that_of_the_inverse() -> None:
    rng = np.random.default_rng(1)
    root = rng.normal(size=(5, 3))
    information, g = root.T @ root * np.outer([1, 100, 0.01], [1, 100, 0.01]), rng.normal(size=3)
    assert Told.by(information).variance(g) == pytest.approx(g @ np.linalg.solve(information, g))


def test_what_a_window_says_nothing_of_has_no_error() -> None:
    """The first two parameters only by their sum, the fourth not at all; the third alone."""
    information = np.array([[1.0, 1.0, 0, 0], [1.0, 1.0, 0, 0], [0, 0, 4.0, 0], [0, 0, 0, 0]])
    told = Told.by(information)
    assert told.variance(np.array([1.0, 0, 0, 0])) == math.inf
    assert told.variance(np.array([0, 0, 0, 1.0])) == math.inf
    assert told.variance(np.array([0, 0, 1.0, 0])) == pytest.approx(0.25)
    assert told.variance(np.array([1.0, 1.0, 0, 0])) == pytest.approx(1.0)


def windows(power: list[float], enough: list[bool] | None = None, **more: Any) -> pd.DataFrame:
    """Windows of one test, one call longer each, with two projects a call."""
    n = len(power)
    head = {
        "hypothesis": "H1",
        "test": "H1",
        "model": "m",
        "effect_id": "e",
        "direction": FIRST,
        "ratio": 2.0,
    }
    calls = range(1, n + 1)
    columns = {"calls": calls, "projects": [2.0 * call for call in calls], "power": power}
    return pd.DataFrame(columns).assign(**head, enough=enough or [True] * n, **more)


@pytest.mark.parametrize(
    ("power", "enough", "calls"),
    [
        ([0.1, 0.5, 0.8, 0.9], None, 3),
        ([0.9, 0.9, 0.9, 0.9], None, 1),
        ([0.1, 0.5, 0.7, 0.79], None, None),
        ([0.1, 0.85, 0.7, 0.9], None, 4),  # not from the second on, for the third has less
        ([0.9, 0.9, 0.9, 0.9], [False, False, True, True], 3),
        ([0.9, 0.9, 0.9, 0.9], [False] * 4, None),
    ],
)
def test_the_fewest_calls_from_which_on_there_is_power(
    power: list[float], enough: list[bool] | None, calls: int | None
) -> None:
    row = summary(windows(power, enough)).iloc[0]
    assert (row["power"], row["calls_all"], row["projects_all"]) == (power[-1], 4, 8.0)
    assert pd.isna(row["calls"]) if calls is None else (row["calls"], row["projects"]) == (calls, 2.0 * calls)


def test_no_windows_make_an_empty_table() -> None:
    assert list(summary(windows([])).columns) == list(PANELS)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path, pd.DataFrame, dict]:
    """The study fui_synthetic, of its features and models those alone that H8 and H9a need."""
    study = config.load("fui_synthetic")
    study |= {
        "features": {**study["features"], "names": NEEDED},
        "models": {MODEL: study["models"][MODEL]},
        "hypotheses": {name: study["hypotheses"][name] for name in ("H8", "H9")},
        "planner": {"models": [MODEL], "ratios": [1.5, 2.0]},
    }
    folder = tmp_path_factory.mktemp("world")
    raw = folder / "simulate"
    simulate.write_tables(simulate.generate(study), study, simulate.source_folder(study), raw)
    read = ingest.run({"ingest": study["ingest"]}, raw)
    read.write(folder / "ingest")
    records = read.records
    panel.write(records, study, folder / "panel", 1)
    features.write(records, study, folder / "panel", folder / "features", 1)
    (folder / "models" / MODEL).mkdir(parents=True)
    record = models.run(MODEL, study["models"][MODEL], folder, folder / "models" / MODEL / "fit.json", 1)
    found = effects.estimate(record, folder, "complete")
    return study, folder, found, plan(study, folder, found)


def test_a_model_taken_apart_by_call_is_the_model(world: tuple[Any, ...]) -> None:
    _, folder, _, _ = world
    record = read_json(folder / "models" / MODEL / "fit.json")
    apart = by_period(record, folder, range(1, 25))
    whole = np.array(record["information"])
    assert apart.informations.sum(axis=0) == pytest.approx(whole, rel=1e-9, abs=1e-9 * np.abs(whole).max())
    assert apart.events.sum() == record["n"]["events"]
    assert apart.n_terms == 17 + 2 + 2  # terms, products, the time since the last tie and the intercept


def test_all_calls_have_the_reported_error_and_fewer_a_larger_one(world: tuple[Any, ...]) -> None:
    _, _, found, tables = world
    rows = tables["completion_windows"]
    assert set(rows["test"]) == {"H8", "H9a"}
    reported = found.set_index("effect_id")["std_error"]
    for (effect_id, direction), own in rows[rows["ratio"] == 2.0].groupby(["effect_id", "direction"]):
        own = own.sort_values("calls")
        assert own["std_error"].iloc[-1] == pytest.approx(reported[effect_id], rel=1e-9)
        errors = own["std_error"].dropna().to_numpy()
        assert (np.diff(errors) <= 1e-9).all()
        assert (np.diff(own["power"]) >= -1e-9).all()
        assert (own["first"] == 1).all() if direction == FIRST else (own["last"] == 24).all()
    assert rows.loc[(rows["direction"] == LAST) & (rows["calls"] == 24), "projects"].unique() == [1767.0]


def test_the_quoted_table_is_what_the_study_computes(world: tuple[Any, ...]) -> None:
    """``make planner`` writes the quoted table from the whole study; here two of its hypotheses again."""
    study, _, _, tables = world
    quoted = read_measured(project_root() / config.load("fui")["planner"]["measured"])
    made = measured_table(study, tables["completion_panels"], quoted["version"].iloc[0])
    own = quoted[quoted["test"].isin(made["test"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(made.reset_index(drop=True), own, rtol=1e-6, check_dtype=False)


def test_a_plan_is_kept_for_others_to_quote(world: tuple[Any, ...], tmp_path: Path) -> None:
    study, _, _, tables = world
    made = tmp_path / "fui_synthetic" / "effects" / "completion_panels.csv"
    write_csv(tables["completion_panels"], made)
    keep(["fui_synthetic", str(tmp_path / "kept.csv"), "--results", str(tmp_path)])
    kept = read_measured(tmp_path / "kept.csv")
    expected = measured_table(study, tables["completion_panels"], __version__)
    pd.testing.assert_frame_equal(kept, expected, check_dtype=False)
    with pytest.raises(SystemExit):
        keep(["fui", str(tmp_path / "kept.csv"), "--results", str(tmp_path)])


def test_another_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    for text in ("test\nH1\n", "key\n1,2\n3\n", 'test,"open\n'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match=r"has not the columns hypothesis, .*make planner") as caught:
            read_measured(path)
        assert "key" not in str(caught.value)


REFUSED = {
    "models: [list_choise]": "planner.models names list_choise, which is not among the models of the study;"
    " did you mean list_choice",
    "models: [merger]": "planner.models names merger, whose outcome merger is read from the registry",
    "models: [list_choice_mentions]": "which has no effects of bodies",
    "models: [recurrence_core]": "a panel model, but records is incomplete",
    "measured: nowhere.csv": "planner.measured: there is no file nowhere.csv; make planner writes it",
    "ratios: [1]": "planner.ratios",
    "share: 1.5": "planner.share",
    "model: [list_choice]": "planner.model",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_planned_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"extends: fui\nplanner: {{{text}}}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    assert REFUSED[text] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_complete_records_have_no_list_to_find_and_hide_no_model(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: fui\nrecords: complete\nplanner: {models: [list_choice]}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="records is complete: no list is left to be found"):
        config.load(path)
    path.write_text("extends: fui_synthetic\nplanner: {measured: README.md}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="set beside panel models of the study itself"):
        config.load(path)


def test_models_that_are_merely_inherited_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: fui_synthetic\nmodels: [emergence_moderated, ties_mrqap]\n", encoding="utf-8")
    assert config.load(path)["planner"]["models"] == ["emergence_moderated"]
    assert config.load("fui_synthetic_press")["planner"]["models"] == ["list_choice"]


@pytest.mark.parametrize("df", [5, 20, 70, 1000])
def test_power_is_a_number_and_grows_however_large_the_effect(df: int) -> None:
    found = np.array([power(effect, 1.0, df) for effect in np.arange(0.0, 60.0, 0.1)])
    assert np.isfinite(found).all()
    assert (np.diff(found) >= -1e-12).all()
    assert found[-1] == 1.0

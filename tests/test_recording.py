"""Worlds recorded as the press does: rows like the real ones, true labels, the law of what is found."""

from __future__ import annotations

import copy
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interclust import config, ingest, simulate
from interclust.errors import ConfigError
from interclust.panel import History, Tables, lists
from interclust.simulate.press.drawing import Drawing
from interclust.simulate.press.found import Found, Visibility, of_names, of_pairs
from interclust.simulate.press.slots import LIST, Form, Slot
from interclust.simulate.press.worlds import needed
from interclust.simulate.truth import generator_truth
from interclust.simulate.world import complete

RAW = config.project_root() / "data" / "raw"
DRAWS = 6_000


@pytest.fixture(scope="module")
def study() -> dict:
    return config.load("fui_synthetic_press")


@pytest.fixture(scope="module")
def recorder(study: dict) -> simulate.Recorder:
    return simulate.Recorder.of(study)


@pytest.fixture(scope="module")
def world(recorder: simulate.Recorder) -> simulate.SimulatedRecords:
    """The complete world."""
    return recorder.generator.draw(7)


@pytest.fixture(scope="module")
def recorded(recorder, world) -> simulate.SimulatedRecords:
    return recorder.record(world)


@pytest.fixture(scope="module")
def real(study: dict) -> ingest.IngestResult:
    return ingest.run(study, RAW)


# ---- the recorded world


def test_ingest_reads_the_printed_tables_as_the_records_in_memory(study, recorded, tmp_path: Path) -> None:
    simulate.write_tables(recorded, study, RAW, tmp_path)
    found = ingest.run(study, tmp_path)
    for name in found.records.names():
        pd.testing.assert_frame_equal(getattr(found.records, name), getattr(recorded.records, name))
    assert found.unresolved.empty
    assert found.quarantine.empty
    assert found.sources["url"].isna().all(), "no real page is cited for what is drawn"
    of_sources = [item for item in found.summary["checks"] if item["name"].startswith("source ")]
    assert len(of_sources) > 100
    assert all(item["ok"] for item in of_sources), "sources.csv counts what the table of projects holds"


def test_the_complete_world_of_a_seed_does_not_depend_on_its_recording(study, recorder, world) -> None:
    unasked = {**study, "simulate": {**study["simulate"], "recording": None}}
    alone = simulate.Generator.of(unasked, recorder.generator.registry).draw(7)
    for name in world.records.names():
        pd.testing.assert_frame_equal(getattr(world.records, name), getattr(alone.records, name))
    assert recorder.record(world).printed == recorder.record(world).printed


def test_rows_are_as_unequal_as_the_real_ones(recorded, real) -> None:
    mine, theirs = recorded.records.projects, real.records.projects
    assert mine["status"].value_counts().to_dict() == theirs["status"].value_counts().to_dict()
    assert mine["period"].isna().sum() == theirs["period"].isna().sum()
    alone = {
        key: table[table["n_clusters"] < 2].groupby("period").size()
        for key, table in (("m", mine), ("t", theirs))
    }
    pd.testing.assert_series_equal(alone["m"], alone["t"])
    sizes = [table.loc[table["n_clusters"] > 1, "n_clusters"].value_counts() for table in (mine, theirs)]
    pd.testing.assert_series_equal(*sizes)
    calls = [set(table.loc[table["n_clusters"] > 1, "period"].dropna()) for table in (mine, theirs)]
    assert calls[0] <= calls[1], "a call without a printed list has none here"
    shares = pd.DataFrame(recorded.truth["recording"]["resemblance"]).set_index("measure")
    assert shares.loc["bodies_named", "recorded"] == pytest.approx(45, abs=10)
    assert shares.loc["share_of_most_named", "recorded"] == pytest.approx(0.43, abs=0.12)


def test_printed_labels_are_labels_of_the_project(recorded, world) -> None:
    true = labels(world.records)
    found = labels(recorded.records)
    rows = recorded.records.projects
    own = rows[rows["list_group"].isna()]
    assert own["acronym"].is_unique
    for _, row in own.iterrows():
        printed, whole = found.get(row["acronym"], set()), true[row["acronym"]]
        assert printed <= whole
        if row["list_status"] == "complete":
            assert printed == whole
        if row["status"] == "colabel_partner_unstated":
            assert len(whole) > len(printed) == 1
    joint = rows[rows["list_group"].notna()]
    assert len({frozenset(found[acronym]) for acronym in joint["acronym"]}) == 1
    assert len(set(joint["period"])) == 1


def labels(records) -> dict[str, set[str]]:
    names = records.memberships.merge(records.projects[["project_id", "acronym"]], on="project_id")
    return names.groupby("acronym")["cluster_id"].agg(set).to_dict()


def test_a_dated_record_stands_in_the_call_of_its_project(recorded, world) -> None:
    true = world.records.projects.set_index("acronym")["period"]
    mine = recorded.records.projects.dropna(subset=["period"]).set_index("acronym")["period"]
    pd.testing.assert_series_equal(mine, true[mine.index], check_dtype=False)


def test_lists_go_into_the_sets_of_list_models(study, recorded) -> None:
    found = lists(recorded.records, study)
    assert Counter(found["set"]) == {"strict": 35, "broad": 2, "joint": 1}
    assert (found["period"].isna()).sum() == 8


# ---- the law


def small_form(*slots: Slot, n: int = 5) -> Form:
    return Form(slots, np.zeros((len(slots), n), dtype=int))


def slot(kind: str, size: int, calls: tuple[int, ...] = (1,), *, dated: bool = True) -> Slot:
    cells = {"source": "s", "call": str(calls[0]) if dated else ""}
    return Slot(cells, kind, kind, size, calls, dated, group="", with_lead=False)


def small_world(visibility: np.ndarray) -> Found:
    """Every pair of five bodies as a project of call 1, and as many of call 2."""
    pairs = list(combinations(range(5), 2))
    period = np.repeat([1, 2], len(pairs))
    of_list = np.array([visibility[list(pair)].sum() for pair in pairs * 2])
    return Found(period, tuple(pairs * 2), of_list)


SEEN = Visibility(np.array([1.0, 2.0, 3.0, 4.0, 0.5]), np.array([1.0, 1.0, 2.0, 1.0, 1.0]), focus=0.8)


def chi_square_p(drawn: list, expected: dict) -> float:
    from scipy.stats import chisquare

    total, count = sum(expected.values()), Counter(drawn)
    assert set(count) <= set(expected)
    found = [count[key] for key in expected]
    return float(chisquare(found, [len(drawn) * value / total for value in expected.values()]).pvalue)


def test_a_list_is_found_in_proportion_to_its_visibility() -> None:
    found, rng = small_world(SEEN.of_lists), np.random.default_rng(3)
    form = small_form(slot(LIST, 2), slot(LIST, 2), slot(LIST, 2, (2,)))
    drawn = []
    for _ in range(DRAWS):
        record = Drawing(form, found, SEEN, 0.0, rng).list_of(form.slots[0])
        drawn.append((int(found.period[record.project]), record.names))
    weight = SEEN.mentions / SEEN.expected
    calls = {1: 2, 2: 1}  # dated rows of the form: the term of the call
    expected = {
        (call, pair): rows * weight[list(pair)].prod()
        for call, rows in calls.items()
        for pair in combinations(range(5), 2)
    }
    assert chi_square_p(drawn, expected) > 0.01


def test_single_names_are_found_and_printed_by_their_visibility() -> None:
    found, rng = small_world(SEEN.of_lists), np.random.default_rng(4)
    form = small_form(slot("unknown", 1))
    weight = SEEN.mentions / SEEN.expected
    drawn = []
    for _ in range(DRAWS):
        record = Drawing(form, found, SEEN, 0.0, rng).names_of(form.slots[0])
        drawn.append((found.members[record.project], record.names[0]))
    expected = {(pair, body): weight[body] for pair in combinations(range(5), 2) for body in pair}
    assert chi_square_p(drawn, expected) > 0.01


def test_a_source_mostly_names_its_own() -> None:
    share = np.exp(SEEN.of_source(np.array([0, 0, 0, 0, 9]))) * SEEN.expected
    np.testing.assert_allclose(share.sum(), 1.0)
    assert share[4] == pytest.approx(0.8 + 0.2 * 0.5 / 10.5)
    np.testing.assert_allclose(
        np.exp(SEEN.of_source(np.zeros(5))) * SEEN.expected, SEEN.mentions / SEEN.mentions.sum()
    )


def test_a_lost_label_leaves_one_out_of_a_longer_list() -> None:
    period, members = np.ones(2, dtype=int), ((0, 1, 2), (3, 4))
    form = small_form(slot(LIST, 2))
    record = Drawing(form, Found(period, members, np.zeros(2)), SEEN, 1.0, np.random.default_rng(1)).records()
    assert record[0].project == 0
    assert len(record[0].names) == 2


def test_none_is_found_twice_and_too_few_projects_are_a_sentence() -> None:
    form = small_form(*[slot("none", 0)] * 10)
    drawing = Drawing(form, small_world(SEEN.of_lists), SEEN, 0.0, np.random.default_rng(1))
    assert len({record.project for record in drawing.records()}) == 10
    with pytest.raises(ConfigError, match="no project is left for a row of status none"):
        drawing.records()


def test_names_of_a_project_add_up() -> None:
    found = Found(np.ones(2, dtype=int), ((0, 1, 2), (4,)), np.zeros(2))
    np.testing.assert_allclose(np.exp(of_names(found, np.log([1.0, 2, 3, 4, 5]))), [6.0, 5.0])


def test_selectivity_is_the_log_ratio_of_every_pair(recorder, world) -> None:
    from interclust import features

    records, study = world.records, recorder.generator.study
    whole = records.memberships.groupby("project_id")["cluster_id"].agg(list)
    at = np.flatnonzero(records.projects["n_clusters"].to_numpy() >= 3)[:4]
    number = {cluster: place for place, cluster in enumerate(records.clusters["cluster_id"])}
    members = tuple(
        tuple(number[name] for name in whole[records.projects["project_id"].iloc[place]]) for place in at
    )
    period = records.projects["period"].to_numpy(dtype=int)[at]
    added = of_pairs(records, study, period, members, {"same_region": 0.7})
    for got, when, own in zip(added, period, members, strict=True):
        history = History.before(Tables.of(records, study), int(when))
        i, j = np.array(list(combinations(sorted(own), 2))).T
        same = features.columns(history, i, j, ["same_region"])["same_region"]
        assert got == pytest.approx(0.7 * np.nansum(same))
    assert (added != 0).any()
    assert not of_pairs(records, study, period, members, {}).any()


def test_selectivity_prints_more_lists_of_one_region(recorder, world, recorded) -> None:
    strong = recorder.record(world, {"selectivity": {"same_region": 5.0}})
    assert strong.truth["recording"]["selectivity"] == {"same_region": 5.0}
    inside = [_within_a_region(item.records) for item in (strong, recorded)]
    assert inside[0] > inside[1]


def _within_a_region(records) -> int:
    region = records.clusters.set_index("cluster_id")["region"]
    named = records.memberships.merge(records.projects, on="project_id")
    named = named[named["n_clusters"] > 1]
    regions = named["cluster_id"].map(region).groupby(named["project_id"]).agg(set)
    return sum(len(own) == 1 for own in regions)


# ---- settings and truth


def test_the_truth_of_the_headline_is_the_generator(study) -> None:
    rows = generator_truth("list_choice", study["models"]["list_choice"], study["simulate"]["coefficients"])
    assert {row["term"]: row["truth"] for row in rows} == study["simulate"]["coefficients"]


def test_the_complete_world_has_whole_lists(study, world) -> None:
    found = lists(world.records, complete(study))
    assert len(found) == (world.records.projects["n_clusters"] > 1).sum()
    assert complete(config.load("fui_synthetic")) == config.load("fui_synthetic")


def test_the_world_is_calibrated_as_the_complete_study(study) -> None:
    other = config.load("fui_synthetic")["simulate"]
    own = study["simulate"]
    assert own["composition"] == other["composition"]
    assert own["published"].items() <= other["published"].items()


def test_features_that_models_name(study) -> None:
    specs = {name: study["models"][name] for name in ("list_choice", "emergence_firth")}
    proximities = ["same_region", "same_sector", "tech_market_complementarity"]
    assert needed({"models": specs}) == ["log_exposure", *proximities]


def test_a_misspelt_recording_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = "extends: fui_synthetic_press\nsimulate: {recording: {lost_label: 0.2}}\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="lost_label"):
        config.load(path)


def test_rows_that_make_one_project_are_refused(study, tmp_path: Path) -> None:
    double = copy.deepcopy(study)
    for name in config.raw_files(study["ingest"]):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((RAW / name).read_bytes())
    projects = tmp_path / "fui" / "projects.csv"
    text = projects.read_text(encoding="utf-8")
    projects.write_text(text + text.splitlines()[1] + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"216 rows of fui/projects\.csv make 215 projects"):
        Form.read(double, tmp_path)


def test_files_of_other_simulated_studies_are_left_empty(tmp_path: Path) -> None:
    import importlib.util

    source = config.project_root() / "workflow" / "scripts" / "simulate_records.py"
    spec = importlib.util.spec_from_file_location("simulate_records", source)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written, missing = tmp_path / "written.csv", tmp_path / "missing.csv"
    written.write_text("a\n", encoding="utf-8")
    script.touch([str(written), str(missing)])
    assert written.read_text(encoding="utf-8") == "a\n"
    assert missing.read_bytes() == b""

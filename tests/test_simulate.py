"""Simulated worlds: exact draws, published totals, determinism, no look-ahead, and their truth."""

from __future__ import annotations

import copy
import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interclust import config, ingest, models, simulate
from interclust.errors import ConfigError
from interclust.numerics.subsets import SubsetLaw, openings
from interclust.simulate.sizes import colabelled_shares, quotas
from interclust.simulate.truth import covariance_of_worlds, generator_truth, pseudo_truth
from interclust.simulate.world import draw_period

RAW = config.project_root() / "data" / "raw"
DRAWS = 20_000


# ---- lists from their law


def small_law(m: int, n: int = 7) -> SubsetLaw:
    rng = np.random.default_rng(11)
    proximity = rng.normal(size=(n, n))
    return SubsetLaw(rng.normal(size=n), proximity + proximity.T, m)


def brute_force(law: SubsetLaw) -> dict[tuple[int, ...], float]:
    weights = {
        chosen: float(
            np.exp(
                sum(law.strength[i] for i in chosen)
                + sum(law.proximity[i, j] for i, j in combinations(chosen, 2))
            )
        )
        for chosen in combinations(range(len(law.strength)), law.m)
    }
    return {chosen: weight / sum(weights.values()) for chosen, weight in weights.items()}


def chi_square_p(drawn: np.ndarray, expected: dict[tuple[int, ...], float]) -> float:
    from scipy.stats import chisquare

    found = pd.Series([tuple(row) for row in drawn.tolist()]).value_counts()
    counts = [int(found.get(chosen, 0)) for chosen in expected]
    assert sum(counts) == len(drawn), "every draw is a subset of distinct bodies in increasing order"
    return float(chisquare(counts, [len(drawn) * p for p in expected.values()]).pvalue)


@pytest.mark.parametrize("m", [1, 2, 3, 4, 5, 6])
def test_lists_come_as_often_as_their_law_says(m: int) -> None:
    law = small_law(m)
    drawn = law.draw(np.random.default_rng(m), DRAWS, exact_to=6)
    assert chi_square_p(drawn, brute_force(law)) > 0.01


@pytest.mark.parametrize("m", [3, 5])
def test_swaps_have_the_law_as_their_limit(m: int) -> None:
    law = small_law(m)
    drawn = law.draw(np.random.default_rng(m), 5_000, exact_to=2)
    assert chi_square_p(drawn, brute_force(law)) > 0.01


@pytest.mark.parametrize("m", [1, 2, 3, 4, 5])
def test_inclusion_and_total_equal_enumeration(m: int) -> None:
    law = small_law(m)
    expected = np.zeros(7)
    for chosen, p in brute_force(law).items():
        expected[list(chosen)] += p
    np.testing.assert_allclose(law.inclusion(), expected, rtol=1e-12)
    step = 1e-5
    up, down = (SubsetLaw(law.strength + np.eye(7)[2] * d, law.proximity, m) for d in (step, -step))
    assert (up.log_total - down.log_total) / (2 * step) == pytest.approx(expected[2], rel=1e-7)


def test_without_effects_every_pair_is_as_likely() -> None:
    law = SubsetLaw(np.zeros(9), np.zeros((9, 9)), 2)
    drawn = law.draw(np.random.default_rng(3), DRAWS)
    assert chi_square_p(drawn, dict.fromkeys(combinations(range(9), 2), 1 / 36)) > 0.01


def test_openings_are_all_subsets_by_their_last_member() -> None:
    found = openings(8, 3)
    assert {tuple(row) for row in found.tolist()} == set(combinations(range(8), 3))
    assert (np.diff(found[:, -1]) >= 0).all()


# ---- sizes


def test_shares_pass_through_the_published_totals() -> None:
    periods, projects = np.arange(1, 25), np.linspace(100, 40, 24)
    anchors = [{"first": 1, "last": 8, "n": 448, "of": 794}, {"first": 23, "last": 23, "n": 43, "of": 55}]
    share = colabelled_shares(periods, projects, anchors)
    assert np.average(share[:8], weights=projects[:8]) == pytest.approx(448 / 794)
    assert share[22] == pytest.approx(43 / 55)
    assert (np.diff(share) > 0).all()


def test_quotas_sum_to_the_total() -> None:
    assert quotas(43, np.array([0.62, 0.264, 0.093, 0.023])).tolist() == [27, 11, 4, 1]
    assert quotas(0, np.array([0.5, 0.5])).tolist() == [0, 0]


# ---- a short world on the real registry


@pytest.fixture(scope="module")
def study() -> dict:
    """Five calls of the synthetic study."""
    short = copy.deepcopy(config.load("fui_synthetic"))
    short["panel"]["last"] = short["ingest"]["periods"]["last"] = 5
    settings = short["simulate"]
    settings["published"] = {"colabelled": [{"first": 1, "last": 5, "n": 448, "of": 794}]}
    settings["contacts"]["periods"] = [4, 5]
    return short


@pytest.fixture(scope="module")
def generator(study: dict) -> simulate.Generator:
    return simulate.Generator.of(study)


@pytest.fixture(scope="module")
def world(generator: simulate.Generator) -> simulate.SimulatedRecords:
    return generator.draw(7)


def test_same_seed_same_world(generator, world) -> None:
    again, other = generator.draw(7), generator.draw(8)
    for name in world.records.names():
        pd.testing.assert_frame_equal(getattr(world.records, name), getattr(again.records, name))
    assert again.truth == world.truth
    assert not world.records.memberships.equals(other.records.memberships)


def test_lists_hold_distinct_active_bodies(world) -> None:
    records = world.records
    members = records.memberships.merge(records.projects, on="project_id").merge(
        records.clusters, on="cluster_id"
    )
    members = members.merge(records.periods[["period", "reference"]], on="period")
    assert not members.duplicated(["project_id", "cluster_id"]).any()
    assert set(members["kind"]) == {"pole"}
    assert (members["active_from"] <= members["reference"]).all()
    assert (members["active_to"].isna() | (members["active_to"] > members["reference"])).all()
    assert (members.groupby("project_id").size() == members.groupby("project_id")["n_clusters"].first()).all()
    assert (members.groupby("project_id")["role"].agg(lambda roles: (roles == "lead").sum()) == 1).all()


def test_ingest_reads_the_printed_tables_as_they_were_drawn(study, world, tmp_path: Path) -> None:
    simulate.write_tables(world, study, RAW, tmp_path)
    found = ingest.run(study, tmp_path)
    assert found.unresolved.empty
    assert found.quarantine.empty
    assert set(found.conflicts["rule"]) <= {"both kept: both active"}, "a body may meet its later successor"
    for name in found.records.names():
        pd.testing.assert_frame_equal(getattr(found.records, name), getattr(world.records, name))


def test_a_period_is_drawn_from_what_came_before_it(study, generator, world) -> None:
    strength = np.array(list(world.truth["cluster_effects"].values()))
    projects = world.records.projects
    drawn = [
        draw_period(study, records, 4, generator.counts[4], strength, 7)
        for records in (world.records, earlier(world.records, 4))
    ]
    assert drawn[0] == drawn[1]
    assert len(drawn[0].lists) == (projects["period"] == 4).sum()


def earlier(records, period: int):
    from dataclasses import replace

    projects = records.projects[records.projects["period"] < period].reset_index(drop=True)
    kept = records.memberships["project_id"].isin(projects["project_id"])
    return replace(records, projects=projects, memberships=records.memberships[kept].reset_index(drop=True))


def test_the_score_of_the_law_is_zero_at_the_truth(generator) -> None:
    """Mean of a feature over drawn lists = derivative of the log total, within Monte-Carlo error."""
    from interclust.panel import History
    from interclust.simulate.utility import pair_utility

    history = History.before(generator.registry, 3, generator.study)
    n = len(history.active_numbers)
    strength = generator.strengths(1)[history.active_numbers]
    utility = pair_utility(history, generator.study["simulate"]["coefficients"])
    sector = pair_utility(history, {"same_sector": 1.0})
    means = [
        SubsetLaw(strength, utility + step * sector, 3).log_total / (2 * abs(step)) * np.sign(step)
        for step in (1e-4, -1e-4)
    ]
    drawn = SubsetLaw(strength, utility, 3).draw(np.random.default_rng(5), 4000)
    found = sum(sector[drawn[:, a], drawn[:, b]] for a, b in combinations(range(3), 2))
    assert n > 60
    assert abs(found.mean() - sum(means)) < 3.5 * found.std() / np.sqrt(len(found))


def test_a_list_longer_than_the_bodies_is_refused(study, generator) -> None:
    with pytest.raises(ConfigError, match="a list of 99 cannot be drawn in period 3"):
        draw_period(study, generator.registry, 3, {99: 1}, np.zeros(len(generator.registry.clusters)), 1)


def test_an_unknown_body_is_named(study, generator) -> None:
    wrong = copy.deepcopy(study)
    wrong["simulate"]["published"]["projects_named"] = [
        {"cluster": "Systematique", "first": 1, "last": 5, "n": 30}
    ]
    with pytest.raises(ConfigError, match="no body 'Systematique'"):
        simulate.Generator.of(wrong, generator.registry)


# ---- the world of the study


@pytest.fixture(scope="module")
def full() -> simulate.SimulatedRecords:
    return simulate.generate(config.load("fui_synthetic"))


def test_as_many_projects_as_the_calls_financed(full) -> None:
    with (RAW / "fui" / "calls.csv").open(encoding="utf-8", newline="") as file:
        calls = [row for row in csv.DictReader(file) if row["projects_low"]]
    published = {
        int(row["aap"]): round((int(row["projects_low"]) + int(row["projects_high"])) / 2) for row in calls
    }
    found = full.records.projects.groupby("period").size()
    assert {int(period): int(count) for period, count in found.items()} == published


def test_the_world_is_close_to_the_published_totals(full) -> None:
    table = pd.DataFrame(full.truth["closeness"]).set_index(["measure", "of"]).sort_index()
    exact = table.loc[["share_more_than_three", "projects_financed"]]
    assert (exact["published"] - exact["simulated"]).abs().max() < 1e-3
    shares = table.loc["share_colabelled"]
    assert (shares["published"] - shares["simulated"]).abs().max() < 0.005
    involved = table.loc["clusters_involved"].mean()
    assert involved["simulated"] == pytest.approx(involved["published"], rel=0.12)


def test_published_totals_are_those_of_the_raw_tables() -> None:
    published = config.load("fui_synthetic")["simulate"]["published"]
    calls = pd.read_csv(RAW / "fui" / "calls.csv")
    involved = calls.dropna(subset=["poles_involved"]).set_index("aap")["poles_involved"].astype(int)
    assert published["clusters_involved"] == {str(call): count for call, count in involved.items()}
    totals = pd.read_csv(RAW / "fui" / "aggregates.csv")
    named = totals[(totals["topic"] == "projects per pole") & (totals["scope"] == "AAP1-AAP24")]
    whole = [item["n"] for item in published["projects_named"] if item["last"] == 24]
    assert sorted(whole) == sorted(named["value_num"].astype(int))


def test_a_misspelt_setting_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: fui_synthetic\nsimulate: {truth_world: 3}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="truth_world"):
        config.load(path)


# ---- truth


def test_truth_of_the_list_model_is_the_generator() -> None:
    coefficients = {"a": 0.7, "a:b": 0.5, "c": 0.0}
    spec = {"outcome": "list_choice", "terms": ["a", "c"], "moderators": [["b", "a"]]}
    rows = {row["term"]: row["truth"] for row in generator_truth("list_choice", spec, coefficients)}
    assert rows == {"a": 0.7, "c": 0.0, "b:a": 0.5}
    assert generator_truth("list_choice", {"terms": ["a", "c"]}, coefficients) == []


def stacked_logit(worlds: int = 12, rows: int = 400) -> pd.DataFrame:
    """Rows that share a shock of their world."""
    rng = np.random.default_rng(2)
    world = np.repeat(np.arange(worlds), rows)
    x = rng.normal(size=len(world)) + rng.normal(size=worlds)[world]
    y = rng.random(len(world)) < 1 / (1 + np.exp(1 - 0.5 * x - rng.normal(size=worlds)[world]))
    i = rng.integers(0, 30, len(world))
    return pd.DataFrame({"world": world, "x": x, "tie": y, "cluster_i": i, "cluster_j": i + 1, "flag": True})


def test_error_of_the_truth_agrees_with_leaving_worlds_out() -> None:
    frame = stacked_logit()
    fitted = models.fit("tie ~ x", frame, family="logit")
    left_out = np.array(
        [models.fit("tie ~ x", frame[frame["world"] != w], family="logit").coefficients for w in range(12)]
    )
    jackknife = 11 / 12 * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)
    ours = np.diag(covariance_of_worlds(fitted, frame["world"].to_numpy()))
    np.testing.assert_allclose(np.sqrt(ours), np.sqrt(jackknife), rtol=0.25)


def test_pseudo_true_values_are_the_fit_on_all_worlds() -> None:
    frame = stacked_logit()
    spec = {"outcome": "tie", "sample": "flag", "family": "logit", "terms": ["x"]}
    rows = pseudo_truth("some", spec, frame)
    assert [row["term"] for row in rows] == ["Intercept", "x"]
    assert {row["truth_kind"] for row in rows} == {"pseudo_true"}
    expected = models.fit("tie ~ x", frame, family="logit").coefficients
    np.testing.assert_allclose([row["truth"] for row in rows], expected)
    assert all(row["mc_error"] > 0 for row in rows)

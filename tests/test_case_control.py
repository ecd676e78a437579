"""Case-control sampling of dyads: whole histories kept, known chances, and models that heed them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import features, models, panel
from interclust.contracts import CONTRACTS
from interclust.effects.estimate import estimate
from interclust.errors import ConfigError, ContractError, ModelError
from interclust.features.describe import write_description
from interclust.models.hidden import visibility
from interclust.models.joint import Estimate, joint
from interclust.models.reference import check
from interclust.panel import describe
from interclust.panel.blocks import Block, Store, frame
from interclust.panel.sampling import drawn_partners
from interclust.records import Records
from worlds import random_world, records

KEY = ["period", "cluster_i", "cluster_j"]
PAIR = ["cluster_i", "cluster_j"]
SHARE, SEED = 0.2, 7
SAMPLED = {"case_control": {"share": SHARE, "seed": SEED}}
BODIES = 380  # two shards
MODEL = {
    "outcome": "emergence",
    "sample": "in_emergence_risk_set",
    "family": "logit",
    "terms": ["same_region", "log_exposure"],
    "center": ["log_exposure"],
    "covariance": "dyadic_jackknife",
}
RELOGIT = MODEL | {"relogit": {"prevalence": "sampling"}}


@cache
def world() -> Records:
    """380 bodies in two regions, three periods; pairs of one region meet more often."""
    rng = np.random.default_rng(11)
    names = [f"b{k:03d}" for k in range(BODIES)]
    region = rng.integers(0, 2, BODIES)
    bodies = [
        {"cluster_id": name, "region": ["North", "South"][region[k]]}
        | {"active_from": "2005-01-01" if k % 9 else "2009-06-01"}
        for k, name in enumerate(names)
    ]
    projects = []
    for number in range(900):
        lead = int(rng.integers(BODIES))
        near = region == region[lead] if rng.random() < 0.7 else np.ones(BODIES, dtype=bool)
        others = rng.choice(np.flatnonzero(near), int(rng.integers(1, 3)))
        members = sorted({names[lead], *(names[k] for k in others)})
        projects.append({"members": members, "period": 1 + number % 3, "list_status": "complete"})
    return records(bodies, projects, {1: "2009-01-01", 2: "2010-01-01", 3: "2011-01-01"})


@cache
def whole() -> pd.DataFrame:
    return features.table(world(), ["same_region", "common_partners"]).set_index(KEY)


@cache
def some() -> pd.DataFrame:
    return features.table(world(), ["same_region", "common_partners"], SAMPLED).set_index(KEY)


def pairs(table: pd.DataFrame) -> set[tuple[int, int]]:
    return set(table.reset_index()[PAIR].itertuples(index=False, name=None))


def test_rows_are_those_of_the_full_panel() -> None:
    kept = some()
    assert 0 < len(kept) < 0.3 * len(whole())
    plain = kept.drop(columns=["sampling_weight", "in_subcohort"])
    pd.testing.assert_frame_equal(plain, whole().loc[kept.index])
    CONTRACTS["panel/sampled_periods"].check(frame(panel.build(world(), SAMPLED)))


def test_histories_are_whole() -> None:
    chosen = pd.MultiIndex.from_frame(whole().reset_index()[PAIR]).isin(pairs(some()))
    assert int(chosen.sum()) == len(some())


def test_ties_are_all_there_with_weight_one() -> None:
    tied = whole()[whole()["tie"] | whole()["in_recurrence_risk_set"]]
    found = some().loc[tied.index]  # KeyError if one is not there
    assert (found["sampling_weight"] == 1).all()
    ever = pairs(tied)
    rest = ~pd.MultiIndex.from_frame(some().reset_index()[PAIR]).isin(ever)
    assert (some()["sampling_weight"][rest] == 1 / SHARE).all()
    assert some()["in_subcohort"][rest].all()


def test_the_share_is_that_of_independent_draws() -> None:
    """Among dyads with a tie as among others, and in every row of the triangle."""
    n = BODIES * (BODIES - 1) // 2
    counts = [len(drawn_partners(SEED, SHARE, i, BODIES)) for i in range(BODIES)]
    assert abs(sum(counts) - n * SHARE) < 4 * np.sqrt(n * SHARE * (1 - SHARE))
    room = BODIES - 1 - np.arange(BODIES)
    z = (counts - room * SHARE)[:-1] / np.sqrt(room * SHARE * (1 - SHARE))[:-1]
    assert abs((z**2).mean() - 1) < 4 * np.sqrt(2 / len(z))
    dyads = some().reset_index().drop_duplicates(PAIR)
    tied = dyads["sampling_weight"] == 1
    drawn = dyads.loc[tied, "in_subcohort"]
    assert abs(drawn.mean() - SHARE) < 4 * np.sqrt(SHARE * (1 - SHARE) / tied.sum())


def slowly_drawn(seed: int, share: float, i: int, n: int) -> list[int]:
    """The same draws one by one, from the first numbers of the generator's documented stream."""
    bits = np.random.Philox(key=seed, counter=[0, i, 0, 0]).random_raw(n).tolist()
    found, j = [], i
    for word in bits:
        uniform = ((word >> 11) + 0.5) / 2**53
        j += 1 + int(math.log(uniform) / math.log1p(-share))
        if j >= n:
            return found
        found.append(j)
    raise AssertionError("too few numbers")


def test_draws_do_not_depend_on_who_follows_nor_change() -> None:
    long = drawn_partners(1, 0.1, 3, 5000)
    assert long.tolist() == slowly_drawn(1, 0.1, 3, 5000)
    for n in (4, 5, 40, 900):
        assert drawn_partners(1, 0.1, 3, n).tolist() == long[long < n].tolist()
    assert drawn_partners(2, 0.1, 3, 5000).tolist() != long.tolist()
    assert drawn_partners(1, 0.1, 4, 5001).tolist() != (long + 1).tolist()


def test_draws_of_two_dyads_are_independent() -> None:
    """Same distance, same place in a list, neighbours: no correlation between rows of the triangle."""
    drawn = np.zeros((400, 800))
    for i in range(400):
        drawn[i, drawn_partners(5, 0.3, i, i + 801) - i - 1] = 1
    flat = drawn - 0.3
    for a, b in ((flat[1:], flat[:-1]), (flat[:, 1:], flat[:, :-1]), (flat[1:, :-1], flat[:-1, 1:])):
        assert abs((a * b).mean()) < 4 * 0.3 * 0.7 / np.sqrt(a.size)


@pytest.mark.parametrize("setting", [{"first": 2}, {"last": 2}, {"min_projects": 3}, {"burn_in": 1}])
def test_the_draw_heeds_no_other_setting(setting: dict[str, Any]) -> None:
    table = frame(panel.build(world(), SAMPLED | setting)).set_index(KEY)
    both = table.index.intersection(some().index)
    assert (table.loc[both, "in_subcohort"] == some().loc[both, "in_subcohort"]).all()
    alone = table.index.difference(some().index)
    assert len(alone) == 0
    drawn = some()[some()["in_subcohort"]]
    left = drawn.index.intersection(frame(panel.build(world(), setting)).set_index(KEY).index)
    assert table.loc[left, "in_subcohort"].all()


@pytest.mark.parametrize("seed", range(6))
def test_inherited_ties_are_kept(seed: int) -> None:
    """In worlds with mergers every row at risk of recurrence is there."""
    full = frame(panel.build(random_world(seed))).set_index(KEY)
    kept = frame(panel.build(random_world(seed), {"case_control": {"share": 0.01}})).set_index(KEY)
    again = full[full["in_recurrence_risk_set"] | full["tie"]]
    assert again.index.isin(kept.index).all()
    plain = kept.drop(columns=["sampling_weight", "in_subcohort"])
    pd.testing.assert_frame_equal(plain, full.loc[kept.index])


def test_weighted_totals_are_near_those_of_all_dyads() -> None:
    weights = some()["sampling_weight"]
    for column in ("tie", "same_region", "common_partners", "log_exposure"):
        total, found = float(whole()[column].sum()), float((weights * some()[column]).sum())
        # a dyad's rows are in or out together
        own = (weights * some()[column]).groupby(PAIR).sum()
        drawn = weights.groupby(PAIR).first() > 1
        error = np.sqrt(float((own[drawn] ** 2).sum()) * (1 - SHARE))
        assert abs(found - total) <= 4 * error, column
    assert float((weights * some()["tie"]).sum()) == whole()["tie"].sum()


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sampled study's folder as far as the features."""
    folder = tmp_path_factory.mktemp("sampled")
    world().write(folder / "ingest")
    build(folder, SAMPLED, threads=2)
    return folder


@pytest.fixture(scope="module")
def full_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with all dyads."""
    folder = tmp_path_factory.mktemp("full")
    world().write(folder / "ingest")
    build(folder, {})
    return folder


def build(folder: Path, settings: dict[str, Any], threads: int = 1) -> None:
    chosen = {"panel": settings, "features": {"names": ["same_region", "common_partners"], "lists": False}}
    panel.write(world(), chosen, folder / "panel", threads)
    features.write(world(), chosen, folder / "panel", folder / "features", threads)


def test_files_are_the_same_whatever_the_threads(study: Path, tmp_path: Path) -> None:
    build(tmp_path, SAMPLED)
    for path in sorted(study.glob("*/**/*.parquet")):
        other = tmp_path / path.relative_to(study)
        if "ingest" not in path.parts:
            assert path.read_bytes() == other.read_bytes(), path.name
    assert Store.open(study / "panel" / "periods").n_shards == 2


def test_bodies_that_are_never_at_risk_are_not_drawn_whatever_the_shards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bodies, kinds = random_world(3, n=24), {"eligible_kinds": ["pole"]}
    assert 2 < int((bodies.clusters["kind"] == "pole").sum()) < 24
    sampled = kinds | {"case_control": {"share": 0.5, "seed": 3}}
    every, drawn = (set_of(panel.build(bodies, settings)) for settings in (kinds, sampled))
    assert drawn < every
    for module in ("pairs", "sampling"):
        monkeypatch.setattr(f"interclust.panel.{module}.SHARD", 7)
    assert set_of(panel.build(bodies, sampled)) == drawn


def set_of(blocks: Iterable[Block]) -> set[tuple[int, ...]]:
    return {tuple(row) for row in frame(blocks)[KEY].to_numpy().tolist()}


def test_a_sampled_table_is_not_taken_for_a_full_one(study: Path) -> None:
    with pytest.raises(ContractError, match="sampled_dyads"):
        CONTRACTS["panel/dyads"].read(study / "panel" / "dyads.parquet")
    dyads = CONTRACTS["panel/sampled_dyads"].read(study / "panel" / "dyads.parquet")
    assert pairs(dyads) == pairs(some())
    assert (dyads.loc[dyads["n_projects"] > 0, "sampling_weight"] == 1).all()
    assert (dyads["sampling_weight"] == 1 / SHARE).mean() > 0.5


def test_the_flow_says_what_was_left_out(study: Path) -> None:
    flow = {step["step"]: step for step in json.loads((study / "panel" / "flow.json").read_text())}
    assert flow["rows"]["kept"] == len(whole())
    assert flow["rows_sampled"]["kept"] == len(some())
    assert flow["rows_sampled"]["left"] == len(whole()) - len(some())
    assert flow["rows_tied"]["kept"] == int(whole()["tie"].sum())


def test_descriptions_are_estimates_of_all_dyads(study: Path, full_study: Path) -> None:
    """Means, correlations and rates are those of all dyads within what sampling a fifth leaves open."""
    moments = [json.loads((at / "features" / "moments.json").read_text()) for at in (study, full_study)]
    for name in ("same_region", "common_partners", "log_exposure"):
        found, true = (item[name]["rows"] for item in moments)
        assert abs(found["mean"] - true["mean"]) < 0.03 * true["sd"]
        assert found["sd"] == pytest.approx(true["sd"], rel=0.03)
    tables = []
    for at in (study, full_study):
        write_description(at / "features")
        describe.write(world(), {}, at / "panel")
        correlations = pd.read_csv(at / "features" / "correlations.csv")
        transitions = pd.read_csv(at / "panel" / "describe" / "transitions.csv")
        tables.append((correlations["correlation"], transitions["rate"], transitions))
    np.testing.assert_allclose(tables[0][0], tables[1][0], atol=0.05)
    np.testing.assert_allclose(tables[0][1], tables[1][1], rtol=0.03)
    assert tables[0][2]["reading"].str.contains("estimated").all()
    gaps = [pd.read_csv(at / "panel" / "describe" / "gaps.csv") for at in (study, full_study)]
    pd.testing.assert_frame_equal(*gaps)


@cache
def fitted(folder: Path, *changes: tuple[str, Any]) -> dict[str, Any]:
    spec = MODEL | {key: json.loads(value) for key, value in changes}
    return models.run("m", spec, folder, folder / "fit.json")


def told(record: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and their standard errors."""
    values = np.array([row["estimate"] for row in record["params"]])
    return values, np.sqrt(np.diag(record["vcov"]["dyadic_jackknife"]["matrix"]))


BY_SAMPLING = ("relogit", json.dumps(RELOGIT["relogit"]))


@pytest.mark.parametrize(
    "changes",
    [
        (),
        (("family", '"cloglog"'),),
        (("outcome", '"n_projects"'), ("sample", "null"), ("family", '"poisson"')),
        (BY_SAMPLING,),
        (("relogit", '{"prevalence": "sampling", "method": "weighting"}'),),
    ],
)
def test_models_find_what_all_dyads_tell(study: Path, full_study: Path, changes: tuple[Any, ...]) -> None:
    found = fitted(study, *changes)
    plain = tuple(item for item in changes if item[0] != "relogit")
    (b, error), (beta, least) = told(found), told(fitted(full_study, *plain))
    between = np.sqrt(np.maximum(error**2 - least**2, (0.2 * least) ** 2))
    assert np.all(np.abs(b - beta) < 3 * between)
    assert np.all(error > 0.9 * least)
    assert check(found, study)["score_norm"] < 1e-6
    ames = [
        estimate(record, at, "complete").set_index("effect_id")["estimate"]["ame:same_region"]
        for record, at in ((found, study), (fitted(full_study, *plain), full_study))
    ]
    assert ames[0] == pytest.approx(ames[1], rel=0.25)


def test_what_the_sampling_settles_is_recorded(study: Path) -> None:
    spec = fitted(study)["spec"]
    assert spec["weights"] == "sampling_weight"
    assert spec["case_control"] == {"share": SHARE, "seed": SEED}
    assert [item["code"] for item in fitted(study)["checks"]] == ["sampled"]
    product = fitted(study, ("weights", '"tie_weight"'))
    assert product["spec"]["weights"] == "tie_weight * sampling_weight"
    assert told(product)[0] == pytest.approx(told(fitted(study))[0])  # no large project: tie weights are 1
    rare = fitted(study, BY_SAMPLING)
    assert rare["spec"].get("weights") is None
    at_risk = whole()[whole()["in_emergence_risk_set"]]
    assert rare["relogit"]["prevalence"] == pytest.approx(at_risk["tie"].mean(), rel=0.02)
    sampled = some()[some()["in_emergence_risk_set"]]
    assert rare["n"]["rows"] == int((sampled["tie"] | sampled["in_subcohort"]).sum())
    alone = joint([Estimate.of_record(rare, study)], "dyadic").matrix  # with the factor of the correction
    np.testing.assert_allclose(alone, rare["vcov"]["dyadic"]["matrix"], rtol=1e-9)


def test_the_same_from_a_frame(study: Path) -> None:
    """What the workflow does by settings, a notebook does with the columns of the panel."""
    rows = some()[some()["in_emergence_risk_set"]].reset_index()
    rows["y"] = rows["tie"].astype(float)
    weighed = models.fit("y ~ same_region + log_exposure", rows, weights="sampling_weight")
    found = fitted(study, ("center", "[]"))
    np.testing.assert_allclose(told(found)[0], weighed.params, rtol=1e-9)
    chosen = rows[rows["tie"] | rows["in_subcohort"]]
    n1, n0 = chosen["y"].sum(), (1 - chosen["y"]).sum()
    rare = models.relogit("y ~ same_region + log_exposure", chosen, prevalence=n1 / (n1 + n0 / SHARE))
    found = fitted(study, ("center", "[]"), BY_SAMPLING)
    np.testing.assert_allclose(told(found)[0], rare.params, rtol=1e-9)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"covariance": "classical"}, "classical"),
        ({"relogit": {"prevalence": 0.01}}, "write sampling"),
        (RELOGIT | {"weights": "sampling_weight"}, "leave sampling_weight out"),
        (RELOGIT | {"family": "cloglog"}, "for the logit"),
        (RELOGIT | {"cluster_effects": True}, "cluster_effects"),
    ],
)
def test_what_means_nothing_on_a_sampled_panel(study: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        models.run("m", MODEL | changes, study, study / "no.json")


def test_a_hidden_history_needs_all_dyads(study: Path) -> None:
    spec = {"outcome": "tie", "family": "logit", "terms": ["same_region"], "visibility": [0.5, 1.0]}
    with pytest.raises(ModelError, match="needs all dyads"):
        visibility.profile("hidden", spec, study)


@pytest.mark.parametrize("changes", [RELOGIT, {"weights": "sampling_weight"}])
def test_what_means_nothing_on_a_full_panel(full_study: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="case_control"):
        models.run("m", MODEL | changes, full_study, full_study / "no.json")


@pytest.mark.parametrize("given", [{"share": 0}, {"share": 1}, {"seed": 1}, {"share": 0.1, "seed": -1}])
def test_settings_that_cannot_be(given: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="case_control"):
        panel.Settings(panel.settings.PanelSettings(case_control=given))

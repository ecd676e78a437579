"""The survey of a simulated world: its law, its blanks, streams of its own, and the truth of its models."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import config, features, models, simulate
from interclust.contracts import CONTRACTS
from interclust.errors import ConfigError
from interclust.models.specification import formula_text
from interclust.panel import History
from interclust.panel.contacts import CODED, contact_tables, contacts
from interclust.records import Records
from interclust.simulate.contacts import draw_contacts, outcomes, realisation
from interclust.simulate.ledger import joined, write_ledger
from interclust.simulate.truth import idea_truth
from interclust.simulate.utility import log_weights

SURVEYS = 25
TERMS = ["one_structuring", "same_region"]


@pytest.fixture(scope="module")
def study() -> dict[str, Any]:
    """The synthetic study with a survey in calls 5 and 6, whose features rest on few projects."""
    found = copy.deepcopy(config.load("fui_synthetic"))
    found["simulate"]["contacts"] |= {"periods": [5, 6], "egos": {"structuring": 6, "others": 10}}
    return found


@pytest.fixture(scope="module")
def registry(study: dict[str, Any]) -> Records:
    return simulate.read_registry(study)


@pytest.fixture(scope="module")
def ledger(study: dict[str, Any], registry: Records) -> pd.DataFrame:
    return draw_contacts(study, registry, 7)


def test_same_seed_same_ledger(study, registry, ledger) -> None:
    pd.testing.assert_frame_equal(draw_contacts(study, registry, 7), ledger)
    assert not draw_contacts(study, registry, 8).equals(ledger)


def test_the_projects_of_a_world_do_not_depend_on_its_survey(study, registry) -> None:
    short = copy.deepcopy(study)
    short["panel"]["last"] = short["ingest"]["periods"]["last"] = 5
    short["simulate"]["contacts"]["periods"] = [5]
    short["simulate"]["published"] = {"colabelled": [{"first": 1, "last": 5, "n": 448, "of": 794}]}
    periods = registry.periods[registry.periods["period"] <= 5]
    known = replace(registry, periods=periods)
    asked = simulate.generate(short, 3, known)
    short["simulate"]["contacts"] = None
    unasked = simulate.generate(short, 3, known)
    assert len(asked.records.relations) > len(unasked.records.relations)
    for name in set(Records.names()) - {"relations"}:
        pd.testing.assert_frame_equal(getattr(asked.records, name), getattr(unasked.records, name))


def test_every_relation_is_a_row_in_its_period(study, registry, ledger) -> None:
    table = contacts(replace(registry, relations=ledger), study)
    assert len(table) == len(ledger)
    egos = table.groupby("period")["ego"].nunique()
    assert egos.to_dict() == {5: 16, 6: 16}
    per_ego = table.groupby(["period", "ego"]).size()
    assert per_ego.groupby("period").nunique().tolist() == [1, 1], "an ego tells of every other body"


def test_two_egos_tell_of_one_and_the_same(study, registry) -> None:
    bare = copy.deepcopy(study)
    bare["simulate"]["contacts"]["blank"] = 0
    table = contacts(replace(registry, relations=draw_contacts(bare, registry, 7)), bare)
    told = table.groupby(["period", "cluster_i", "cluster_j"])["contact"].agg(["size", "nunique"])
    assert set(told["size"]) == {1, 2}
    assert set(told["nunique"]) == {1}


def test_what_the_registry_judges_stays_beside_the_survey(ledger, tmp_path) -> None:
    rivals = {"ego": "A", "alter": "B", "ego_id": "a", "alter_id": "b", "relation": "rival"}
    whole = joined(CONTRACTS["ingest/relations"].frame([rivals]), ledger)
    pd.testing.assert_frame_equal(whole.iloc[1:].reset_index(drop=True), ledger)
    mapped = {"ego": "who", "relation": "judged", "from": "since", "contact": "met"}
    write_ledger(whole, {"file": "sub/r.csv", "columns": mapped}, tmp_path)
    found = pd.read_csv(tmp_path / "sub" / "r.csv", dtype=str, keep_default_na=False)
    assert found.iloc[0].to_dict() == {"who": "A", "judged": "rival", "since": "", "met": ""}
    assert set(found["met"]) == {"", "0", "1"}
    assert found["since"].iloc[1:].str.fullmatch(r"\d{4}-\d\d-\d\d").all()


def test_steps_follow_each_other_and_blanks_are_random(ledger) -> None:
    coded = ledger[list(CODED)].astype("float64").fillna(-1.0).to_numpy()
    later_without = (coded[:, 0] == 0) & (coded[:, 1:] >= 0).any(axis=1)
    assert not later_without.any(), "what comes of a contact is not asked where there was none"
    assert not ((coded[:, 3] == 0) & (coded[:, 4] == 1)).any(), "no project without an attempt"
    blank = (coded[:, 0] < 0).mean()
    assert abs(blank - 0.1) < 4 * np.sqrt(0.09 / len(coded))


def test_contacts_come_as_often_as_their_law_says(study, registry) -> None:
    """Mean of many draws of every dyad of one period against P, with effects of bodies and without blanks."""
    settings = study["simulate"]["contacts"]
    history = History.before(contact_tables(registry, study), 5)
    i, j = np.triu_indices(40, 1)
    effect = np.random.default_rng(1).normal(size=history.n) / 2
    rng = np.random.default_rng(2)
    drawn = [outcomes(history, i, j, settings, effect, rng) for _ in range(200)]
    mean = np.mean([one["contact"] for one in drawn], axis=0)
    eta = settings["intercept"] + log_weights(history, i, j, settings["coefficients"])
    p = 1 - np.exp(-np.exp(eta + effect[i] + effect[j]))
    z = (mean - p) / np.sqrt(np.maximum(p * (1 - p), 1e-12) / len(drawn))
    assert p.max() > 0.5
    assert abs(z.mean()) < 4 / np.sqrt(len(z))
    assert 0.85 < z.std() < 1.15
    ideas = np.concatenate([one["project_realised"][one["joint_idea"] == 1] for one in drawn])
    expected = realisation(settings)
    assert abs(ideas.mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / len(ideas))


def test_the_model_recovers_its_law(study, registry) -> None:
    """Without effects of bodies the law is the model: no bias over surveys, errors like their spread."""
    plain = copy.deepcopy(study)
    truth = {"one_structuring": 0.5, "same_region": 0.4, "one_structuring:same_region": 0.9}
    settings = {"cluster_effects": {"sd": 0.0}, "intercept": -1.5, "coefficients": truth}
    plain["simulate"]["contacts"] |= settings
    spec = {"outcome": "contact", "terms": TERMS, "moderators": [TERMS]}
    found, errors = [], []
    for seed in range(SURVEYS):
        told = replace(registry, relations=draw_contacts(plain, registry, seed))
        table = features.contacts(told, TERMS, plain).dropna(subset="contact")
        table["contact"] = table["contact"].astype(float)
        fit = models.fit(formula_text(spec), table, family="cloglog", nodes=("cluster_i", "cluster_j"))
        found.append(fit.params)
        errors.append(np.sqrt(np.diag(fit.vcov("dyadic_jackknife"))))
    estimates = pd.DataFrame(found)
    z = (estimates.mean() - pd.Series({"Intercept": -1.5, **truth})) / (estimates.std() / np.sqrt(SURVEYS))
    assert z.abs().max() < 3
    ratio = np.mean(errors, axis=0) / estimates.std()
    assert ratio.between(0.75, 1.5).all()


def test_the_truth_of_ideas_is_exact(study) -> None:
    settings = study["simulate"]["contacts"]
    (row,) = idea_truth("m", {"family": "logit", "terms": []}, settings)
    p = settings["shares"]["project_attempted"] * settings["shares"]["project_realised"]
    assert row["truth"] == pytest.approx(np.log(p / (1 - p)))
    assert row["truth_kind"] == "generator"
    more = idea_truth("m", {"family": "logit", "terms": ["x"], "moderators": []}, settings)
    assert [item["truth"] for item in more[1:]] == [0.0]
    assert idea_truth("m", {"family": "cloglog", "terms": []}, settings) == []


def test_a_period_that_the_study_has_not_is_named(study, registry) -> None:
    wrong = copy.deepcopy(study)
    wrong["simulate"]["contacts"]["periods"] = [99]
    with pytest.raises(ConfigError, match="there is no period 99"):
        draw_contacts(wrong, registry, 1)


def test_a_simulated_study_without_a_survey_has_no_contacts(tmp_path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: fui_synthetic\nsimulate: {contacts: null}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"set simulate\.contacts"):
        config.load(path)

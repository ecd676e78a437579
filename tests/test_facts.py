"""Facts of a synthetic registry: of every body, within its life, reproducible, nameless, as set."""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import config, features, simulate
from interclust.effects.claims import claims
from interclust.errors import ConfigError
from interclust.models import parts
from interclust.models.formula import parse
from interclust.models.specification import formula_text
from interclust.panel import History, Tables
from interclust.simulate.directors import director_changes
from interclust.simulate.fact_tables import real_bodies
from interclust.simulate.facts import Bodies, draw_facts, means

YEARS = 365.25


@pytest.fixture(scope="module")
def study() -> dict[str, Any]:
    return config.load("fui_synthetic")


@pytest.fixture(scope="module")
def generator(study: dict[str, Any]) -> simulate.Generator:
    return simulate.Generator.of(study)


@pytest.fixture(scope="module")
def bodies(study: dict[str, Any]) -> Bodies:
    return real_bodies(study, config.project_root() / "data" / "raw")


@pytest.fixture(scope="module")
def settings(study: dict[str, Any]) -> dict[str, Any]:
    return study["simulate"]["facts"]


@pytest.fixture(scope="module")
def drawn(settings: dict[str, Any], bodies: Bodies) -> dict[str, list[dict[str, str]]]:
    return draw_facts(settings, bodies)


def made(n: int = 1200, years: int = 12) -> Bodies:
    """Many bodies of one life, so that shares and means can be seen."""
    since, until = date(2006, 1, 1), date(2006 + years, 1, 1)
    names = tuple(f"b{number}" for number in range(n))
    return Bodies(names, (since,) * n, (until,) * n, ("West",) * n, ("TIC",) * n, frozenset())


# ---- who has what, and when


def test_every_body_has_every_fact_from_the_eve_of_its_label_on(drawn, bodies) -> None:
    eve = {name: str(day - timedelta(1)) for name, day in zip(bodies.names, bodies.since, strict=True)}
    first = defaultdict(set)
    for row in drawn["measures"]:
        if row["date"] == eve[row["cluster"]]:
            first[row["measure"]].add(row["cluster"])
    told = {"members", "members_sme", "staff", "budget_eur", "grade", "project_officer"}
    assert first == {measure: set(bodies.names) for measure in told}
    in_post = {row["cluster"] for row in drawn["events"] if row["date"] < eve[row["cluster"]]}
    assert in_post == set(bodies.names)
    coded = {frozenset((row["ego"], row["alter"])) for row in drawn["relations"]}
    assert len(coded) == len(drawn["relations"]) == bodies.n * (bodies.n - 1) // 2


def test_dates_lie_within_the_lives_of_the_bodies(drawn, bodies) -> None:
    lives = dict(zip(bodies.names, zip(bodies.since, bodies.until, strict=True), strict=True))

    def within(name: str, day: str) -> bool:
        since, until = lives[name]
        last = date(int(day), 12, 31) if len(day) == 4 else date.fromisoformat(day)
        return since - timedelta(1) <= last <= until

    assert all(within(row["cluster"], row["date"]) for row in drawn["measures"])
    for row in drawn["affiliations"]:
        assert within(row["cluster"], row["valid_from"])
        assert row["valid_from"] <= row["valid_to"]
    for row in drawn["agreements"]:
        assert all(within(row[end], row[day]) for end in ("cluster", "other") for day in ("date", "valid_to"))
    later = [row for row in drawn["events"] if row["date"] >= str(lives[row["cluster"]][0])]
    assert len(drawn["events"]) - len(later) == bodies.n, "one tenure a body began before its label"
    assert all(within(row["cluster"], row["date"]) for row in later)
    assert all(not row["other"] or within(row["other"], row["date"]) for row in drawn["events"])


def test_persons_are_numbers(drawn, bodies) -> None:
    for row in drawn["events"]:
        assert re.fullmatch(r"director \d+", row["detail"])
        assert row["other"] in {"", *bodies.names}


def test_real_grades_stay(generator, bodies, drawn) -> None:
    days = {
        (row["cluster"], date.fromisoformat(row["date"]))
        for row in drawn["measures"]
        if row["measure"] == "grade"
    }
    assert len(bodies.graded) > 80
    assert not days & bodies.graded
    facts = generator.registry.facts
    assert not facts.duplicated(["cluster_id", "fact", "low", "high"]).any()


# ---- streams


def test_a_seed_gives_the_same_facts_and_kinds_do_not_disturb_each_other(settings, bodies, drawn) -> None:
    assert draw_facts(settings, bodies) == drawn
    other = draw_facts({**settings, "seed": 2}, bodies)
    assert all(other[section] != rows for section, rows in drawn.items())
    changed = draw_facts({**settings, "agreements": {**settings["agreements"], "share": 0.5}}, bodies)
    assert {section for section, rows in drawn.items() if changed[section] != rows} == {"agreements"}


# ---- what was asked for is what is drawn


def test_levels_have_their_medians_spreads_growth_and_correlation(settings) -> None:
    rows = pd.DataFrame(means(settings, made(), np.random.default_rng(1))).query("measure != 'members_sme'")
    values = rows.assign(value=rows["value"].astype(float))
    logs = np.log(values.pivot_table(index="cluster", columns=["measure", "date"], values="value"))
    first = logs.xs("2005-12-31", axis=1, level="date")
    for name in ("members", "staff", "budget_eur"):
        spec = settings[name]
        assert first[name].median() == pytest.approx(np.log(spec["median"]), abs=0.05)
        assert first[name].std() == pytest.approx(spec["sd"], rel=0.08)
        growth = (logs[name]["2017"] - logs[name]["2005-12-31"]).mean() / 12
        assert growth == pytest.approx(spec["growth"], abs=0.01)
    assert first.corr().to_numpy()[np.triu_indices(3, 1)] == pytest.approx(settings["correlation"], abs=0.06)


def test_tenures_and_moves_of_directors() -> None:
    spec = {"mean_years": 5, "from_another": 0.3, "vacancy_days": 30}
    n, years = 400, 20
    since, until = [date(2000, 1, 1)] * n, [date(2000 + years, 1, 1)] * n
    changes = director_changes(since, until, spec, np.random.default_rng(1))
    later = [change for change in changes if change.day >= since[0]]
    moves = [change for change in later if change.origin is not None]
    posts = [change for change in later if change.origin is None]
    ended = n * years / spec["mean_years"]  # and each move ends a second tenure
    assert len(later) == pytest.approx(ended * (1 + len(moves) / ended), rel=0.05)
    assert len(moves) / ended == pytest.approx(0.3, abs=0.03)
    holder: dict[int, int] = {}
    left: dict[int, date] = {}
    for change in changes:
        if change.origin is not None:
            assert holder[change.origin] == change.director, "a mover was in post where they come from"
            left[change.origin] = change.day
        elif change.body in left:
            assert change.day - left.pop(change.body) == timedelta(spec["vacancy_days"])
        holder[change.body] = change.director
    assert len({change.director for change in posts}) == len(posts), "others are new"


def test_without_facts_the_registry_is_the_real_one(study) -> None:
    plain = copy.deepcopy(study)
    del plain["simulate"]["facts"]
    for section in config.DRAWN[1:]:
        del plain["ingest"][section]
    real = simulate.read_registry(plain)
    assert set(real.facts.loc[real.facts["fact"] == "members", "source"]) != {"simulated"}
    assert "director_start" in set(real.events["event"])
    assert real.agreements.empty


def test_a_misspelt_fact_is_a_sentence(tmp_path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: fui_synthetic\nsimulate: {facts: {director: {}}}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"simulate\.facts\.director is not a setting.*directors"):
        config.load(path)


# ---- the world that lives on them


@pytest.fixture(scope="module")
def world(generator: simulate.Generator) -> simulate.SimulatedRecords:
    return generator.draw(1)


def test_all_worlds_of_a_study_live_on_the_same_facts(generator, world) -> None:
    for name in ("facts", "events", "agreements", "affiliations", "relations"):
        mine, own = getattr(world.records, name), getattr(generator.registry, name)
        if name == "relations":  # the survey of contacts is drawn anew in every world
            mine, own = (table[table["relation"].notna()].reset_index(drop=True) for table in (mine, own))
        pd.testing.assert_frame_equal(mine, own)


@pytest.fixture(scope="module")
def pairs(study, world) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Of every call: lists of two as pair numbers, terms (pairs, k), summed effects of bodies (pairs,)."""
    records, terms = world.records, list(study["simulate"]["coefficients"])
    tables, strength = Tables.of(records, study), np.array(list(world.truth["cluster_effects"].values()))
    names = sorted({name for term in terms for name in term.split(":")})
    number = {key: place for place, key in enumerate(records.clusters["cluster_id"])}
    twos = records.projects.query("n_clusters == 2")[["project_id", "period"]]
    named = records.memberships.merge(twos, on="project_id").groupby(["period", "project_id"])["cluster_id"]
    found = []
    lists = named.agg(lambda ids: tuple(sorted(number[key] for key in ids)))
    for period, own in lists.groupby(level="period"):
        history = History.before(tables, period)
        active = history.active_numbers
        low, high = (active[place] for place in np.triu_indices(len(active), 1))
        columns = features.columns(history, low, high, names)
        X = np.stack([np.prod([columns[name] for name in term.split(":")], axis=0) for term in terms], axis=1)
        place = {pair: line for line, pair in enumerate(zip(low.tolist(), high.tolist(), strict=True))}
        chosen = np.array([place[pair] for pair in own])
        found.append((chosen, np.nan_to_num(X.astype(float)), strength[low] + strength[high]))
    return found


def test_no_fact_is_missing_where_pairs_are_at_risk(study, generator) -> None:
    drawn = [
        *(
            "members_ratio",
            "staff_min",
            "budget_min",
            "project_officer",
            "partner_grade",
            "director_turnover",
        ),
        *("director_mobility_link", "agreement", "historic_rivalry", "same_ministry", "same_vocation"),
        *("regional_agency_both", "national_federation_both", "rule_regime", "after_2009"),
    ]
    tables = Tables.of(generator.registry, study)
    for period in (1, 5, 10, 17, 24):
        history = History.before(tables, period)
        active = history.active_numbers
        low, high = (active[place] for place in np.triu_indices(len(active), 1))
        columns = features.columns(history, low, high, drawn)
        assert {name: int(np.isnan(column).sum()) for name, column in columns.items()} == dict.fromkeys(
            drawn, 0
        )


def test_lists_of_two_give_the_coefficients_back(study, pairs) -> None:
    """The law of lists of two, effects of bodies known: its score at the truth, and a Newton step."""
    from scipy.stats import chi2

    truth = np.array(list(study["simulate"]["coefficients"].values()))
    score, information = np.zeros(len(truth)), np.zeros((len(truth), len(truth)))
    for chosen, X, effects in pairs:
        weight = np.exp(effects + X @ truth)
        p = weight / weight.sum()
        mean = p @ X
        score += X[chosen].sum(axis=0) - len(chosen) * mean
        information += len(chosen) * ((X * p[:, None]).T @ X - np.outer(mean, mean))
    step = np.linalg.solve(information, score)
    assert chi2.sf(float(score @ step), len(truth)) > 0.01
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    seen = np.abs(truth) > 3 * errors
    assert seen.sum() >= 6
    assert (np.sign(truth + step)[seen] == np.sign(truth)[seen]).all()
    without = np.where(truth == -0.7, 0.0, truth)  # a world without rivals would not pass
    gap = truth - without
    assert chi2.sf(float((step + gap) @ information @ (step + gap)), len(truth)) < 0.01


def test_every_product_that_a_model_tests_has_a_true_value(study) -> None:
    """True or not: the truth says so of every moderator, and features that do not exist are none of it."""
    drawn = study["simulate"]["coefficients"] | study["simulate"]["contacts"]["coefficients"]
    held = {frozenset(term.split(":")) for term in drawn}
    assert {name for term in held for name in term} <= set(features.REGISTRY)
    tested = {
        frozenset(test["terms"])
        for spec in study["hypotheses"].values()
        for part in spec.get("parts", [spec])
        for test in part["tests"]
        if test["effect"] == "ratio_of_ratios" and test["model"] in study["models"]
    }
    assert len(tested) >= 10
    assert tested <= held


def test_every_test_on_complete_records_finds_its_term(study) -> None:
    """What is not testable lacks data or measures something else; no model lacks the term of a test."""
    held = {
        name: {
            parts.factors(":".join(factor.text for factor in term))
            for term in parse(formula_text(spec)).terms
        }
        for name, spec in study["models"].items()
    }
    without = set()
    for claim in claims(study["hypotheses"]):
        for test in claim.predictions:
            if test.applies("complete") and test.effect != "wald":
                term = parts.factors(":".join([*test.terms, *test.at]))
                if not all(term in held.get(model, ()) for model in test.models):
                    without.add(test.id)
    assert without == {"H11b", "H16a", "H19"}  # H19 rests on an intercept

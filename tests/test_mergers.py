"""Mergers as an outcome of pairs: by hand on a small world, and the real registry counted by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import config, features, ingest, panel
from interclust.contracts import CONTRACTS
from interclust.errors import ConfigError
from interclust.panel.describe import merger_flow, merger_years
from interclust.panel.describe.mergers import WHY
from interclust.panel.mergers import merger_tables
from interclust.records import Records
from worlds import changed, five_clusters, random_world, records

# Counted by hand from clusters.csv (merged_into, merger_date): who became one with whom, and when.
REAL = {
    (2009, "mov-eo", "mta-mobilites-et-transports-avances", "absorbed"),
    (2015, "alsace-energivie", "fibres", "joined"),
    (2015, "pegase", "risques", "joined"),
    (2016, "elopsys", "route-des-lasers", "joined"),
    (2017, "agri-sud-ouest-innovation", "qualimediterranee", "absorbed"),
    (2018, "advancity", "cap-digital", "absorbed"),
    (2018, "imaginove", "minalogic", "absorbed"),
    (2019, "cancer-bio-sante", "eurobiomed", "absorbed"),
    (2019, "cereales-vallee", "vegepolys", "joined"),
    (2019, "matikem", "up-tex", "joined"),
    (2019, "mont-blanc-industries", "viameca", "joined"),
    (2019, "pass", "terralia", "joined"),
    (2020, "elastopole", "plastipolis", "joined"),
    (2024, "optitec", "pole-scs", "absorbed"),
}
# The rows of events.csv that make no pair, by body and year.
REAL_WITHOUT = {
    ("2adi", 2011): "kind",
    ("aquitaine-developpement-innovation-adi", 2017): "kind",
    ("cereales-vallee", 2018): "partner_kind",  # Nutravita, a cluster that is no pôle
    ("eurobiomed", 2009): "no_partner",  # Holobiosud and Bioméditerranée
    ("materalia", 2008): "no_partner",  # P2MI
    ("mov-eo", 2019): "no_partner",  # ARIA Normandie and RAVI
    ("nutrition-sante-longevite", 2019): "partner_kind",  # Clubster Santé
}


def gone(name: str, day: str | None, successor: str | None, **more: Any) -> dict[str, Any]:
    """A body that merged; it was active until the day before ``day``."""
    return {"cluster_id": name, "active_to": day, "exit": "merged", "successor": successor, **more}


def world(*clusters: dict[str, Any], **tables: Any) -> Records:
    """Bodies labelled in 2005, and an event that shows the registry to go on to 2009."""
    last = {"cluster_id": clusters[0]["cluster_id"], "event": "graded", "low": "2009-05-01"}
    events = [*tables.pop("events", ()), last | {"high": "2009-05-31"}]
    projects = tables.pop("projects", ())
    return records(clusters, projects, {1: "2006-01-01", 2: "2007-01-01"}, events=events, **tables)


def events(found: Records, settings: Any = None) -> set[tuple[int, str, str, str]]:
    table = panel.mergers(found, settings)
    ids = found.clusters["cluster_id"].to_numpy()
    merged = table[table["merger"].fillna(False)]
    return {(row.year, ids[row.cluster_i], ids[row.cluster_j], row.way) for row in merged.itertuples()}


def test_one_absorbs_another() -> None:
    made = world({"cluster_id": "a"}, gone("b", "2007-06-02", "a"), {"cluster_id": "c"})
    table = panel.mergers(made)
    CONTRACTS["panel/mergers"].check(table)
    assert events(made) == {(2007, "a", "b", "absorbed")}
    assert panel.n_events(table) == 1
    # labelled on 1 January 2005; three pairs to 2007, then a and c alone to the last event, 2009
    assert table.groupby("year").size().to_dict() == {2005: 3, 2006: 3, 2007: 3, 2008: 1, 2009: 1}
    assert table["way"].isna().sum() == len(table) - 1


def test_two_join_a_new_body_and_three_give_three_pairs() -> None:
    new = {"cluster_id": "n", "active_from": "2007-09-01"}
    both = [gone("a", "2007-09-01", "n"), gone("b", "2007-06-02", "n")]
    assert events(world(*both, new)) == {(2007, "a", "b", "joined")}
    old = {"cluster_id": "n"}
    assert events(world(*both, old)) == {
        (2007, "a", "b", "joined"),
        (2007, "a", "n", "absorbed"),
        (2007, "b", "n", "absorbed"),
    }
    third = gone("c", "2007-12-31", "n")
    assert len(events(world(*both, third, new))) == 3


def test_a_chain_within_a_year_is_one_merger_and_over_two_years_two() -> None:
    chain = [gone("a", "2007-02-01", "b"), gone("b", "2007-11-01", "c"), {"cluster_id": "c"}]
    assert events(world(*chain)) == {
        (2007, "a", "b", "joined"),
        (2007, "a", "c", "absorbed"),
        (2007, "b", "c", "absorbed"),
    }
    chain[1] = gone("b", "2008-11-01", "c")
    assert events(world(*chain)) == {(2007, "a", "b", "absorbed"), (2008, "b", "c", "absorbed")}


def test_years_of_the_day() -> None:
    """A merger is of the year of its last possible day: ``active_to`` is the day after."""
    for day, year in (("2007-01-02", 2007), ("2008-01-01", 2007), ("2008-01-02", 2008)):
        assert {row[0] for row in events(world({"cluster_id": "a"}, gone("b", day, "a")))} == {year}


def test_a_successor_that_begins_on_the_reference_day_is_no_partner() -> None:
    both = [gone("a", "2007-01-02", "n"), gone("b", "2007-01-02", "n")]
    made = world(*both, {"cluster_id": "n", "active_from": "2007-01-01"}, {"cluster_id": "x"})
    assert events(made) == {(2007, "a", "b", "joined")}
    table = panel.mergers(made)
    assert table[table["cluster_i"] == 2].year.min() == 2008  # n enters a year later
    assert (table["year"] == 2007).sum() == 3  # a, b and x


def test_delayed_entry() -> None:
    late = {"cluster_id": "c", "active_from": "2007-03-01"}
    made = world({"cluster_id": "a"}, {"cluster_id": "b"}, late, gone("d", "2009-02-01", "a"))
    table = panel.mergers(made)
    with_c = table[(table["cluster_i"] == 2) | (table["cluster_j"] == 2)]
    assert sorted(set(with_c["year"])) == [2008, 2009]


def test_a_merger_without_date_is_null_not_zero() -> None:
    made = world({"cluster_id": "a"}, gone("b", None, "a"), {"cluster_id": "c"})
    table = panel.mergers(made)
    assert events(made) == set()
    pair = (table["cluster_i"] == 0) & (table["cluster_j"] == 1)
    assert table.loc[pair, "merger"].isna().all()
    assert (table.loc[~pair, "merger"] == False).all()  # noqa: E712
    assert table["undated_exit"].tolist() == ((table["cluster_i"] == 1) | (table["cluster_j"] == 1)).tolist()
    assert merger_years(made)["undated"].tolist() == [1] * 5
    flow = merger_flow(made)
    assert flow["why"].tolist() == [WHY["undated"]]


def test_bodies_that_cannot_merge() -> None:
    bid = gone("b", "2007-06-02", "a", kind="bid")
    made = world({"cluster_id": "a"}, bid, gone("c", "2007-06-02", "nobody"), {"cluster_id": "d"})
    assert events(made, {"eligible_kinds": ["pole"]}) == set()
    whys = merger_flow(made, {"eligible_kinds": ["pole"]})["why"].tolist()
    assert whys == [WHY["kind"], WHY["unknown_partner"]]
    assert events(made) == {(2007, "a", "b", "absorbed")}


def test_a_body_that_lost_its_label_first_has_no_merger() -> None:
    lost = {"cluster_id": "b", "active_to": "2006-06-01", "exit": "delabelled", "successor": "a"}
    made = world({"cluster_id": "a"}, lost, gone("c", "2008-01-01", "a"))
    assert events(made) == {(2007, "a", "c", "absorbed")}
    assert merger_flow(made)["why"].tolist()[0] == WHY["delabelled"]


def test_eligibility_is_of_the_kind_not_of_the_projects() -> None:
    made = world({"cluster_id": "a"}, gone("b", "2007-06-02", "a"))
    assert len(events(made, {"min_projects": 5, "unit": "call", "first": 1, "last": 2, "burn_in": 1})) == 1


def test_no_merger_no_rows(tmp_path: Path) -> None:
    made = world({"cluster_id": "a"}, {"cluster_id": "b"})
    table = panel.mergers(made)
    assert len(table) == 0
    assert panel.n_events(table) == 0
    panel.write_mergers(made, None, tmp_path / "mergers.parquet")
    pd.testing.assert_frame_equal(CONTRACTS["panel/mergers"].read(tmp_path / "mergers.parquet"), table)
    assert len(merger_flow(made)) == len(merger_years(made)) == 0
    assert len(features.mergers(made, ["same_kind"])) == 0


def test_years_can_be_set() -> None:
    made = world({"cluster_id": "a"}, gone("b", "2007-06-02", "a"), {"cluster_id": "c"})
    table = panel.mergers(made, {"years": [2006, 2012]})
    assert (table["year"].min(), table["year"].max()) == (2006, 2012)
    with pytest.raises(ConfigError, match=r"panel.years is \[2012, 2006\]"):
        panel.mergers(made, {"years": [2012, 2006]})


def slow(found: Records, first: int, last: int) -> set[tuple[int, str, str]]:
    """Pairs that became one, from the definition: with sets of names and days, one year at a time."""
    bodies = {row["cluster_id"]: row for row in found.clusters.to_dict("records")}

    def end(name: str, day: pd.Timestamp) -> str:
        row = bodies[name]
        left = row["exit"] == "merged" and isinstance(row["successor"], str) and row["active_to"] <= day
        return end(row["successor"], day) if left else name

    made = set()
    for year in range(first, last + 1):
        day, next_day = pd.Timestamp(year, 1, 1), pd.Timestamp(year + 1, 1, 1)
        there = [
            name
            for name, row in sorted(bodies.items())
            if row["active_from"] <= day and not row["active_to"] <= day
        ]
        pairs = combinations(there, 2)
        made |= {(year, i, j) for i, j in pairs if end(i, next_day) == end(j, next_day)}
    return made


@pytest.mark.parametrize("seed", range(12))
def test_against_plain_python(seed: int) -> None:
    found = random_world(seed, n=12)
    assert {row[:3] for row in events(found, {"years": [2004, 2011]})} == slow(found, 2004, 2011)


def test_random_worlds_have_mergers() -> None:
    assert sum(len(slow(random_world(seed, n=12), 2004, 2011)) for seed in range(12)) > 5


@pytest.mark.parametrize("seed", range(3))
def test_a_feature_of_a_merger_does_not_look_ahead(seed: int) -> None:
    """Whatever happens in a year or later, its features and those of earlier years stay."""
    found = random_world(seed, n=12)
    projects = found.projects.assign(year=(found.projects["period"] + 2005).astype("Int16"))
    found = changed(found, projects=projects)
    settings, year = {"years": [2004, 2010]}, 2008
    day = pd.Timestamp(year, 1, 1)
    before = features.mergers(found, settings=settings)
    later = projects["year"].fillna(year) >= year
    signed = found.agreements["low"]
    kept = found.memberships["project_id"].isin(projects.loc[~later, "project_id"])
    cut = changed(
        found,
        memberships=found.memberships[kept].reset_index(drop=True),
        facts=found.facts[found.facts["high"] < day].reset_index(drop=True),
        events=found.events[found.events["high"] < day].reset_index(drop=True),
        agreements=found.agreements.assign(low=signed.where(signed < day, signed + pd.Timedelta(days=400))),
    )
    names = [name for name in before if name not in ("merger", "way", "undated_exit")]
    after = features.mergers(cut, settings=settings)
    early = before["year"] <= year
    assert 0 < early.sum() < len(before)
    pd.testing.assert_frame_equal(before.loc[early, names], after.loc[early, names])
    assert not before[names].equals(after[names])  # the change does reach later years


def test_features_of_rows_are_those_of_the_history() -> None:
    made = changed(five_clusters())
    table = features.mergers(made, ["same_sector", "prior_projects"])
    assert table.columns.tolist()[:3] == ["year", "cluster_i", "cluster_j"]
    tables = merger_tables(made, None)
    for year, rows in table.groupby("year"):
        history = panel.History.before(tables, int(year))
        found = features.columns(history, rows["cluster_i"], rows["cluster_j"], ["prior_projects"])
        np.testing.assert_array_equal(rows["prior_projects"], found["prior_projects"])


@pytest.fixture(scope="module")
def real() -> tuple[Records, dict[str, Any]]:
    study = config.load("fui")
    return ingest.read(study), study


def test_the_real_registry(real: tuple[Records, dict[str, Any]]) -> None:
    assert events(*real) == REAL
    table = panel.mergers(*real)
    assert (table["year"].min(), table["year"].max()) == (2006, 2024)
    # 65 pôles were active on 1 January 2006; 59 at the end, with PICOM, which went at an unknown date
    assert table.groupby("year").size().loc[[2006, 2024]].tolist() == [65 * 64 // 2, 59 * 58 // 2]


def test_every_real_event_is_accounted_for(real: tuple[Records, dict[str, Any]]) -> None:
    flow = merger_flow(*real)
    rows = flow[flow["record"] == "event"]
    assert len(rows) == 29
    without = rows[rows["year"].isna()]
    assert dict(
        zip(zip(without["cluster_id"], without["year_high"], strict=True), without["why"], strict=True)
    ) == {key: WHY[reason] for key, reason in REAL_WITHOUT.items()}
    made = rows[rows["year"].notna()]
    assert {
        (*row[1:4], row.way) for row in made[["year", "cluster_i", "cluster_j", "way"]].itertuples()
    } == REAL
    listed = flow[flow["record"] == "registry"]
    assert len(listed) == 29
    assert listed[listed["why"] == WHY["undated"]]["cluster_id"].tolist() == ["picom"]
    assert merger_years(*real)["events"].sum() == len(REAL)


def test_the_order_of_bodies_and_events_does_not_matter() -> None:
    found = random_world(3, n=12)
    shuffled = replace(found, events=found.events.sample(frac=1, random_state=1).reset_index(drop=True))
    pd.testing.assert_frame_equal(panel.mergers(found), panel.mergers(shuffled))

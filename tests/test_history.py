"""History knows the past and nothing else: whatever happens from a period on, it says the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from interclust import features, panel
from interclust.contracts import CONTRACTS
from interclust.errors import ConfigError
from interclust.panel import History
from interclust.panel.bits import n_common, pack, unpack
from interclust.panel.history import months_between
from interclust.records import Records
from worlds import AFFILIATIONS, changed, five_clusters, frame, random_world, records

SETTINGS = {
    "panel": {"eligible_kinds": ["pole"]},
    "features": {
        "affiliations": AFFILIATIONS,
        "relatedness_pairs": 3,
        "diversity_words": 4,
        "half_life": 24.0,
    },
}
OUTCOMES = ("n_projects", "tie", "emergence", "recurrence", "undated_tie")


def without_future(world: Records, period: int) -> Records:
    """Delete all that is dated in the period or later.

    Agreements, moves and affiliations keep one row far in the future: whether such things are recorded at
    all is said by the records as a whole.
    """
    day = world.periods.set_index("period")["reference"][period]
    future = world.projects["period"].ge(period).fillna(False).to_numpy(dtype=bool)
    gone = world.projects.loc[future, "project_id"]
    clusters = world.clusters.copy()
    leaves_later = (clusters["active_to"] > day).to_numpy()
    clusters.loc[leaves_later, ["active_to", "exit", "successor"]] = [pd.NaT, None, None]
    agreements = world.agreements[world.agreements["low"] < day]
    affiliations = world.affiliations[~(world.affiliations["valid_from"] >= day)].copy()
    ends_later = affiliations["valid_to"] >= day
    affiliations.loc[ends_later, "valid_to"] = pd.NaT
    pair, far = {"cluster_i": "c00", "cluster_j": "c01"}, "2030-01-01"
    move = {"cluster_id": "c00", "event": "director_start", "low": far, "high": far, "other_id": "c01"}
    names = [name for group in AFFILIATIONS.values() for name in group]
    belongs = [{"cluster_id": "c00", "affiliation": name, "valid_from": far} for name in names]
    return changed(
        world,
        projects=world.projects[~future].reset_index(drop=True),
        memberships=world.memberships[~world.memberships["project_id"].isin(gone)].reset_index(drop=True),
        clusters=CONTRACTS["ingest/clusters"].frame(clusters),
        facts=world.facts[world.facts["high"] < day].reset_index(drop=True),
        events=with_rows(world.events[world.events["high"] < day], "ingest/events", [move]),
        territories=world.territories[~(world.territories["valid_from"] >= day)].reset_index(drop=True),
        agreements=with_rows(agreements, "ingest/agreements", [{**pair, "low": far}]),
        affiliations=with_rows(affiliations, "ingest/affiliations", belongs),
    )


def with_rows(table: pd.DataFrame, contract: str, rows: list[dict[str, str]]) -> pd.DataFrame:
    return pd.concat([table, frame(contract, rows)], ignore_index=True)


def with_another_future(world: Records, period: int) -> Records:
    """Change all that is dated in the period or later: other members, values, regions, exits, entries."""
    day = world.periods.set_index("period")["reference"][period]
    ids = world.clusters["cluster_id"]
    other = dict(zip(ids, ids[::-1], strict=True))
    future = world.projects["period"].ge(period).fillna(False).to_numpy(dtype=bool)
    gone = world.projects.loc[future, "project_id"]
    members, projects, clusters = world.memberships.copy(), world.projects.copy(), world.clusters.copy()
    moved = members["project_id"].isin(gone)
    members.loc[moved, "cluster_id"] = members.loc[moved, "cluster_id"].map(other)
    projects.loc[future, "topic"] = "solar solar rivers"
    projects.loc[future, ["status", "list_status"]] = ["single_listed", "unknown"]
    projects.loc[future, "period"] = 5
    late = (clusters["active_from"] > day).to_numpy()
    clusters.loc[late, "active_from"] = pd.Timestamp("2040-01-01")
    facts, events, territories = world.facts.copy(), world.events.copy(), world.territories.copy()
    facts.loc[facts["high"] >= day, "value"] = 7.0
    facts.loc[facts["high"] >= day, "text"] = "groupe 2"
    events.loc[events["high"] >= day, "cluster_id"] = "c00"
    territories.loc[territories["valid_from"] >= day, "valid_from"] = pd.Timestamp("2040-01-01")
    events.loc[events["high"] >= day, "other_id"] = "c01"
    affiliations, agreements = world.affiliations.copy(), world.agreements.copy()
    affiliations.loc[affiliations["valid_from"] >= day, "cluster_id"] = "c00"
    affiliations.loc[affiliations["valid_to"] >= day, "valid_to"] = pd.Timestamp("2040-01-01")
    agreements.loc[agreements["low"] >= day, ["cluster_i", "cluster_j"]] = ["c03", "c04"]
    agreements.loc[agreements["high"] >= day, "high"] = pd.Timestamp("2040-01-01")
    return changed(
        world,
        memberships=members,
        projects=projects,
        clusters=clusters,
        facts=facts,
        events=events,
        territories=territories,
        affiliations=affiliations,
        agreements=agreements,
    )


def known(world: Records, period: int) -> pd.DataFrame:
    """Rows of all periods up to one, with features; of that period nothing that happens in it."""
    table = features.table(world, settings=SETTINGS)
    table = table[table["period"] <= period].drop(columns="undated_tie").reset_index(drop=True)
    now = table["period"] == period
    outcomes = [name for name in OUTCOMES if name in table]
    return table.astype(dict.fromkeys(outcomes, "object")).mask(
        pd.DataFrame({name: now if name in outcomes else False for name in table})
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("period", [2, 4])
@pytest.mark.parametrize("change", [without_future, with_another_future])
def test_no_look_ahead(change: Callable[[Records, int], Records], period: int, seed: int) -> None:
    world = random_world(seed, complete=seed % 2 == 1, n_projects=40)
    before, after = known(world, period), known(change(world, period), period)
    assert len(before)
    pd.testing.assert_frame_equal(before, after, check_exact=True)


def test_the_future_does_change_something() -> None:
    """The changes of the test above are not idle: later rows differ."""
    world = random_world(1)
    later = known(world, 5)
    for change in (without_future, with_another_future):
        assert not known(change(world, 3), 5).equals(later)


def test_a_later_fact_in_words_alone_hides_no_value_and_the_other_way_round() -> None:
    rows = [("2005-06-01", 10.0, None), ("2005-07-01", None, "a few"), ("2005-08-01", 20.0, None)]
    facts = [
        {"cluster_id": "a", "fact": "members", "bound": "exact", "low": day, "high": day}
        | {"value": value, "text": text}
        for day, value, text in rows
    ]
    days = {1: "2005-06-15", 2: "2005-07-15", 3: "2005-08-15"}
    clusters = [{"cluster_id": "a", "active_from": "2005-01-01", "start_low": "2005-01-01"}]
    histories = [History.before(records(clusters, [], days, facts=facts), period) for period in days]
    assert [history.fact("members")[0] for history in histories] == [10.0, 10.0, 20.0]
    assert [history.fact_text("members")[0] for history in histories] == [None, "a few", "a few"]


def test_what_happened_to_a_body_that_is_not_in_the_registry_happened_to_none() -> None:
    day = {"low": "2005-06-01", "high": "2005-06-01"}
    events = [{"cluster_id": name, "event": "director_start", **day} for name in ("elsewhere", "a")]
    facts = [{"cluster_id": "elsewhere", "fact": "staff", "bound": "exact", "value": 3.0, **day}]
    clusters = [{"cluster_id": name} for name in "ab"]
    history = History.before(records(clusters, [], {1: "2006-01-01"}, events=events, facts=facts), 1)
    assert history.happened(("director_start", "staff"))["cluster"].tolist() == [0]
    assert np.isnan(history.fact("staff")).all()


def test_without_a_table_of_regions_neighbours_are_not_known() -> None:
    territories = [{"cluster_id": name, "region": region} for name, region in ("aN", "bS")]
    clusters = [{"cluster_id": name} for name in "ab"]
    for regions, known in (([], False), ([{"region": "N", "neighbours": ["S"], "integrated": True}], True)):
        tables = {"territories": territories, "regions": regions}
        history = History.before(records(clusters, [], {1: "2006-01-01"}, **tables), 1)
        names = ["contiguous_region", "integrated_region"]
        found = features.columns(history, np.array([0]), np.array([1]), names)
        assert [bool(np.isfinite(found[name][0])) for name in names] == [known, known]


def test_facts_are_known_after_their_last_possible_day() -> None:
    day = {"fact": "members", "bound": "exact", "value": 10.0}
    facts = [
        {"cluster_id": "a", "low": "2006-01-01", "high": "2006-12-31", **day},
        {"cluster_id": "b", "low": "2006-12-31", "high": "2007-01-01", **day},
    ]
    clusters = [{"cluster_id": "a"}, {"cluster_id": "b"}]
    world = records(clusters, [], {1: "2006-12-31", 2: "2007-01-01", 3: "2007-01-02"}, facts=facts)
    members = [History.before(world, period).fact("members") for period in (1, 2, 3)]
    np.testing.assert_array_equal(members, [[np.nan, np.nan], [10, np.nan], [10, 10]])


def test_bodies_on_their_first_and_last_day() -> None:
    clusters = [
        {"cluster_id": "a", "active_from": "2006-01-01"},
        {"cluster_id": "b", "active_to": "2006-01-01", "exit": "delabelled"},
    ]
    world = records(clusters, [], {1: "2005-12-31", 2: "2006-01-01"})
    assert History.before(world, 1).active.tolist() == [False, True]
    assert History.before(world, 2).active.tolist() == [True, False]


def test_history_of_a_merger() -> None:
    world = five_clusters()
    before, after = History.before(world, 4), History.before(world, 5)
    assert before.bearer.tolist() == [0, 1, 2, 3, 4]
    assert after.bearer.tolist() == [0, 1, 2, 4, 4]
    assert before.mentions.tolist() == [3, 3, 0, 2, 0]
    assert after.mentions.tolist() == [4, 3, 1, 0, 2]
    assert after.partners.tolist() == [3, 2, 1, 0, 2]
    assert after.tie_matrix.toarray()[1].tolist() == [2, 0, 0, 0, 2]
    assert after.age_months.tolist() == [60.0, 54.0, 19.0, 60.0, 60.0]


def test_a_project_of_both_predecessors_counts_once() -> None:
    clusters = [
        {"cluster_id": name, "active_to": "2006-06-01", "exit": "merged", "successor": "s"} for name in "ab"
    ] + [{"cluster_id": "c"}, {"cluster_id": "s", "active_from": "2006-06-01"}]
    world = records(clusters, [{"period": 1, "members": ["a", "b", "c"]}], {1: "2006-01-01", 2: "2007-01-01"})
    history = History.before(world, 2)
    assert history.mentions.tolist() == [0, 0, 1, 1]
    assert history.ties.count.tolist() == [1]
    row = next(panel.build(world, {"first": 2})).frame().iloc[0]
    assert (row["prior_projects"], row["periods_at_risk"], row["inherited"]) == (1, 2, True)
    assert row["log_exposure"] == pytest.approx(2 * np.log(0.5))


def test_unknown_period() -> None:
    with pytest.raises(ConfigError, match="no period 7; the periods are 1 to 6"):
        History.before(five_clusters(), 7)


def test_months_are_calendar_months() -> None:
    start = np.array(["2005-01-31", "2005-07-15", "NaT"], dtype="datetime64[D]")
    months = months_between(start, np.datetime64("2006-07-15"))
    np.testing.assert_allclose(months, [18 - 16 / (365.25 / 12), 12, np.nan])


def test_bits() -> None:
    rng = np.random.default_rng(1)
    flags = rng.random((9, 130)) < 0.4
    bits = pack(flags)
    assert bits.shape == (9, 3)
    np.testing.assert_array_equal(unpack(bits, 130), flags)
    i, j = np.triu_indices(9)
    np.testing.assert_array_equal(n_common(bits, i, j), (flags[i] & flags[j]).sum(axis=1))


def test_what_happened_is_told_by_events_and_facts_of_every_body() -> None:
    world = five_clusters()
    names = world.clusters["cluster_id"].tolist()
    day = world.periods["reference"].iloc[0] - pd.Timedelta(days=30)
    facts = [
        {"cluster_id": name, "fact": fact, "low": day, "high": day, "bound": "exact", "value": 1.0}
        for name, fact in ((names[0], "director_change"), (names[2], "director_change"), (names[3], "staff"))
    ]
    events = [{"cluster_id": names[1], "event": "director_change", "low": day, "high": day}]
    events += [{"cluster_id": names[4], "event": "grant", "low": day, "high": day}]
    told = changed(world, facts=frame("ingest/facts", facts), events=frame("ingest/events", events))
    found = History.before(told, 1).happened(("director_change",))
    assert found["cluster"].tolist() == [1, 0, 2]


def test_a_body_is_in_development_from_the_day_on_which_its_months_are_full() -> None:
    clusters = [
        {"cluster_id": name, "start_low": day, "start_high": day, "start_basis": "label"}
        for name, day in (("a", "2005-01-01"), ("b", "2005-01-02"))
    ]
    history = History.before(records(clusters, [], {1: "2006-07-01", 2: "2007-01-01"}), 1)
    assert history.age_months[0] == 18.0
    assert history.development.tolist() == [1.0, 0.0]

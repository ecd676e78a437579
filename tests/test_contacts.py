"""Coded relations as an outcome of dyads: dates and blanks by hand, what leaves and why, no look ahead."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from interclust import features, panel
from interclust.contracts import CONTRACTS
from interclust.panel.describe import contact_flow
from interclust.records import Records
from small_studies import aside, read
from worlds import changed, five_clusters, frame, random_world, records

CALLS = {1: "2006-01-01", 2: "2007-01-01", 3: "2008-01-01"}
BODIES = [
    {"cluster_id": "a", "region": "North"},
    {"cluster_id": "b", "region": "North", "kind": "grappe"},
    # operates from May 2007, labelled a year later
    {"cluster_id": "c", "active_from": "2008-06-01", "start_low": "2007-05-01", "start_high": "2007-05-31"},
    {"cluster_id": "d", "active_to": "2007-07-01", "exit": "delabelled"},
]


def relation(ego: str, alter: str | None, begin: str | None = None, end: str | None = None, **coded: Any):
    """A line of the ledger; ``begin`` and ``end`` are first and last day, joined by ``..``, or one day."""
    days = {}
    for name, text in (("from", begin), ("to", end)):
        low, _, high = (text or "").partition("..")
        days |= {f"{name}_low": low or None, f"{name}_high": high or low or None}
    return {"ego": ego, "alter": alter or "abroad", "ego_id": ego, "alter_id": alter, **days, **coded}


def world(*relations: dict[str, Any], **tables: Any) -> Records:
    return records(BODIES, tables.pop("projects", ()), CALLS, relations=relations, **tables)


def rows(found: Records) -> list[tuple[int, str, str, str]]:
    """Period, pair and ego of every row, by name."""
    table = panel.contacts(found)
    CONTRACTS["panel/contacts"].check(table)
    ids = found.clusters["cluster_id"].to_numpy()
    columns = (table["cluster_i"], table["cluster_j"], table["ego"])
    return list(zip(table["period"].tolist(), *(ids[column].tolist() for column in columns), strict=True))


@pytest.mark.parametrize(
    ("begin", "end", "period"),
    [
        ("2006-01-01", None, 1),  # the reference day itself
        ("2006-12-31", None, 1),  # the day before the next
        ("2007-01-01", "2007-03-01", 2),
        ("2006-06-01..2007-05-31", None, 1),  # known to the year: from its first day
        (None, "2007-02-01..2007-02-28", 2),  # no beginning: the end decides
        ("2006-02-01", "2007-02-01", 1),
        ("2008-12-30", None, 3),  # the last period lasts a year
        ("2008-12-31", None, None),
        ("2005-12-31", "2006-02-01", None),  # before the first; the end does not save it
        ("..2007-06-30", None, 2),  # by June 2007
        (None, None, None),
    ],
)
def test_the_period_of_a_relation(begin: str | None, end: str | None, period: int | None) -> None:
    assert rows(world(relation("b", "a", begin, end))) == (
        [] if period is None else [(period, "a", "b", "b")]
    )


def test_only_periods_with_rows_have_contacts() -> None:
    made = world(relation("a", "b", "2006-02-01"), relation("a", "b", "2007-02-01"))
    table = panel.contacts(made, {"panel": {"first": 2, "last": 2}})
    assert table["period"].tolist() == [2]


def test_who_exists_when() -> None:
    met = [
        relation("a", "c", "2007-04-01..2007-04-30"),  # before the start of its operations
        relation(
            "a", "c", "2007-05-01..2007-05-31"
        ),  # in its first month, before its label and reference day
        relation("a", "c", "2007-04-15..2007-05-15"),  # perhaps after its start
        relation("a", "d", "2007-06-30"),
        relation("a", "d", "2007-07-01"),  # the label was lost
    ]
    assert rows(world(*met)) == [(2, "a", "c", "a"), (2, "a", "c", "a"), (2, "a", "d", "a")]


def test_a_body_of_no_eligible_kind_is_told_of_too() -> None:
    made = world(relation("a", "b", "2006-02-01"))
    assert len(panel.contacts(made, {"panel": {"eligible_kinds": ["pole"]}})) == 1


def test_blank_is_never_zero() -> None:
    table = panel.contacts(
        world(
            relation("a", "b", "2006-02-01", contact=True),
            relation("a", "b", "2006-02-01", contact=False, project_realised=True),
            relation("a", "b", "2006-02-01", joint_idea=True, project_realised=False),
            relation("a", "b", "2006-02-01", joint_idea=True, project_realised=True),
            relation("a", "b", "2006-02-01", joint_idea=True, project_attempted=False),
            relation("a", "b", "2006-02-01", joint_idea=False, project_realised=False),
        )
    )
    none = [pd.NA] * 6
    assert [str(x) for x in table["contact"]] == [str(x) for x in [True, False, *none[:4]]]
    assert [str(x) for x in table["idea"]] == [str(x) for x in [*none[:2], False, True, *none[:2]]]
    assert table["practice_exchange"].isna().all()
    assert table["relation"].tolist() == list(range(6))


def test_two_egos_are_two_observations_of_one_dyad() -> None:
    made = world(
        relation("b", "a", "2006-02-01", contact=True), relation("a", "b", "2006-03-01", contact=True)
    )
    assert rows(made) == [(1, "a", "b", "b"), (1, "a", "b", "a")]


def test_the_flow_accounts_for_every_relation() -> None:
    made = world(
        relation("a", None, "2006-02-01"),
        relation("a", "a", "2006-02-01"),
        relation("a", "b"),
        relation("a", "b", "2005-02-01"),
        relation("a", "c", "2006-02-01"),
        relation("a", "b", "2006-02-01"),
        relation("a", "b", "2006-02-01", contact=False),
        relation("a", "b", "2007-02-01", contact=True, joint_idea=True, project_realised=False),
    )
    flow = contact_flow(made).set_index("step")
    assert flow["kept"].tolist() == [8, 7, 6, 5, 4, 3, 2, 1]
    assert flow["left"].tolist() == [0, 1, 1, 1, 1, 1, 1, 2]
    assert len(panel.contacts(made)) == flow.loc["rows", "kept"]


def test_no_ledger_no_rows() -> None:
    assert panel.contacts(world()).empty
    assert features.contacts(world(), ["same_region"])["same_region"].empty
    assert contact_flow(world())["kept"].sum() == 0


# ---- features


def surveyed(made: Records, days: list[str]) -> Records:
    """Every body tells of every other on these days."""
    names = made.clusters["cluster_id"].tolist()
    told = [relation(a, b, day, contact=True) for day in days for a in names for b in names if a != b]
    return changed(made, relations=frame("ingest/relations", told))


def days_of(made: Records) -> list[str]:
    return [str(day) for day in made.periods["reference"]]


def test_features_are_those_of_the_panel() -> None:
    """Of every dyad and period in which both are active, whatever the feature."""
    made = five_clusters()
    keys = ["period", "cluster_i", "cluster_j"]
    found = features.contacts(surveyed(made, days_of(made))).drop_duplicates(keys)
    expected = features.table(made)
    names = [name for name in features.REGISTRY if name in expected and name != "prior_projects"]
    both = expected[keys].merge(found, on=keys, how="left")
    assert len(both) == len(expected) > 20
    pd.testing.assert_frame_equal(both[names].astype("float32"), expected[names].astype("float32"))


@pytest.mark.parametrize("seed", range(2))
def test_what_happens_from_the_reference_day_on_changes_nothing(seed: int) -> None:
    """Records of the period and later, facts and events dated then, are not known."""
    made = random_world(seed)
    days = days_of(made)
    period = int(made.periods["period"].iloc[len(days) // 2])
    day = made.periods.loc[made.periods["period"] == period, "reference"].iloc[0]
    whole = surveyed(made, days)
    later = made.projects["period"].ge(period).fillna(True).to_numpy(dtype=bool)
    lost = set(made.projects.loc[later, "project_id"])
    known = changed(
        whole,
        projects=made.projects[~later].reset_index(drop=True),
        memberships=made.memberships[~made.memberships["project_id"].isin(lost)].reset_index(drop=True),
        facts=made.facts[made.facts["high"] < day].reset_index(drop=True),
        events=made.events[made.events["high"] < day].reset_index(drop=True),
    )
    before, after = (table[table["period"] <= period] for table in map(features.contacts, (whole, known)))
    assert lost
    assert before["period"].eq(period).any()
    pd.testing.assert_frame_equal(before.reset_index(drop=True), after.reset_index(drop=True))


def test_a_body_in_its_first_months_is_in_structuring() -> None:
    table = features.contacts(world(relation("a", "c", "2007-05-02", contact=True)), ["one_structuring"])
    assert table["one_structuring"].tolist() == [1.0]


def test_a_line_that_judges_nothing_says_nothing_of_rivalry() -> None:
    """Relations are judged for all time: a contact to come must not show in a feature."""
    told = [relation("a", "b", relation="rival"), relation("a", "c", "2007-06-01", contact=True)]
    table = features.contacts(world(*told), ["historic_rivalry"])
    assert table["historic_rivalry"].isna().tolist() == [True]
    judged = world(*told, relation("a", "c", relation="same"))
    assert features.contacts(judged, ["historic_rivalry"])["historic_rivalry"].tolist() == [0.0]


# ---- from a file

LEDGER = """ego,alter,from,to,contact,joint_idea
A,B,2010-02,2011-08,1,
A,B,,juin 2012,,0
A,C,2012,2010,1,
A,C,32/13/2010,,1,
A,C,2010,,2,
,C,2010,,1,
A,elsewhere,2010,,1,
"""


def test_dates_of_a_ledger_are_intervals_and_what_cannot_be_read_is_set_aside(tmp_path: Any) -> None:
    found = read(
        tmp_path,
        "projects: {file: p.csv, columns: {acronym: name, year: year, clusters: members}}, "
        "clusters: {file: c.csv, columns: {name: name}, constants: {kind: cluster}}, "
        "relations: {file: r.csv, columns: {ego: ego, alter: alter, from: from, to: to, contact: contact, "
        "joint_idea: joint_idea}}",
        p="name,year,members\nP,2010,A;B\n",
        c="name\nA\nB\nC\n",
        r=LEDGER,
    )
    table = found.records.relations
    dates = (
        table[["from_low", "from_high", "to_low", "to_high"]].astype(str).fillna("nan").to_numpy().tolist()
    )
    assert dates[0] == ["2010-02-01", "2010-02-28", "2011-08-01", "2011-08-31"]
    assert dates[1] == ["nan", "nan", "2012-06-01", "2012-06-30"]
    assert table["contact"].isna().tolist() == [False, True, False]
    assert table["alter_id"].isna().tolist() == [False, False, True]
    assert [line for line, _ in aside(found)] == [4, 5, 6, 7]
    reasons = dict(aside(found))
    assert reasons[4] == "the relation ends before it begins"
    assert reasons[6] == "neither 1, 0 nor blank"
    assert panel.contacts(found.records, {"unit": "year"})["period"].tolist() == [2010, 2012]

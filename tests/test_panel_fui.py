"""The panel of the real records: every list traces to its rows and pages, nothing is left out unsaid."""

from __future__ import annotations

import csv
from itertools import combinations

import pandas as pd
import pytest

from interclust import config, ingest, panel
from interclust.panel.blocks import frame
from interclust.records import Records

STUDY = config.load("fui")
RAW = config.data_dir(STUDY) / "fui" / "projects.csv"


@pytest.fixture(scope="module")
def records() -> Records:
    return ingest.read(STUDY)


@pytest.fixture(scope="module")
def tables(records: Records) -> panel.Tables:
    return panel.Tables.of(records, STUDY)


def kept(tables: panel.Tables, step: str) -> int:
    return next(row["kept"] for row in panel.flow(tables) if row["step"] == step)


def test_every_list_traces_to_its_rows_and_pages(records: Records, tables: panel.Tables) -> None:
    """From a list to the lines of the raw file, read here by the csv module alone."""
    with RAW.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    clusters = records.clusters["cluster_id"].tolist()
    printed = records.memberships.groupby(["project_id", "cluster_id"])["printed"].first()
    lists = panel.lists(tables)
    assert len(lists) == kept(tables, "lists_placed_in_time")
    for item in lists.itertuples():
        lines = [rows[int(project.split(":")[1]) - 2] for project in item.project_ids]
        assert set(item.source_ids) <= {page for row in lines for page in row["source_ids"].split(";")}
        assert item.source_ids
        for member in item.members:
            names = {
                name for project in item.project_ids for name in printed.get((project, clusters[member]), [])
            }
            cells = " ".join(row["poles_raw"] + row["lead_pole"] for row in rows)
            assert names
            assert all(name in cells for name in names)


def test_every_project_with_two_active_bodies_is_in_the_panel(records: Records, tables: panel.Tables) -> None:
    """Counted from the tables of records in plain Python."""
    kinds = dict(zip(records.clusters["cluster_id"], records.clusters["kind"], strict=True))
    begun = dict(zip(records.clusters["cluster_id"], records.clusters["active_from"], strict=True))
    gone = dict(zip(records.clusters["cluster_id"], records.clusters["active_to"], strict=True))
    day = dict(zip(records.periods["period"], records.periods["reference"], strict=True))
    sets = {status for group in STUDY["panel"]["sets"].values() for status in group}
    named = records.memberships.groupby("project_id")["cluster_id"].apply(list)
    expected = set()
    for row in records.projects.itertuples():
        if row.status not in sets or pd.isna(row.period):
            continue
        when = day[row.period]
        active = [
            name
            for name in named.get(row.project_id, [])
            if kinds[name] == "pole" and begun[name] <= when and not gone[name] <= when
        ]
        expected |= {(row.project_id, *pair) for pair in combinations(sorted(active), 2)}
    found = panel.row_projects(tables)
    clusters = records.clusters["cluster_id"].to_numpy()
    ends = zip(found["project_id"], clusters[found["cluster_i"]], clusters[found["cluster_j"]], strict=True)
    assert set(ends) == expected
    assert found["project_id"].nunique() == kept(tables, "projects_in_the_panel")


def test_ties_of_the_panel_are_those_of_its_projects(tables: panel.Tables) -> None:
    rows = frame(panel.build(tables))
    assert int(rows["tie"].sum()) == kept(tables, "rows_tied")
    assert int(rows["n_projects"].sum()) == len(panel.row_projects(tables))


def test_the_flow_accounts_for_every_step(tables: panel.Tables) -> None:
    for row in panel.flow(tables):
        assert row["left"] >= 0
        assert bool(row["left"]) == bool(row["why"]), row["step"]


def test_undated_projects_enter_first_or_last(records: Records, tables: panel.Tables) -> None:
    projects = records.projects
    limited = projects["period"].isna() & projects["period_low"].notna() & projects["period_high"].notna()
    assert limited.sum() > 5
    for variant, limit in (("first", "period_low"), ("last", "period_high")):
        section = {**STUDY["panel"], "undated": variant}
        varied = panel.Tables.of(records, {"panel": section, "features": STUDY["features"]})
        found = varied.calendar.periods[varied.project_period[limited.to_numpy()]]
        assert found.tolist() == projects.loc[limited, limit].tolist()
        dated = ~limited.to_numpy()
        assert (varied.project_period[dated] == tables.project_period[dated]).all()
        assert len(panel.row_projects(varied)) > len(panel.row_projects(tables))

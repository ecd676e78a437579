"""What describes a panel: by hand on small worlds, and against plain Python on random ones."""

from __future__ import annotations

import json
import random
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from describe_reference import life_table
from describe_reference import network as slow_network
from interclust import panel
from interclust.numerics.graph import Graph
from interclust.panel import describe
from interclust.panel.blocks import frame
from interclust.panel.describe import by_lists
from interclust.panel.describe.by_lists import Lists
from interclust.panel.describe.columns import TABLES, dictionary
from interclust.records import Records
from worlds import five_clusters, random_world, records


def graph(n: int, *ties: tuple[int, int]) -> Graph:
    i, j = np.array(ties, dtype=int).reshape(-1, 2).T
    return Graph(n, i, j)


def lists_of(*projects: tuple[int, ...], n: int = 9) -> Lists:
    project = np.repeat(np.arange(len(projects)), [len(members) for members in projects])
    cluster = np.array([body for members in projects for body in members], dtype=int)
    return Lists.of(n, project, cluster, np.ones(len(projects), dtype=bool))


def test_a_star_and_a_ring() -> None:
    star, ring = graph(5, (0, 1), (0, 2), (0, 3), (0, 4)), graph(4, (0, 1), (1, 2), (2, 3), (0, 3))
    assert (star.centralisation, ring.centralisation) == (1, 0)
    assert (star.transitivity, star.clustering) == (0, 0)
    assert star.degree_assortativity() == -1
    assert np.isnan(ring.degree_assortativity())  # all have as many partners
    assert ring.density == pytest.approx(4 / 6)


def test_a_triangle_with_a_tail() -> None:
    """Ties ab, bc, ac, cd: five paths of which three are closed; local clustering 1, 1, 1/3."""
    found = graph(5, (0, 1), (1, 2), (0, 2), (2, 3))
    assert found.degree.tolist() == [2, 2, 3, 1, 0]
    assert found.triangles == 1
    assert found.transitivity == pytest.approx(3 / 5)
    assert found.clustering == pytest.approx((1 + 1 + 1 / 3) / 3)
    assert found.components.tolist() == [4]
    assert found.centralisation == pytest.approx((1 + 1 + 0 + 2 + 3) / 12)


def test_mixing_by_hand() -> None:
    """Ties aa, ab, bb: e = [[1/3, 1/6], [1/6, 1/3]], so (2/3 - 1/2) / (1 - 1/2)."""
    found = graph(6, (0, 1), (1, 2), (2, 3), (4, 5))
    assert found.attribute_assortativity(np.array([0, 0, 1, 1, 0, -1])) == pytest.approx(1 / 3)
    assert graph(2, (0, 1)).attribute_assortativity(np.array([0, 1])) == -1
    assert graph(4, (0, 1), (2, 3)).attribute_assortativity(np.array([0, 0, 1, 1])) == 1
    assert np.isnan(graph(2, (0, 1)).attribute_assortativity(np.array([0, 0])))
    assert np.isnan(graph(2, (0, 1)).attribute_assortativity(np.array([-1, 0])))


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_no_ties(n: int) -> None:
    empty = graph(n)
    assert len(empty.components) == empty.triangles == 0
    for value in (empty.clustering, empty.transitivity, empty.degree_assortativity()):
        assert np.isnan(value)
    assert np.isnan(empty.density) == (n < 2)
    assert np.isnan(empty.centralisation) == (n < 3)


def test_bands_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    ties = list(combinations(range(7), 2))[::2]
    whole = graph(7, *ties).triangles_at
    monkeypatch.setattr("interclust.numerics.graph.BAND", 3)
    np.testing.assert_array_equal(graph(7, *ties).triangles_at, whole)


def test_a_list_of_three_is_a_triangle() -> None:
    one = lists_of((0, 1, 2))
    assert one.n_triples == one.graph(np.arange(3)).triangles == 1
    assert one.transitivity == one.graph(np.arange(3)).transitivity == 1
    pairs = lists_of((0, 1), (1, 2), (0, 2))  # a triangle that no list makes
    assert pairs.n_triples == 0
    assert pairs.graph(np.arange(3)).transitivity == 1
    assert pairs.transitivity == 0
    assert lists_of((0, 1, 2, 3), (0, 1, 2), (4,), (5, 6)).n_triples == 4
    assert np.isnan(lists_of((4,)).transitivity)


def test_transitivity_of_lists_is_that_of_random_lists() -> None:
    """Many bodies on few lists each: the formula meets the mean of networks made so."""
    rng = random.Random(4)  # noqa: S311
    found = []
    for _ in range(8):
        projects = [tuple(sorted(rng.sample(range(3000), rng.choice([2, 3, 4])))) for _ in range(2000)]
        made = lists_of(*projects, n=3000)
        found.append((made.transitivity, made.graph(np.arange(3000)).transitivity))
    expected, observed = np.mean(found, axis=0)
    assert observed == pytest.approx(expected, rel=0.01)


def test_too_many_triples_are_missing_not_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_lists, "MOST_TRIPLES", 3)
    assert lists_of((0, 1, 2, 3)).n_triples is None
    table = describe.network(five_clusters())
    assert table["share_of_one_list"].notna().any()


@pytest.fixture(scope="module")
def five() -> pd.DataFrame:
    return describe.network(five_clusters()).set_index(["scope", "period"])


def test_network_of_five_clusters(five: pd.DataFrame) -> None:
    """Call 3: the list aero-bois-delta. By then also aero-bois and bois-delta, so nothing new."""
    row = five.loc[("period", 3)]
    assert (row["bodies"], row["bodies_tied"], row["ties"], row["projects"]) == (3, 3, 3, 1)
    assert (row["density"], row["transitivity"], row["share_of_one_list"]) == (1, 1, 1)
    row = five.loc[("cumulative", 3)]
    assert (row["ties"], row["projects"], row["triangles"]) == (3, 3, 1)
    # call 4: chimie is there and tied with aero; two of the four are of one sector, and tied
    row = five.loc[("cumulative", 4)]
    assert (row["bodies"], row["ties"], row["components"], row["largest"]) == (4, 4, 1, 4)
    assert row["centralisation"] == pytest.approx((0 + 1 + 2 + 1) / 6)
    # call 5: eau bears delta's history: aero-bois, aero-eau, bois-eau, aero-chimie
    assert five.loc[("cumulative", 5), "ties"] == 4
    assert five.loc[("period", 5), "ties"] == 1


def test_a_successor_that_starts_anew_has_no_earlier_ties() -> None:
    table = describe.network(five_clusters(), {"successors": "restarted"}).set_index(["scope", "period"])
    assert table.loc[("cumulative", 5), "ties"] == 3  # aero-bois, aero-chimie, and bois-eau of the call


def members(world: Records) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in world.memberships.itertuples():
        found.setdefault(row.project_id, set()).add(row.cluster_id)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_network_against_plain_python(seed: int) -> None:
    """Periods by themselves, and with the earlier ones where no body bears another's history."""
    world, settings = random_world(seed, n=10, n_projects=40), {"successors": "restarted"}
    table = describe.network(world, settings)
    named, clusters = members(world), world.clusters
    for row in table.to_dict("records"):
        day = world.periods.set_index("period")["reference"][row["period"]]
        there = clusters[(clusters["active_from"] <= day) & ~(clusters["active_to"] <= day)]
        number = {name: place for place, name in enumerate(there["cluster_id"])}
        projects = world.projects[world.projects["status"] == "explicit_multi"]
        kept = projects["period"] == row["period"]
        if row["scope"] == "cumulative":
            kept = projects["period"] <= row["period"]
        lists = [
            [number[name] for name in named[p] if name in number]
            for p in projects.loc[kept.fillna(False), "project_id"]
        ]
        words = [None if pd.isna(word) else word for word in there["sector"]]
        slow = slow_network(len(number), [own for own in lists if len(own) > 1], words)
        slow["sector_assortativity"] = slow.pop("attribute")
        assert row["bodies"] == len(number)
        np.testing.assert_allclose(
            [row[key] for key in slow], list(slow.values()), atol=1e-12, err_msg=str(row)
        )


def test_a_joint_list_is_one_list() -> None:
    joint = {"period": 1, "status": "joint_list", "list_group": "j1", "members": ["a", "b", "c"]}
    other = {"period": 1, "members": ["a", "d"]}
    world = records(
        [{"cluster_id": name} for name in "abcd"] + [{"cluster_id": f"z{k}"} for k in range(12)],
        [joint, joint, other],
        {1: "2006-01-01"},
    )
    row = describe.network(world).iloc[0]
    assert row["projects"] == 3
    # one list of three and one of two: D = 5, F2 = 8, F3 = 6, K2 = 2 (a is on two lists)
    assert row["transitivity_of_lists"] == pytest.approx(25 * 6 / (25 * 6 + 2 * 64))


def test_transitions_by_hand() -> None:
    table = describe.transitions(panel.build(five_clusters()), complete=True)
    found = table.set_index(["outcome", "by", "level"])
    # first ties: aero-bois (1), bois-delta (2), aero-delta (3), aero-chimie (4); those of eau are inherited
    assert found.loc[("emergence", "all", np.nan), "events"] == 4
    by_call = table[(table["outcome"] == "emergence") & (table["by"] == "period")]
    assert by_call["events"].tolist() == [1, 1, 1, 1, 0, 0]
    assert by_call["at_risk"].tolist() == [3, 2, 1, 3, 2, 2]
    again = table[(table["outcome"] == "recurrence") & (table["by"] == "period")]
    assert again["events"].tolist() == [0, 2, 0, 1, 1]
    assert found.loc[("recurrence", "prior_projects", "1"), "events"] == 3
    assert (found["rate"] == found["events"] / found["at_risk"]).all()


def test_incomplete_records_have_no_rates_and_no_gaps() -> None:
    table = describe.transitions(panel.build(five_clusters()), complete=False)
    assert table["rate"].isna().all()
    assert table["reading"].str.contains("recorded").all()
    assert len(describe.gaps(panel.build(five_clusters()), complete=False)) == 0


@pytest.mark.parametrize("seed", range(4))
def test_transitions_add_up(seed: int) -> None:
    world = random_world(seed)
    table = describe.transitions(panel.build(world), complete=True)
    kept = {step["step"]: step["kept"] for step in panel.flow(world)}
    sums = table.groupby(["outcome", "by"])[["at_risk", "events"]].sum()
    for outcome, by in sums.index:
        row = sums.loc[(outcome, by)]
        assert row["at_risk"] == kept[f"rows_at_risk_of_{outcome}"]
        assert row["events"] == kept[f"events_of_{outcome}"]


def test_gaps_by_hand() -> None:
    """Ties of a and b in calls 1, 2 and 5 of six: gaps of 1 and 3 that end, one of 1 that does not."""
    projects = [{"period": period, "members": ["a", "b"]} for period in (1, 2, 5)]
    days = {number: f"{2005 + number}-01-01" for number in range(1, 7)}
    world = records([{"cluster_id": name} for name in "ab"], projects, days)
    table = describe.gaps(panel.build(world), complete=True).set_index("gap")
    assert table["entered"].tolist() == [3, 0, 0, 0]
    assert table["at_risk"].tolist() == [3, 3, 1, 1]
    assert table["events"].tolist() == [0, 1, 0, 1]
    assert table["censored"].tolist() == [0, 1, 0, 0]
    np.testing.assert_allclose(table["survivor"], [1, 2 / 3, 2 / 3, 0])


@pytest.mark.parametrize("seed", range(10))
def test_gaps_against_plain_python(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interclust.panel.pairs.SHARD", 7)
    world = random_world(seed, n=10, n_periods=8, n_projects=60)
    table = describe.gaps(panel.build(world), complete=True).set_index("gap")
    slow = life_table(frame(panel.build(world)).to_dict("records"))
    assert table[["entered", "at_risk", "events", "censored"]].to_dict("index") == slow
    for gap in range(1, len(table)):
        before, row = table.loc[gap - 1], table.loc[gap]
        assert row["at_risk"] == before["at_risk"] - before["events"] - before["censored"] + row["entered"]


def test_gaps_that_a_successor_brings_are_late_entries() -> None:
    tables = [describe.gaps(panel.build(random_world(seed)), complete=True) for seed in range(12)]
    assert sum(table["entered"].iloc[1:].sum() for table in tables) > 0


def test_lists_by_call_source_size_and_set() -> None:
    table = describe.list_counts(five_clusters())
    every = table[table["by"] == "all"].set_index(["set", "m"])["lists"]
    assert every.to_dict() == {("strict", 2): 5, ("strict", 3): 1, ("broad", 2): 1}
    calls = table[table["by"] == "period"]
    assert calls["level"].fillna("undated").tolist() == ["1", "2", "3", "4", "5", "6", "undated"]
    sources = table[table["by"] == "source"].groupby("level")["lists"].sum()
    assert sources.to_dict() == {"s01": 5, "s02": 2}


def test_calls_are_in_the_order_of_numbers() -> None:
    projects = [{"period": period, "members": ["a", "b"]} for period in (1, 2, 10)]
    days = {number: f"{2000 + number}-01-01" for number in (1, 2, 10)}
    world = records(
        [{"cluster_id": "a", "active_from": "1999-01-01"}, {"cluster_id": "b", "active_from": "1999-01-01"}],
        projects,
        days,
    )
    table = describe.list_counts(world)
    assert table[table["by"] == "period"]["level"].tolist() == ["1", "2", "10"]


def test_visibility_against_published_totals() -> None:
    check = {"cluster_id": "aero", "first": 1, "last": 6, "published": 20, "found": 5, "source": "t, line 2"}
    other = {"name": "projects in all", "published": 90, "found": 80}
    table = describe.visibility(five_clusters(), [other, check]).set_index("cluster_id")
    assert table.index.tolist() == ["aero", "bois", "chimie", "delta", "eau"]
    assert table["projects"].tolist() == [6, 4, 2, 2, 2]
    assert table["lists"].tolist() == [5, 4, 2, 2, 2]
    assert table["partners"].tolist() == [4, 3, 1, 2, 2]
    assert table.loc["aero", "record_rate"] == 0.25
    assert table["published"].notna().sum() == 1


@pytest.mark.parametrize("names", ["", "a", "ab"])
def test_worlds_without_ties(names: str, tmp_path: Path) -> None:
    world = records([{"cluster_id": name} for name in names], [], {1: "2006-01-01", 2: "2007-01-01"})
    panel.write(world, None, tmp_path)
    describe.write(world, None, tmp_path)
    network = pd.read_csv(tmp_path / "describe" / "network.csv")
    assert network["ties"].tolist() == [0] * 4
    assert len(pd.read_csv(tmp_path / "describe" / "gaps.csv")) == 0


def test_written_tables_are_documented_and_stable(tmp_path: Path) -> None:
    world = random_world(2)
    panel.write(world, None, tmp_path)
    describe.write(world, None, tmp_path)
    describe.write_merger_tables(world, None, tmp_path / "describe")
    describe.write_contact_flow(world, None, tmp_path / "describe" / "contacts.csv")
    files = sorted((tmp_path / "describe").glob("*.csv"))
    assert {path.stem for path in files} == {*TABLES, "columns"}
    for path in files:
        if path.stem != "columns":
            assert pd.read_csv(path, nrows=0).columns.tolist() == list(TABLES[path.stem])
    before = [path.read_bytes() for path in files]
    describe.write(world, None, tmp_path)
    assert [path.read_bytes() for path in files] == before
    told: dict[str, Any] = json.loads(dictionary().to_json())
    assert all(told["meaning"].values())

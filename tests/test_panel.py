"""The panel: by hand on five clusters, and against plain Python on random worlds."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interclust import features, panel
from interclust.contracts import CONTRACTS
from interclust.errors import ConfigError, ContractError
from interclust.features.compute import beside_panel, write_period_of
from interclust.features.registry import select
from interclust.numerics.dyads import dyad_number
from interclust.panel import pairs
from interclust.panel.blocks import Store, frame
from interclust.panel.lineage import heirs
from interclust.panel.settings import FeatureSettings, PanelSettings, resolve
from interclust.panel.write import write_position
from interclust.records import Records
from panel_reference import SlowPanel
from worlds import changed, five_clusters, random_world, records

SCHEMAS = Path(__file__).parents[1] / "workflow" / "schemas"
AERO, BOIS, CHIMIE, DELTA, EAU = range(5)


@pytest.mark.parametrize("world", [five_clusters(), random_world(3)])
def test_worlds_keep_the_contracts(world: Records) -> None:
    for name in Records.names():
        CONTRACTS[f"ingest/{name}"].check(getattr(world, name))


@pytest.fixture(scope="module")
def five() -> pd.DataFrame:
    return frame(panel.build(five_clusters())).set_index(["period", "cluster_i", "cluster_j"])


def test_rows_follow_entry_and_exit(five: pd.DataFrame) -> None:
    rows = five.reset_index()
    bodies = {t: set(part["cluster_i"]) | set(part["cluster_j"]) for t, part in rows.groupby("period")}
    assert bodies[1] == {AERO, BOIS, DELTA}
    assert bodies[4] == {AERO, BOIS, CHIMIE, DELTA}
    assert bodies[5] == bodies[6] == {AERO, BOIS, CHIMIE, EAU}
    assert rows.groupby("period").size().tolist() == [3, 3, 3, 6, 6, 6]


def test_emergence_then_recurrence(five: pd.DataFrame) -> None:
    dyad = five.xs((AERO, BOIS), level=("cluster_i", "cluster_j"))
    assert dyad["tie"].tolist() == [True, False, True, False, False, False]
    assert dyad["emergence"].tolist() == [True, *[pd.NA] * 5]
    assert dyad["recurrence"].tolist() == [pd.NA, False, True, False, False, False]
    assert dyad["prior_projects"].tolist() == [0, 1, 1, 2, 2, 2]
    assert dyad["periods_since_first_tie"].tolist() == [pd.NA, 1, 2, 3, 4, 5]
    assert dyad["periods_since_last_tie"].tolist() == [pd.NA, 1, 2, 1, 2, 3]
    assert dyad["periods_at_risk"].tolist() == [1, 2, 3, 4, 5, 6]


def test_exposure_leaves_own_projects_out(five: pd.DataFrame) -> None:
    # Before call 3: aero is named in projects 1 and 2, bois in 1 and 3; they share project 1.
    assert five.loc[(3, AERO, BOIS), "log_exposure"] == pytest.approx(2 * np.log(1.5))
    # delta is named in project 3, which it shares with bois.
    assert five.loc[(3, BOIS, DELTA), "log_exposure"] == pytest.approx(np.log(1.5) + np.log(0.5))


def test_successor_bears_the_history(five: pd.DataFrame) -> None:
    row = five.loc[(5, BOIS, EAU)]
    assert row["prior_projects"] == 2
    assert row["inherited"]
    assert row["recurrence"]
    assert row["periods_at_risk"] == 5
    assert row["left_truncated"]  # delta and bois were there before the first call


def test_restarted_successor_is_a_newborn() -> None:
    table = frame(panel.build(five_clusters(), {"successors": "restarted"}))
    row = table[(table["period"] == 5) & (table["cluster_j"] == EAU) & (table["cluster_i"] == BOIS)].iloc[0]
    assert (row["prior_projects"], row["inherited"], row["periods_at_risk"]) == (0, False, 1)
    assert row["emergence"]
    assert not row["left_truncated"]


def test_undated_projects_make_no_rows_but_are_flagged(five: pd.DataFrame) -> None:
    dyad = five.xs((AERO, CHIMIE), level=("cluster_i", "cluster_j"))
    assert dyad["undated_tie"].all()
    assert dyad["n_projects"].tolist() == [1, 0, 0]
    assert not five.xs((AERO, BOIS), level=("cluster_i", "cluster_j"))["undated_tie"].any()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("successors", ["inherited", "restarted"])
def test_against_plain_python(seed: int, successors: str) -> None:
    world = random_world(seed)
    table = frame(panel.build(world, {"eligible_kinds": ["pole"], "successors": successors}))
    slow = pd.DataFrame(SlowPanel(world, ("pole",), successors == "inherited").rows())
    ids = world.clusters["cluster_id"].to_numpy()
    assert ids[table["cluster_i"]].tolist() == slow["i"].tolist()
    assert ids[table["cluster_j"]].tolist() == slow["j"].tolist()
    for column in CONTRACTS["panel/periods"].columns:
        if column in ("cluster_i", "cluster_j"):
            continue
        found, expected = table[column].astype(float), slow[column].astype(float)
        np.testing.assert_allclose(found, expected, rtol=1e-6, err_msg=column)


def test_random_worlds_exercise_the_hard_parts() -> None:
    tables = [frame(panel.build(random_world(seed), {"eligible_kinds": ["pole"]})) for seed in range(12)]
    whole = pd.concat(tables)
    for column in ("inherited", "undated_tie", "in_recurrence_risk_set"):
        assert whole[column].any(), column
    assert (whole["recurrence"] == True).any()  # noqa: E712
    assert not whole["left_truncated"].all()


@pytest.mark.parametrize("seed", range(4))
def test_contract_and_partition(seed: int) -> None:
    table = frame(panel.build(random_world(seed)))
    CONTRACTS["panel/periods"].check(table)
    assert (table["in_emergence_risk_set"] ^ table["in_recurrence_risk_set"]).all()
    assert (table["cluster_i"] < table["cluster_j"]).all()


@pytest.mark.parametrize("seed", range(4))
def test_ties_are_conserved(seed: int) -> None:
    world = random_world(seed)
    table, dyads, rows = frame(panel.build(world)), panel.dyads(world), panel.row_projects(world)
    assert table["n_projects"].sum() == len(rows) == dyads["n_projects"].sum()
    counted = rows.groupby(["period", "cluster_i", "cluster_j"]).size()
    tied = table[table["tie"]].set_index(["period", "cluster_i", "cluster_j"])["n_projects"]
    assert counted.to_dict() == tied.to_dict()
    assert dyads["tie_class"].eq("none").eq(dyads["n_projects"] == 0).all()
    distinct = table[["cluster_i", "cluster_j"]].drop_duplicates()
    assert len(dyads) == len(distinct)


@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_does_not_matter(seed: int) -> None:
    world = random_world(seed)
    shuffled = changed(
        world,
        projects=world.projects.sample(frac=1, random_state=seed).reset_index(drop=True),
        memberships=world.memberships.sample(frac=1, random_state=seed).reset_index(drop=True),
    )
    pd.testing.assert_frame_equal(frame(panel.build(world)), frame(panel.build(shuffled)))
    pd.testing.assert_frame_equal(panel.row_projects(world), panel.row_projects(shuffled))
    pd.testing.assert_frame_equal(panel.lists(world), panel.lists(shuffled))


@pytest.mark.parametrize("size", [1, 4, 7])
def test_shards_do_not_matter(size: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    world = random_world(1, n=9)
    whole, dyads = frame(panel.build(world)), panel.dyads(world)
    monkeypatch.setattr(pairs, "SHARD", size)
    blocks = list(panel.build(world))
    able = len(panel.Tables.of(world).able)
    assert len(blocks) == 5 * -(-(able * (able - 1) // 2) // size)
    pd.testing.assert_frame_equal(frame(blocks), whole)
    panel.write(world, None, tmp_path)
    store = Store.open(tmp_path / "periods")
    pd.testing.assert_frame_equal(frame(store.by_period()), whole, check_dtype=False)
    by_shard = frame(block for shard in range(store.n_shards) for block in store.shard(shard))
    order = ["period", "cluster_i", "cluster_j"]
    pd.testing.assert_frame_equal(
        by_shard.sort_values(order, ignore_index=True), whole.sort_values(order, ignore_index=True)
    )
    pd.testing.assert_frame_equal(CONTRACTS["panel/dyads"].read(tmp_path / "dyads.parquet"), dyads)


def test_bodies_that_are_never_at_risk_make_no_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    world = random_world(3, n=9)
    monkeypatch.setattr(pairs, "SHARD", 4)
    kinds = {"eligible_kinds": ["pole"]}
    poles = int((world.clusters["kind"] == "pole").sum())
    assert poles < 9
    blocks = list(panel.build(world, kinds))
    assert max(block.shard for block in blocks) + 1 <= -(-(poles * (poles - 1) // 2) // 4)
    held: dict[int, set[tuple[int, int]]] = {}
    for block in blocks:
        held.setdefault(block.shard, set()).update(zip(block.i.tolist(), block.j.tolist(), strict=True))
    assert sum(map(len, held.values())) == len(set().union(*held.values()))  # a dyad has one shard


def test_periods_apart_and_together_give_the_same_bytes(tmp_path: Path) -> None:
    world, names = random_world(4, n=12), ["thematic_similarity", "common_partners", "log_distance_km"]
    settings = {"panel": {}, "features": {"names": names}}
    tables = panel.Tables.of(world, settings)
    for threads in (1, 3):
        panel.write(world, settings, tmp_path / f"panel{threads}", threads)
        features.write(world, settings, tmp_path / "panel1", tmp_path / f"features{threads}", threads)
    chosen = beside_panel(select(names))
    for position, period in enumerate(tables.calendar.periods.tolist()):
        alone = panel.Tables.of(world, settings)  # as another machine would begin
        write_position(alone, position, tmp_path / "apart")
        write_period_of(alone, period, tmp_path / "panel1" / "periods", chosen, tmp_path / "apart_features")
    for one, other in (("panel1", "panel3"), ("features1", "features3")):
        assert bytes_of(tmp_path / one) == bytes_of(tmp_path / other)
    assert bytes_of(tmp_path / "apart") == bytes_of(tmp_path / "panel1" / "periods")
    assert bytes_of(tmp_path / "apart_features") == bytes_of(tmp_path / "features1" / "periods")


def bytes_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_dyad_numbers_go_both_ways() -> None:
    n = 13
    number = np.arange(n * (n - 1) // 2)
    i, j = pairs.dyad_nodes(number, n)
    assert (i < j).all()
    assert dyad_number(i, j, n).tolist() == dyad_number(j, i, n).tolist() == number.tolist()


def test_written_files(tmp_path: Path) -> None:
    world = five_clusters()
    stale = tmp_path / "periods" / "period=099.parquet"
    stale.parent.mkdir()
    stale.write_bytes(b"")
    panel.write(world, None, tmp_path)
    names = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    periods = [f"periods/period={t:03d}.parquet" for t in range(1, 7)]
    assert names == sorted(
        [*periods, "dyads.parquet", "flow.json", "lists.parquet", "regions.parquet", "row_projects.parquet"]
    )
    table = CONTRACTS["panel/periods"].read(tmp_path / "periods" / "period=004.parquet")
    pd.testing.assert_frame_equal(table, frame(b for b in panel.build(world) if b.period == 4))
    before = {name: (tmp_path / name).read_bytes() for name in names}
    panel.write(world, None, tmp_path)
    assert before == {name: (tmp_path / name).read_bytes() for name in names}


def test_a_reader_refuses_other_files(tmp_path: Path) -> None:
    panel.write(five_clusters(), None, tmp_path)
    with pytest.raises(ContractError, match="holds panel/periods/1, expected features/periods/1"):
        Store.open(tmp_path / "periods", "features/periods")
    with pytest.raises(ContractError, match="no files"):
        Store.open(tmp_path)
    (tmp_path / "periods" / "period=003.parquet").write_bytes(b"PAR1")
    with pytest.raises(ContractError, match="cannot be read"):
        Store.open(tmp_path / "periods")


def test_lists_and_their_windows() -> None:
    lists = panel.lists(five_clusters()).set_index("list_id")
    assert lists["members"].tolist() == [[0, 1], [1, 3], [0, 1, 3], [0, 2], [1, 4], [0, 2], [0, 4]]
    assert lists["set"].tolist() == ["strict"] * 6 + ["broad"]
    undated = lists.loc["projects:0007"]
    # announced in 2010: calls whose reference day lies within the year before, with chimie active
    assert pd.isna(undated["period"])
    assert (undated["period_low"], undated["period_high"]) == (4, 5)
    dated = lists.drop("projects:0007")
    assert (dated["period"] == dated["period_low"]).all()
    assert (dated["period"] == dated["period_high"]).all()


def test_a_window_that_ingest_narrowed_is_kept() -> None:
    world = five_clusters()
    projects = world.projects.copy()
    projects.loc[6, ["period_low", "period_high"]] = [2, 4]
    undated = panel.lists(changed(world, projects=projects)).set_index("list_id").loc["projects:0007"]
    assert (undated["period_low"], undated["period_high"]) == (4, 4)  # chimie enters before call 4


def test_joint_list_is_one_list_and_two_projects() -> None:
    joint = {"period": 1, "status": "joint_list", "list_group": "j1", "members": ["a", "b", "c"]}
    world = records([{"cluster_id": name} for name in "abc"], [joint, joint], {1: "2006-01-01"})
    lists = panel.lists(world)
    assert lists["list_id"].tolist() == ["j1"]
    assert lists["project_ids"].tolist() == [["projects:0001", "projects:0002"]]
    assert lists["set"].tolist() == ["joint"]
    assert frame(panel.build(world))["n_projects"].tolist() == [2, 2, 2]


def test_ineligible_bodies_are_never_at_risk_and_leave_lists() -> None:
    clusters = [{"cluster_id": "a"}, {"cluster_id": "b"}, {"cluster_id": "g", "kind": "grappe"}]
    projects = [{"period": 1, "members": ["a", "b", "g"]}, {"period": 1, "members": ["a", "g"]}]
    world = records(clusters, projects, {1: "2006-01-01"})
    settings = {"eligible_kinds": ["pole"]}
    assert len(frame(panel.build(world, settings))) == 1
    assert panel.lists(world, settings)["members"].tolist() == [[0, 1]]
    steps = {step["step"]: step for step in panel.flow(world, settings)}
    assert steps["lists_of_eligible_bodies"]["left"] == 1
    assert (steps["pairs_recorded"]["kept"], steps["pairs_in_the_panel"]["kept"]) == (3, 1)


def test_delabelled_body_leaves_no_heir() -> None:
    clusters = [
        {"cluster_id": "a"},
        {"cluster_id": "b", "active_to": "2006-06-01", "exit": "delabelled", "successor": "c"},
        {"cluster_id": "c"},
    ]
    periods = {1: "2006-01-01", 2: "2007-01-01"}
    table = frame(panel.build(records(clusters, [{"period": 1, "members": ["a", "b"]}], periods)))
    later = table[table["period"] == 2]
    assert later[["cluster_i", "cluster_j"]].to_numpy().tolist() == [[0, 2]]
    assert later["prior_projects"].tolist() == [0]


def test_chains_of_mergers_and_circles() -> None:
    assert heirs(np.array([1, 2, -1, -1]), np.array([True, True, False, False])).tolist() == [2, 2, 2, 3]
    assert heirs(np.array([1, 2, -1]), np.array([True, False, False])).tolist() == [1, 1, 2]
    for circle in ([1, 0], [1, 2, 0]):
        with pytest.raises(ContractError, match="circle"):
            heirs(np.array(circle), np.ones(len(circle), bool))


def test_limits_and_burn_in() -> None:
    world = five_clusters()
    table = frame(panel.build(world, {"first": 2, "last": 4, "burn_in": 1}))
    assert sorted(set(table["period"])) == [3, 4]
    whole = frame(panel.build(world))
    pd.testing.assert_frame_equal(table, whole[whole["period"].isin([3, 4])].reset_index(drop=True))
    with pytest.raises(ConfigError, match=r"panel.last is 9; the records have the periods 1 to 6"):
        list(panel.build(world, {"last": 9}))


def test_by_year_from_records_by_call() -> None:
    projects = [
        {"period": 1, "year": 2006, "members": ["a", "b"]},
        {"period": 2, "year": 2006, "members": ["a", "b"]},
        {"year": 2008, "members": ["a", "b"]},
    ]
    world = records([{"cluster_id": "a"}, {"cluster_id": "b"}], projects, {1: "2006-01-01", 2: "2006-06-01"})
    table = frame(panel.build(world, period="year"))
    assert table["period"].tolist() == [2006, 2007, 2008]
    assert table["n_projects"].tolist() == [2, 0, 1]
    assert table["prior_projects"].tolist() == [0, 2, 2]
    assert panel.lists(world, {"unit": "year"})["period"].tolist() == [2006, 2006, 2008]


def test_sets_sizes_and_bases() -> None:
    projects = [
        {"period": 1, "members": ["a", "b"], "status": "weak_multi"},
        {"period": 1, "members": ["a", "b", "c"]},
        {"period": 1, "members": ["a", "c"], "period_basis": "inferred"},
        {"period": 1, "members": ["b", "c"], "status": "colabel_partner_unstated"},
    ]
    world = records([{"cluster_id": name} for name in "abc"], projects, {1: "2006-01-01", 2: "2007-01-01"})

    def ties(**settings: object) -> list[int]:
        return frame(panel.build(world, settings))["n_projects"].tolist()[:3]

    assert ties() == [2, 2, 1]
    assert ties(ties=["strict"]) == [1, 2, 1]
    assert ties(max_members=2) == [1, 1, 0]
    assert ties(period_basis=["stated"]) == [2, 1, 1]
    assert ties(sets={"strict": ["complete"]}) == [0, 0, 0]
    exposure = frame(panel.build(world, {"max_members": 2}))["log_exposure"].to_numpy()[3:]
    np.testing.assert_allclose(exposure[0], 2 * np.log(1.5), rtol=1e-6)  # mentions count whatever the size


def test_min_projects() -> None:
    world = records(
        [{"cluster_id": name} for name in "abc"],
        [{"period": 1, "members": ["a", "b"]}, {"period": 2, "members": ["a", "b"]}],
        {1: "2006-01-01", 2: "2007-01-01"},
    )
    assert set(frame(panel.build(world, {"min_projects": 2}))["cluster_j"]) == {1}


@pytest.mark.parametrize("names", ["", "a"])
def test_worlds_too_small_for_a_pair(names: str, tmp_path: Path) -> None:
    world = records([{"cluster_id": name} for name in names], [], {1: "2006-01-01"})
    panel.write(world, None, tmp_path)
    assert len(CONTRACTS["panel/periods"].read(tmp_path / "periods" / "period=001.parquet")) == 0
    assert len(panel.dyads(world)) == len(panel.lists(world)) == 0


def test_a_period_without_active_pairs(tmp_path: Path) -> None:
    late = [{"cluster_id": "a"}, {"cluster_id": "b", "active_from": "2006-06-01"}]
    world = records(late, [], {1: "2006-01-01", 2: "2007-01-01"})
    panel.write(world, None, tmp_path)
    store = Store.open(tmp_path / "periods")
    assert [len(block) for block in store.by_period()] == [0, 1]
    assert store.n_shards == 1


@pytest.mark.parametrize("seed", range(3))
def test_flow_is_conserved(seed: int) -> None:
    world = random_world(seed)
    steps = panel.flow(world, {"eligible_kinds": ["pole"]})
    assert all(step["left"] >= 0 and step["kept"] >= 0 for step in steps)
    assert all(bool(step["why"]) == bool(step["left"]) for step in steps)
    kept = {step["step"]: step["kept"] for step in steps}
    assert kept["rows"] == kept["rows_at_risk_of_emergence"] + kept["rows_at_risk_of_recurrence"]
    assert kept["rows_tied"] == kept["events_of_emergence"] + kept["events_of_recurrence"]
    assert (
        kept["pairs_in_the_panel"]
        == (panel.dyads(world, {"eligible_kinds": ["pole"]})["n_projects"] > 0).sum()
    )


def test_settings_are_read_in_every_form() -> None:
    section = {"unit": "call", "ties": ["strict"]}
    expected = PanelSettings(ties=("strict",))
    assert resolve(section).panel == resolve({"panel": section, "features": {}}).panel == expected
    assert resolve({"panel": {"last": 4}}, period="year").panel == PanelSettings(unit="year")
    assert resolve({"features": {"names": "all"}}).features == FeatureSettings()
    with pytest.raises(ConfigError, match=r"did you mean ties"):
        resolve({"tiess": []})
    with pytest.raises(ConfigError, match=r"panel.unit is 'month'"):
        resolve({"unit": "month"})


@pytest.mark.parametrize(("section", "kind"), [("panel", PanelSettings), ("features", FeatureSettings)])
def test_schemas_and_defaults_agree(section: str, kind: type) -> None:
    schema = json.loads((SCHEMAS / f"{section}.json").read_text(encoding="utf-8"))["properties"]
    assert set(schema) == {item.name for item in fields(kind)}
    defaults = {name: value["default"] for name, value in schema.items() if "default" in value}
    assert resolve({section: defaults, "panel" if section == "features" else "features": {}}) == resolve()
    untold = {name for name in schema if name not in defaults}
    assert all(getattr(kind(), name) is None for name in untold)


def test_tables_are_made_once() -> None:
    tables = panel.Tables.of(five_clusters())
    assert panel.Tables.of(tables) is tables
    world = five_clusters()
    lost = world.memberships.copy()
    lost.loc[0, "cluster_id"] = "nobody"
    with pytest.raises(ContractError, match=r"cluster_id 'nobody'"):
        list(panel.build(replace(world, memberships=lost)))


def test_ties_by_large_projects_weigh_little() -> None:
    world = five_clusters()  # call 3: aero, bois and delta in one project
    weights = frame(panel.build(world, {"weigh_above": 2})).set_index(["period", "cluster_i", "cluster_j"])
    assert weights.loc[(3, AERO, BOIS), "tie_weight"] == 1 / 2
    assert weights.loc[(1, AERO, BOIS), "tie_weight"] == 1.0
    assert weights.loc[(2, AERO, BOIS), "tie_weight"] == 1.0  # no tie
    untied = weights[~weights["tie"]]
    assert (untied["tie_weight"] == 1.0).all()
    assert (frame(panel.build(world))["tie_weight"] == 1.0).all()


@pytest.mark.parametrize("kinds", [["agency"], ["grappe"]])
def test_nobody_or_one_body_at_risk(kinds: list[str], tmp_path: Path) -> None:
    world = five_clusters()
    clusters = world.clusters.assign(kind=["grappe", *["pole"] * 4])
    world = changed(world, clusters=clusters)
    table = features.table(world, ["same_sector"], {"eligible_kinds": kinds})
    assert len(table) == 0
    assert {"tie", "same_sector"} <= set(table.columns)
    panel.write(world, {"eligible_kinds": kinds}, tmp_path)
    assert len(CONTRACTS["panel/dyads"].read(tmp_path / "dyads.parquet")) == 0

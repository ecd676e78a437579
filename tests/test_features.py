"""Features: by hand on five clusters, and properties that hold for every one of the registry."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interclust import features, panel
from interclust.contracts import CONTRACTS
from interclust.errors import ConfigError
from interclust.features import knowledge, leave_out, pairwise
from interclust.features.complementarity import COMPLEMENTARITY
from interclust.features.moments import Moment
from interclust.features.registry import GROUPS, MISSING_RULES
from interclust.panel import History
from interclust.panel.blocks import Store
from interclust.records import Records
from worlds import AFFILIATIONS, changed, five_clusters, random_world, records

AERO, BOIS, CHIMIE, DELTA, EAU = range(5)
# So that every feature has values in the random worlds, whose lists are complete.
PARAMETERS = {"affiliations": AFFILIATIONS, "relatedness_pairs": 3, "diversity_words": 4, "half_life": 24.0}
SETTINGS = {"panel": {}, "features": {**PARAMETERS, "rule_regimes": {"first": 1, "second": 4}}}
NAN = float("nan")
R = 6371.0088
DEGREE = np.pi * R / 180  # km of one degree of a meridian


def chord(degrees: float, latitude: float) -> float:
    """Distance along the great circle of two places on one parallel."""
    return float(2 * R * np.arcsin(np.cos(np.radians(latitude)) * np.sin(np.radians(degrees / 2))))


# (feature, call, body, body) -> value worked out on paper
BY_HAND = [
    ("log_distance_km", 1, AERO, BOIS, np.log(10)),  # one commune: the floor
    ("log_distance_km", 4, AERO, CHIMIE, np.log(4 * DEGREE)),
    ("log_distance_km", 1, AERO, DELTA, np.log(chord(5, 48))),
    ("log_distance_km", 5, AERO, EAU, NAN),
    ("same_hq_region", 1, AERO, BOIS, 1),
    ("same_hq_region", 1, AERO, DELTA, 0),
    ("same_region", 2, AERO, DELTA, 0),  # aero covers East from 31 December 2007 only
    ("same_region", 3, AERO, DELTA, 1),
    ("territory_overlap", 2, AERO, BOIS, 1),
    ("territory_overlap", 3, AERO, BOIS, 1 / 2),
    ("territory_overlap", 5, AERO, EAU, 1 / 2),  # eau covers the region of its head office
    ("contiguous_region", 2, AERO, DELTA, 1),
    ("contiguous_region", 3, AERO, DELTA, 0),  # a common region is not a neighbouring one
    ("contiguous_region", 4, AERO, CHIMIE, 0),
    ("same_sector", 4, AERO, CHIMIE, 1),
    ("same_sector", 1, AERO, BOIS, 0),
    ("tech_market_complementarity", 1, AERO, BOIS, 1),  # diffusing, absorbing
    ("tech_market_complementarity", 1, AERO, DELTA, 0),  # diffusing both
    ("tech_market_complementarity", 4, BOIS, CHIMIE, 0.5),
    ("tech_market_complementarity", 5, AERO, EAU, NAN),
    ("prior_projects", 3, AERO, BOIS, 1),
    ("prior_projects", 5, BOIS, EAU, 2),  # through delta
    ("common_partners", 3, AERO, BOIS, 0),
    ("common_partners", 3, AERO, DELTA, 1),  # bois
    ("common_partners", 6, CHIMIE, EAU, 1),  # aero, tied with delta, whose history eau bears
    ("adamic_adar", 3, AERO, DELTA, 1 / np.log(2)),
    ("adamic_adar", 6, CHIMIE, EAU, 1 / np.log(3)),  # aero has bois, chimie, eau
    ("preferential_attachment", 3, AERO, DELTA, 1),
    ("preferential_attachment", 6, AERO, BOIS, 2),  # {chimie, eau} times {eau}
    ("same_kind", 1, AERO, BOIS, 1),
    ("same_vocation", 1, AERO, BOIS, 0),
    ("same_vocation", 1, BOIS, DELTA, 1),
    ("same_vocation", 5, AERO, EAU, NAN),
    ("integrated_region", 1, AERO, BOIS, 1),
    ("integrated_region", 3, AERO, DELTA, 0),  # East in common, without an integrated policy
    ("agreement", 1, AERO, BOIS, NAN),
    ("both_structuring", 1, AERO, BOIS, 1),
    ("one_structuring", 1, AERO, BOIS, 0),
    ("both_development", 2, AERO, BOIS, 1),  # 24 and exactly 18 months
    ("one_structuring", 4, AERO, CHIMIE, 1),  # 48 and 7 months
    ("age_min", 2, AERO, BOIS, 1.5),
    ("age_gap", 2, AERO, BOIS, 0.5),
    ("partner_age", 2, AERO, BOIS, 2.0),
    ("age_min", 5, AERO, EAU, 5.0),  # eau is as old as delta
    ("partner_grade", 3, AERO, BOIS, NAN),
    ("partner_grade", 4, AERO, BOIS, 3),
    ("partner_grade", 4, BOIS, CHIMIE, NAN),
    ("members_min", 2, AERO, BOIS, 50),
    ("members_min", 1, AERO, BOIS, NAN),
    ("members_ratio", 2, AERO, BOIS, np.log(2)),
    ("members_ratio", 3, AERO, BOIS, np.log(2)),  # the count of 2008 is known from 2009
    ("members_ratio", 4, AERO, BOIS, np.log(8)),
    ("staff_min", 4, AERO, BOIS, NAN),
    ("historic_rivalry", 4, AERO, BOIS, NAN),
    ("director_turnover", 4, AERO, BOIS, NAN),
    ("project_officer", 4, AERO, BOIS, NAN),
]


@pytest.mark.parametrize(("name", "period", "i", "j", "value"), BY_HAND)
def test_by_hand(name: str, period: int, i: int, j: int, value: float) -> None:
    history = History.before(five_clusters(), period)
    for first, second in ((i, j), (j, i)):
        found = features.columns(history, np.array([first]), np.array([second]), [name])[name]
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, [value], rtol=1e-6)


def test_similarity_by_hand() -> None:
    """Call 1: three documents; solar and energy stand in two of them, the other words in one."""
    twice, once = np.log(4 / 3) + 1, np.log(4 / 2) + 1
    aero, bois = 2 * twice**2 + 2 * once**2, 2 * twice**2 + once**2
    expected = 2 * twice**2 / np.sqrt(aero * bois)
    for period in (1, 2):  # before call 2 they share a project, which is left out
        history = History.before(five_clusters(), period)
        found = features.columns(history, [AERO], [BOIS], ["thematic_similarity"])["thematic_similarity"]
        np.testing.assert_allclose(found, [expected], rtol=1e-6)


def test_all_six_pairs_of_classes_are_defined() -> None:
    classes = ("absorbing", "diffusing", "mixed")
    pairs = {tuple(sorted((a, b))) for a in classes for b in classes}
    assert {tuple(sorted(pair)) for pair in COMPLEMENTARITY} == pairs
    assert len(COMPLEMENTARITY) == 6


def test_thin_records_have_their_features() -> None:
    """Agreements, rivalries, officers, turnover: no data in the real records, built all the same."""
    day = {"low": "2006-05-01", "high": "2006-05-31"}
    fact = {"fact": "project_officer", "bound": "exact", **day}
    world = records(
        [{"cluster_id": name} for name in "abcd"],
        [],
        {1: "2006-01-01", 2: "2007-01-01", 3: "2010-01-01"},
        agreements=[{"cluster_i": "a", "cluster_j": "b", "low": "2006-03-01", "high": "2009-12-31"}],
        relations=[
            {"ego": "A", "alter": "B", "ego_id": "a", "alter_id": "b", "relation": "rival"},
            {"ego": "C", "alter": "A", "ego_id": "c", "alter_id": "a", "relation": "same"},
        ],
        facts=[
            {"cluster_id": "a", "value": 1.0, **fact},
            {"cluster_id": "c", "value": 0.0, **fact},
            {"cluster_id": "d", "value": 0.0, **fact},
            {"cluster_id": "a", "fact": "staff", "value": 9.0, "bound": "planned", **day},
            {"cluster_id": "b", "fact": "staff", "value": 4.0, "bound": "at_least", **day},
        ],
        events=[
            {"cluster_id": "a", "event": "director_start", **day},
            {"cluster_id": "b", "event": "director_change", "low": "2009-06-01", "high": "2009-06-30"},
            {"cluster_id": "c", "event": "director_start", **day},
        ],
    )
    names = ["agreement", "historic_rivalry", "project_officer", "director_turnover", "staff_min"]
    i, j = np.array([0, 0, 2, 0]), np.array([1, 2, 3, 3])  # ab, ac, cd, ad
    found = {t: features.columns(History.before(world, t), i, j, names) for t in (1, 2, 3)}
    expected = {
        "agreement": {1: [0, 0, 0, 0], 2: [1, 0, 0, 0], 3: [0, 0, 0, 0]},
        "historic_rivalry": {1: [1, 0, NAN, NAN]},
        "project_officer": {1: [NAN] * 4, 2: [1, 1, 0, 1]},
        "director_turnover": {1: [NAN] * 4, 2: [1, 1, 1, 1], 3: [1, 0, NAN, NAN]},
        "staff_min": {2: [NAN] * 4},
    }
    for name, periods in expected.items():
        for period, values in periods.items():
            np.testing.assert_array_equal(found[period][name], values, err_msg=f"{name} {period}")


@pytest.mark.parametrize("seed", range(4))
def test_orientation_does_not_matter(seed: int) -> None:
    world = random_world(seed, complete=True, n_projects=40)
    i, j = np.triu_indices(8, 1)
    for period in (1, 3, 5):
        history = History.before(world, period, SETTINGS)
        there, back = features.columns(history, i, j), features.columns(history, j, i)
        for name in there:
            np.testing.assert_allclose(there[name], back[name], rtol=1e-6, err_msg=name)


@pytest.mark.parametrize("seed", range(3))
def test_names_and_order_do_not_matter(seed: int) -> None:
    world = random_world(seed, complete=True, n_projects=40)
    settings = {**SETTINGS, "panel": {"eligible_kinds": ["pole"]}} if seed else SETTINGS
    table = features.table(world, settings=settings)
    turned = features.table(reversed_names(world), settings=settings)
    n = len(world.clusters)
    turned["cluster_i"], turned["cluster_j"] = n - 1 - turned["cluster_j"], n - 1 - turned["cluster_i"]
    turned = turned.sort_values(["period", "cluster_i", "cluster_j"], ignore_index=True)
    pd.testing.assert_frame_equal(table, turned, rtol=1e-5)


def reversed_names(world: Records) -> Records:
    """The same world under other ids, whose order is the reverse."""
    new = {name: f"z{99 - int(name[1:]):02d}" for name in world.clusters["cluster_id"]}
    columns = ("cluster_id", "successor", "cluster_i", "cluster_j", "ego_id", "alter_id", "other_id")
    tables = {}
    for name in world.names():
        table = getattr(world, name).sample(frac=1, random_state=1)
        table = table.assign(**{c: table[c].map(new) for c in columns if c in table and len(table)})
        tables[name] = CONTRACTS[f"ingest/{name}"].frame(table)
    return changed(world, **tables)


@pytest.mark.parametrize("seed", range(4))
def test_phases_sum_to_one(seed: int) -> None:
    table = features.table(random_world(seed), ["both_development", "one_structuring", "both_structuring"])
    total = table["both_development"] + table["one_structuring"] + table["both_structuring"]
    assert (total == 1).all()


@pytest.mark.parametrize("seed", range(4))
def test_features_that_the_panel_has_too_agree(seed: int) -> None:
    world = random_world(seed)
    for block in panel.build(world):
        history = History.before(world, block.period)
        found = features.columns(history, block.i, block.j, ["prior_projects", "log_exposure"])
        for name, values in found.items():
            np.testing.assert_array_equal(values, block.columns[name].astype(np.float32))


@pytest.mark.parametrize("seed", range(3))
def test_scattered_pairs_equal_blocks(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History.before(random_world(seed, complete=True, n_projects=40), 5, SETTINGS)
    i, j = np.triu_indices(8, 1)
    whole = features.columns(history, i, j)
    for place in (0, 11, 27):
        single = features.columns(history, i[[place]], j[[place]])
        for name, values in single.items():
            np.testing.assert_allclose(values, whole[name][[place]], rtol=1e-6, err_msg=name)
    monkeypatch.setattr(pairwise, "DENSE_FACTOR", 0)
    for name, values in features.columns(history, i, j).items():
        np.testing.assert_allclose(values, whole[name], rtol=1e-6, err_msg=name)
    monkeypatch.setattr(leave_out, "MOST_CELLS", 1)
    monkeypatch.setattr(knowledge, "ROWS_AT_ONCE", 2)
    again = History.before(random_world(seed, complete=True, n_projects=40), 5, SETTINGS)
    for name, values in features.columns(again, i[::-1], j[::-1]).items():
        np.testing.assert_allclose(values[::-1], whole[name], rtol=1e-6, err_msg=name)
    twice = features.columns(history, np.concatenate([i, i]), np.concatenate([j, j]))
    for name, values in twice.items():
        np.testing.assert_allclose(values, np.tile(whole[name], 2), rtol=1e-6, err_msg=name)


def test_no_pairs_no_values() -> None:
    none = np.zeros(0, dtype=np.int32)
    found = features.columns(History.before(five_clusters(), 4), none, none)
    assert set(found) == set(features.REGISTRY)
    assert all(len(values) == 0 for values in found.values())


def test_missing_is_never_zero() -> None:
    """A body of which nothing is known has no value in any feature that rests on the registry."""
    bare = {"cluster_id": "b", "start_low": None, "start_high": None, "kind": "pole"}
    world = records([{"cluster_id": "a", "keywords": ["solar"]}, bare], [], {1: "2006-01-01"})
    found = features.columns(History.before(world, 1), np.array([0]), np.array([1]))
    counts = {name for name, item in features.REGISTRY.items() if item.missing_rule == MISSING_RULES["never"]}
    for name, values in found.items():
        assert np.isnan(values[0]) != (name in counts | {"same_kind", "mixed_kind", "after_2009"}), name


def test_unknown_feature_is_named() -> None:
    with pytest.raises(ConfigError, match=r"no feature 'same_regoin'; did you mean same_region"):
        features.select(["same_regoin"])


def test_registry_is_complete() -> None:
    assert [item.name for item in features.select(None)] == sorted(
        features.REGISTRY, key=lambda name: GROUPS.index(features.REGISTRY[name].group)
    )
    known = {f"{table}.{column}" for table in Records.names() for column in columns_of(table)}
    facts = {f"facts.{fact}" for fact in CONTRACTS["ingest/facts"].allowed["fact"]}
    tables = set(Records.names())
    for item in features.REGISTRY.values():
        texts = (*item.label, *item.unit, *item.definition, *item.date_rule, *item.missing_rule, item.source)
        assert all(texts), item.name
        assert set(item.needs) <= known | facts | tables | {"events.director_change"}, item.name


def columns_of(table: str) -> list[str]:
    return list(CONTRACTS[f"ingest/{table}"].columns)


def test_written_files(tmp_path: Path) -> None:
    world, study = five_clusters(), {"panel": {}, "features": {"names": ["same_sector", "prior_projects"]}}
    panel.write(world, study, tmp_path / "panel")
    features.write(world, study, tmp_path / "panel", tmp_path / "features")
    store = Store.open(tmp_path / "features" / "periods", "features/periods")
    assert store.periods == [1, 2, 3, 4, 5, 6]
    assert store.columns == [*list(CONTRACTS["panel/periods"].columns)[3:], "same_sector"]
    stored = pd.concat(block.frame() for block in store.by_period()).reset_index(drop=True)
    pd.testing.assert_frame_equal(stored, features.table(world, settings=study))
    dictionary = pd.read_csv(tmp_path / "features" / "dictionary.csv")
    assert dictionary["name"].tolist() == ["same_sector", "prior_projects"]
    assert not dictionary.isna().any().any()


def test_pairs_of_lists(tmp_path: Path) -> None:
    """Every pair of active bodies, in every period that a list may have."""
    world = five_clusters()
    panel.write(world, None, tmp_path / "panel")
    features.write(world, None, tmp_path / "panel", tmp_path / "features")
    pairs = pd.read_parquet(tmp_path / "features" / "lists.parquet")
    assert list(pairs.columns) == [
        "period",
        "cluster_i",
        "cluster_j",
        *[f.name for f in features.select(None)],
    ]
    rows = features.table(world, list(features.REGISTRY))
    shared = [name for name in pairs.columns if name in rows]
    expected = rows[shared].astype({"prior_projects": "float32"})
    pd.testing.assert_frame_equal(pairs[shared], expected, check_dtype=False)
    settings = {"panel": {}, "features": {"lists": False}}
    features.write(world, settings, tmp_path / "panel", tmp_path / "features")
    assert len(pd.read_parquet(tmp_path / "features" / "lists.parquet")) == 0


def test_moments_of_risk_sets(tmp_path: Path) -> None:
    world = five_clusters()
    panel.write(world, None, tmp_path / "panel")
    features.write(world, None, tmp_path / "panel", tmp_path / "features")
    moments = json.loads((tmp_path / "features" / "moments.json").read_text(encoding="utf-8"))
    table = features.table(world)
    at_risk = table[table["in_emergence_risk_set"]]
    for name in ("territory_overlap", "log_distance_km", "age_min", "log_exposure"):
        for risk_set, rows in (("rows", table), ("emergence", at_risk)):
            found, values = moments[name][risk_set], rows[name].dropna().astype(float)
            assert (found["n"], found["missing"]) == (len(values), len(rows) - len(values))
            stated = [found[key] for key in ("mean", "sd", "min", "max")]
            np.testing.assert_allclose(
                stated, [values.mean(), values.std(), values.min(), values.max()], rtol=1e-9
            )
    assert moments["agreement"]["rows"]["status"] == "no data"
    assert moments["agreement"]["rows"]["mean"] is None
    assert moments["same_kind"]["rows"]["status"] == "constant"
    assert moments["same_region"]["rows"]["levels"] == {"0": 17, "1": 10}


def test_moments_merge_exactly() -> None:
    values = np.array([1e6 + k * 0.1 for k in range(50)] + [np.nan])
    one, many = Moment(), Moment()
    one.add(values)
    for part in np.array_split(values, 7):
        many.add(part)
    assert many.result()["missing"] == 1
    assert many.result()["levels"] is None
    for key in ("n", "mean", "sd", "min", "max"):
        assert many.result()[key] == pytest.approx(one.result()[key], rel=1e-9)

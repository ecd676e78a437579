"""Correlations and condition numbers of features: against numpy on whole tables, whatever the blocks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import features, panel
from interclust.features.comoments import Comoments
from interclust.features.describe import LEAST_ROWS, condition, independent, usable, write_description
from interclust.panel.blocks import frame
from worlds import random_world


def table(rows: int = 60, gaps: float = 0.2, seed: int = 1) -> Any:
    """Five columns that hang together, with gaps; the last two are constant or nearly unknown."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 3)) @ rng.normal(size=(3, 3)) + [0, 1e4, -3]
    x = np.column_stack([x, np.full(rows, 0.1), rng.normal(size=rows)])
    x[rng.random(x.shape) < gaps] = np.nan
    x[2:, 4] = np.nan
    return x


def gathered(x: Any, cuts: list[int]) -> Comoments:
    found = Comoments.empty(x.shape[1])
    for part in np.split(x, cuts):
        found.add(Comoments.of(part))
    return found


@pytest.mark.parametrize("cuts", [[], [1], [0, 0, 10, 11, 50], list(range(1, 60))])
def test_correlations_are_those_of_pandas(cuts: list[int]) -> None:
    x = table()
    found = gathered(x, cuts)
    expected = pd.DataFrame(x).corr(min_periods=2).to_numpy()
    np.testing.assert_allclose(found.correlations()[:3, :3], expected[:3, :3], rtol=1e-9)
    np.testing.assert_allclose(found.n, (~np.isnan(x)).astype(float).T @ ~np.isnan(x))
    assert np.isnan(found.correlations()[3]).all()


def test_a_constant_where_both_are_known_has_no_correlation() -> None:
    x = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 5.0], [7.0, np.nan]])
    for cuts in ([], [1], [2, 3]):
        r = gathered(x, cuts).correlations()
        assert np.isnan(r[0, 1])
        assert r[0, 0] == 1


def test_no_rows() -> None:
    assert np.isnan(gathered(np.zeros((0, 3)), []).correlations()).all()


def test_condition_by_hand() -> None:
    """Two features of correlation 0.6 have the eigenvalues 1.6 and 0.4."""
    r, n = np.array([[1, 0.6], [0.6, 1]]), np.full((2, 2), 40.0)
    found = condition(r, n, ["a", "b"])
    assert found["condition_number"] == pytest.approx(4)
    assert (found["features"], found["rows"], found["weakest"]) == (2, 40, "a b")
    assert found["left_out"] is found["determined"] is None


def test_a_sum_of_features_is_determined() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(200, 3))
    x = np.column_stack([x, x[:, 0] + x[:, 1]])
    r = np.corrcoef(x.T)
    assert independent(r, range(4)) == [0, 1, 2]
    assert independent(r, [3, 2, 1, 0]) == [3, 2, 1]
    found = condition(r, np.full((4, 4), 200.0), list("abcd"))
    assert found["determined"] == "d"
    eigenvalues = np.linalg.eigvalsh(r[:3, :3])
    assert found["condition_number"] == pytest.approx(eigenvalues[-1] / eigenvalues[0])


def test_features_that_are_never_known_together_leave_the_last() -> None:
    r = np.eye(4)
    r[0, 0] = np.nan
    r[1, 3] = r[3, 1] = np.nan
    assert usable(r) == [1, 2]
    found = condition(r, np.full((4, 4), 50.0), list("abcd"))
    assert (found["left_out"], found["features"]) == ("a d", 2)
    assert condition(np.full((2, 2), np.nan), np.zeros((2, 2)), ["a", "b"])["features"] == 0


NAMES = [
    "same_sector",
    "log_distance_km",
    "same_region",
    "thematic_similarity",
    "age_min",
    "age_gap",
    "partner_age",
]


@pytest.mark.parametrize("size", [11, 2**16])
def test_written_tables(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interclust.panel.pairs.SHARD", size)
    world = random_world(5, n=10, n_projects=60)
    settings = {"panel": {}, "features": {"names": [*NAMES, "members_min", "common_partners"]}}
    panel.write(world, settings, tmp_path / "panel")
    features.write(world, settings, tmp_path / "panel", tmp_path / "features")
    write_description(tmp_path / "features")
    found = pd.read_csv(tmp_path / "features" / "correlations.csv")
    rows = frame(panel.build(world))[["period", "cluster_i", "cluster_j"]]
    whole = rows.merge(features.table(world, settings=settings))
    masks = {
        "rows": np.ones(len(whole), bool),
        "emergence": whole["in_emergence_risk_set"],
        "recurrence": whole["in_recurrence_risk_set"],
    }
    for risk_set, mask in masks.items():
        own = found[found["risk_set"] == risk_set]
        names = list(dict.fromkeys([*own["feature_a"], *own["feature_b"]]))
        assert len(own) == len(names) * (len(names) - 1) // 2
        values = whole.loc[mask, names].astype(float)
        for row in own.dropna().itertuples():
            both = values[[row.feature_a, row.feature_b]].dropna()
            assert row.n == len(both)
            expected = np.corrcoef(both.to_numpy().T)[0, 1]
            assert row.correlation == pytest.approx(expected, abs=1e-7)
    assert found["correlation"].notna().sum() > 60
    conditions = pd.read_csv(tmp_path / "features" / "condition.csv")
    assert set(conditions["risk_set"]) == set(masks)
    assert (conditions["rows"].dropna() >= LEAST_ROWS).all()
    assert (conditions["condition_number"].dropna() >= 1).all()


def test_a_panel_without_rows(tmp_path: Path) -> None:
    world = random_world(1)
    settings = {"panel": {"eligible_kinds": ["agency"]}, "features": {"names": NAMES}}
    panel.write(world, settings, tmp_path / "panel")
    features.write(world, settings, tmp_path / "panel", tmp_path / "features")
    write_description(tmp_path / "features")
    conditions = pd.read_csv(tmp_path / "features" / "condition.csv")
    assert conditions["features"].eq(0).all()
    assert pd.read_csv(tmp_path / "features" / "correlations.csv")["correlation"].isna().all()

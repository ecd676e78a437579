"""Chance over regions: score statistics against statsmodels, exact p-values, and what is refused."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import panel
from interclust.contracts import CONTRACTS
from interclust.effects import regions
from interclust.effects.estimate import estimate
from interclust.errors import ModelError
from interclust.inference.randomisation import ScoreTests, exact_p
from interclust.models import specification
from interclust.models.record import panel_record
from interclust.panel import History
from interclust.panel.coverage import coverage
from test_fit import write_periods
from worlds import random_world

N, REGIONS = 24, ("A", "B", "C", "D", "E", "F", "G")
SPEC: dict[str, Any] = {
    "terms": ["x", "policy"],
    "moderators": [["policy", "x"]],
    "outcome": "tie",
    "family": "logit",
    "period_effects": "factor",
    "randomise": ["policy"],
}


def world(effect: float = 0.0, seed: int = 4) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of three periods and the regions of every body, some with one more later; A, B have a policy."""
    rng = np.random.default_rng(seed)
    held = [set(rng.choice(REGIONS, rng.integers(1, 3), replace=False)) for _ in range(N)]
    rows, covered = [], []
    for period in range(3):
        held = [own | set(rng.choice(REGIONS, 1)) if period and rng.random() < 0.1 else own for own in held]
        covered += [(period, body, region) for body, own in enumerate(held) for region in sorted(own)]
        for i, j in combinations(range(N), 2):
            rows.append((period, i, j, rng.normal(), float(bool(held[i] & held[j] & {"A", "B"}))))
    frame = pd.DataFrame(rows, columns=["period", "cluster_i", "cluster_j", "x", "policy"])
    eta = -1.5 + 0.4 * frame["x"] + effect * frame["policy"]
    frame["tie"] = rng.random(len(frame)) < 1 / (1 + np.exp(-eta))
    return frame, pd.DataFrame(covered, columns=["period", "cluster", "region"])


def written(folder: Path, frame: pd.DataFrame, covered: pd.DataFrame) -> Path:
    (folder / "features" / "periods").mkdir(parents=True)
    write_periods(frame, folder / "features" / "periods", N)
    names = [f"c{number:02d}" for number in range(N)]
    bodies = {"cluster_id": names, "name": names, "kind": "pole", "active_from": pd.Timestamp("2005-01-01")}
    tables = {
        "panel/regions": covered,
        "panel/row_projects": [],
        "ingest/regions": [{"region": name, "integrated": name in "AB"} for name in REGIONS],
        "ingest/clusters": pd.DataFrame(bodies).assign(active_from_basis="label", start_basis="none"),
    }
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        path.parent.mkdir(exist_ok=True)
        CONTRACTS[name].write(CONTRACTS[name].frame(table), path)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path, *world())


def test_statistics_are_those_of_statsmodels(folder: Path) -> None:
    """The square of each is the score test of the column added to the logit without the policy."""
    import statsmodels.api as sm

    frame, covered = world()
    found = regions.list_statistics(SPEC, folder, "policy")
    assert len(found) == 21
    sets = covered.groupby(["period", "cluster"])["region"].agg(set)
    lists = [("A", "B"), *(own for own in combinations(REGIONS, 2) if own != ("A", "B"))]
    Z = np.column_stack([np.ones(len(frame)), frame["x"], frame["period"] == 1, frame["period"] == 2])
    fit = sm.GLM(frame["tie"].astype(float), Z.astype(float), family=sm.families.Binomial()).fit(tol=1e-12)
    for number in (0, 3, 11, 20):
        chosen = set(lists[number])
        rows = zip(frame["period"], frame["cluster_i"], frame["cluster_j"], strict=True)
        x = np.array([float(bool(sets[t, i] & sets[t, j] & chosen)) for t, i, j in rows])
        expected = np.squeeze(fit.score_test(exog_extra=x[:, None])[0])
        assert found[number] ** 2 == pytest.approx(float(expected), rel=1e-7)


def test_the_p_value_stands_among_the_effects(tmp_path: Path) -> None:
    frame, covered = world(effect=1.5)
    folder = written(tmp_path, frame, covered)
    fit = specification.fit_panel(SPEC, folder)
    table = estimate(panel_record("m", SPEC, fit), folder, "complete").set_index("effect_id")
    line = table.loc["randomisation:policy@regions (21 lists)"]
    assert line["p_value"] == pytest.approx(1 / 21), "a strong policy is farther out than every other list"
    assert line["statistic"] > 0
    assert line["n_rows"] == len(frame)


def test_over_all_lists_p_values_are_uniform() -> None:
    """Whichever list was chosen: at most a share a of them has a p-value of a or less."""
    statistics = np.random.default_rng(1).normal(size=231)
    p = np.array([exact_p(statistics, chosen) for chosen in range(231)])
    np.testing.assert_allclose(np.sort(p), np.arange(1, 232) / 231)
    ties = np.array([1.0, -1.0, 0.5, 0.0])
    assert [exact_p(ties, chosen) for chosen in range(4)] == [0.5, 0.5, 0.75, 1.0]


def test_a_column_that_the_design_holds_tells_nothing() -> None:
    Z = np.column_stack([np.ones(6), [0, 1, 0, 1, 0, 1]]).astype(float)
    sums = ScoreTests.zero(2, 2)
    sums.add(np.array([1.0, -1, 1, -1, 1, -1]), np.ones(6), Z, np.column_stack([Z[:, 1] * 2, np.zeros(6)]))
    np.testing.assert_array_equal(sums.statistics(Z.T @ Z), [0, 0])


def test_score_statistics_have_no_unit() -> None:
    rng = np.random.default_rng(2)
    Z, x = np.column_stack([np.ones(50), rng.normal(size=50)]), rng.normal(size=(50, 1))
    sums = ScoreTests.zero(2, 3)
    sums.add(rng.normal(size=50), np.full(50, 0.2), Z, x * [1.0, 1e-9, 1e9])
    found = sums.statistics(0.2 * Z.T @ Z)
    assert abs(found[0]) > 0.01
    np.testing.assert_allclose(found, found[0], rtol=1e-10)


def test_coverage_is_what_features_know() -> None:
    tables = panel.Tables.of(random_world(3))
    found = coverage(tables)
    for period in found["period"].unique():
        history = History.before(tables, int(period))
        own = found[found["period"] == period]
        assert own["cluster"].nunique() == int((history.n_covered[history.active_numbers] > 0).sum())
        assert len(own) == int(history.n_covered[history.active_numbers].sum())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"terms": ["x"], "moderators": []}, "policy is not among the terms"),
        ({"family": "zip", "outcome": "n_projects"}, "several parts"),
    ],
)
def test_what_is_refused(change: dict[str, Any], message: str, folder: Path) -> None:
    with pytest.raises(ModelError, match=message):
        regions.list_statistics(SPEC | change, folder, "policy")


def test_a_term_that_is_not_of_the_regions_is_refused(tmp_path: Path) -> None:
    frame, covered = world()
    folder = written(tmp_path, frame.assign(policy=1.0 - frame["policy"]), covered)
    with pytest.raises(ModelError, match="not 1 just where both cover a region with a policy"):
        regions.list_statistics(SPEC, folder, "policy")

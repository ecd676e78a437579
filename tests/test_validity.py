"""The measurement of intervals: worlds as their cells say, seeds, and the table against sums by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interclust.errors import ConfigError
from interclust.simulate.validity import block, coverage, grid_file, load_grid, truth
from interclust.simulate.validity.cells import Cell
from interclust.simulate.validity.coverage import bounds, markdown
from interclust.simulate.validity.worlds import draw

DOCS = Path(__file__).resolve().parents[1] / "docs"
CELL = Cell("c", 20, "logit", 1, 0.2, (), 4, {"bootstrap": 0, "dyadic_jackknife_exact": 1}, 30, 7, 2)


def test_ties_drawn_dyad_by_dyad_have_the_share_of_the_cell() -> None:
    cell = replace(CELL, clusters=71, periods=4, ties=0.05)
    shares = [draw(cell, cell.generator(0, number))["y"].mean() for number in range(60)]
    assert np.std(shares) > 0.002  # the effects of clusters move the level of a world
    assert abs(np.mean(shares) - 0.05) < 4 * np.std(shares) / np.sqrt(60)


def test_a_list_ties_all_its_pairs_and_no_other() -> None:
    cell = replace(CELL, lists=(2, 3, 4), periods=2, family="poisson", ties=0.1)
    frame = draw(cell, cell.generator(0, 0))
    assert np.array_equal(frame["y"], frame["projects"].map(len))
    members: dict[int, set[int]] = {}
    for row in frame.itertuples():
        for project in row.projects:
            members.setdefault(project, set()).update((row.cluster_i, row.cluster_j))
    assert {len(found) for found in members.values()} == {2, 3, 4}
    assert frame["y"].sum() == sum(len(list(combinations(found, 2))) for found in members.values())


def test_lists_are_as_many_as_the_share_of_ties_asks_in_the_mean() -> None:
    """Their number is Poisson and follows the level of the world, as ties drawn dyad by dyad do."""
    cell = replace(CELL, clusters=40, lists=(2, 3, 4), family="poisson", ties=0.1)
    means = np.array([draw(cell, cell.generator(0, number))["y"].mean() for number in range(400)])
    assert abs(means.mean() - 0.1) < 4 * means.std() / 20
    by_dyad = [draw(replace(cell, lists=()), cell.generator(0, number))["y"].mean() for number in range(400)]
    assert 0.8 < means.std() / np.std(by_dyad) < 1.6


def test_a_replication_depends_on_its_number_alone() -> None:
    whole = block(CELL, range(3))
    parts = pd.concat([block(CELL, range(2)), block(CELL, [2])], ignore_index=True)
    pd.testing.assert_frame_equal(whole, parts)
    assert set(whole[whole["replication"] == 0]["kind"]) - set(whole[whole["replication"] == 1]["kind"]) == {
        "dyadic_jackknife_exact"
    }
    assert not block(replace(CELL, seed=8), [0])["estimate"].equals(
        whole["estimate"][: len(block(CELL, [0]))]
    )


def test_the_truth_is_near_what_the_worlds_were_made_with() -> None:
    """Effects of clusters that no model sees shrink a logit's slopes a little."""
    found = truth(replace(CELL, truth_worlds=100)).set_index("term")
    assert 0.4 < found["value"]["same_region"] < 0.55
    assert abs(found["value"]["s:same_region"]) < 3 * found["std_error"]["s:same_region"]


def test_coverage_is_the_share_of_intervals_that_hold_the_truth() -> None:
    found = pd.DataFrame(
        {
            "replication": [0, 1, 2, 3],
            "kind": ["hc0", "hc0", "hc0", "fit: no events"],
            "term": ["x", "x", "x", None],
            "estimate": [1.0, 2.0, 4.0, np.nan],
            "std_error": [1.0, 1.0, 1.0, np.nan],
            "df": [np.inf, np.inf, np.inf, np.nan],
            "repaired": [False, True, False, False],
        }
    )
    table = coverage(CELL, found, pd.DataFrame({"term": ["x"], "value": [1.5], "std_error": [0.1]}))
    row = table.iloc[0]
    assert row["coverage"] == pytest.approx(2 / 3)
    assert row["coverage_error"] == pytest.approx(np.sqrt(2 / 27))
    assert row["bias"] == pytest.approx(7 / 3 - 1.5)
    assert row["bias_error"] == pytest.approx(np.sqrt(np.var([1, 2, 4], ddof=1) / 3 + 0.01))
    assert row["rejected"] == pytest.approx(2 / 3)  # 2 and 4 are more than 1.96 from zero
    assert row["length"] == pytest.approx(1.959964, rel=1e-6)
    assert np.isnan(row["df"])
    assert (row["replications"], row["failures"]) == (3, 1)


def test_a_replication_that_cannot_be_fitted_is_counted() -> None:
    rare = replace(CELL, ties=1e-9)
    found = block(rare, range(2))
    assert found["term"].isna().all()
    assert found["kind"].str.startswith("fit: ").all()


def test_covariances_that_few_replications_have_are_evenly_spread() -> None:
    cell = replace(CELL, replications=100, fewer={"bootstrap": 0, "dyadic_jackknife_exact": 5})
    exact = [number for number in range(100) if "dyadic_jackknife_exact" in cell.kinds(number)]
    assert exact == [0, 20, 40, 60, 80]
    assert not any("bootstrap" in cell.kinds(number) for number in range(100))
    assert [len(found) for found in replace(cell, block=30).blocks()] == [30, 30, 30, 10]


def test_lists_of_partner_choice_come_from_its_own_law() -> None:
    """The truth is what they are drawn with: over many lists the estimate is near it."""
    cell = replace(CELL, family="list_choice", clusters=25, lists=(2, 3), ties=4.0, block=1)
    found = block(cell, [0])
    assert set(found["kind"]) == {"classical", "cluster_jackknife"}
    own = found[found["kind"] == "cluster_jackknife"].set_index("term")
    expected = truth(cell).set_index("term")["value"]
    assert list(own.index) == ["same_region", "x", "s_same_region"]
    assert np.all(np.abs(own["estimate"] - expected) < 4 * own["std_error"])
    assert np.all(own["std_error"] < 0.25)


def test_the_page_marks_what_is_out_of_bounds() -> None:
    table = coverage(CELL, block(CELL, range(2)), truth(CELL))
    lines = markdown(table).splitlines()
    assert lines[0].startswith("| cell | term | truth | bias / sd |")
    assert len(lines) == 2 + 5
    assert all(line.count("|") == lines[0].count("|") for line in lines)
    assert bounds(20) == (0.925, 0.97)
    assert bounds(71) == (0.935, 0.965)
    held = table[(table["kind"] == "dyadic_jackknife") & (table["term"] == "x")]["coverage"].item()
    assert (f"**{100 * held:.1f}**" in markdown(table)) == (held in (0.0, 0.5, 1.0))


def test_grids_of_the_project_are_sound(tmp_path: Path) -> None:
    grid = load_grid(grid_file("full"))
    assert len(grid.cells) == 24
    assert {cell.replications for cell in grid.cells.values()} == {5000}
    assert {cell.family for cell in grid.cells.values()} >= {"logit", "poisson", "negbin", "list_choice"}
    with pytest.raises(ConfigError, match="no grid 'smal'"):
        grid_file("smal")
    spoilt = tmp_path / "g.yaml"
    spoilt.write_text(grid_file("full").read_text(encoding="utf-8").replace("periods: 1,", "period: 1,"))
    with pytest.raises(ConfigError, match="period"):
        load_grid(spoilt)


def test_a_design_of_the_short_grid_meets_its_stored_row() -> None:
    """What docs/validity.md quotes can be made again: the same worlds, fits, errors and shares."""
    cell = load_grid(grid_file("short")).cells["poisson_20"]
    found = coverage(cell, block(cell, range(cell.replications)), truth(cell))
    stored = pd.read_csv(DOCS / "validity" / "short.csv", dtype={"lists": str}, keep_default_na=True)
    own = stored[stored["name"] == cell.name].fillna({"lists": ""}).reset_index(drop=True)
    assert len(own) == len(found)
    pd.testing.assert_frame_equal(found, own, check_dtype=False, rtol=1e-7, atol=1e-12)

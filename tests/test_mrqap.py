"""QAP and MRQAP: properties, refusals, missing dyads, threads."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import inference
from interclust.errors import ModelError, NotEstimable
from interclust.inference.moving_linear import MovingLinear
from interclust.inference.moving_logit import MovingLogit
from interclust.inference.permutations import Counts, node_permutations
from mrqap_worlds import node_made, world

LEVEL = 0.05


def p_of(table: pd.DataFrame, term: str = "x") -> float:
    return float(table.set_index("term").loc[term, "p_value"])


@pytest.mark.parametrize("family", ["linear", "logit"])
def test_threads_change_no_digit(family: str) -> None:
    made = world(3, 71, 0.2, binary=family == "logit")
    runs = [inference.mrqap(**made, family=family, permutations=600, threads=threads) for threads in (1, 2)]
    pd.testing.assert_frame_equal(*runs, check_exact=True)
    other = inference.mrqap(**made, family=family, permutations=600, seed=2)
    assert not other.equals(runs[0])


@pytest.mark.parametrize("family", ["linear", "logit"])
def test_names_and_order_of_nodes_do_not_matter(family: str) -> None:
    """The estimate is the same; the p-value is another draw of the same distribution."""
    made = world(4, 20, 0.1, binary=family == "logit")
    order = np.random.default_rng(1).permutation(20)
    turned = {
        "y": made["y"][np.ix_(order, order)],
        "X": {k: v[order][:, order] for k, v in made["X"].items()},
    }
    one, other = (inference.mrqap(**each, family=family, permutations=1500) for each in (made, turned))
    for name in ("estimate", "statistic"):
        np.testing.assert_allclose(other[name], one[name], rtol=1e-9)
    for term in ("x", "z"):
        errors = [table.set_index("term").loc[term, "mc_error"] for table in (one, other)]
        assert abs(p_of(one, term) - p_of(other, term)) < 3.5 * np.hypot(*errors)


def test_units_do_not_matter() -> None:
    made = world(5, 20, 0.1, binary=True)
    scaled = {"y": made["y"], "X": {"x": 1e6 * made["X"]["x"] + 3.0, "z": 1e-6 * made["X"]["z"]}}
    one, other = (inference.mrqap(**each, family="logit", permutations=200) for each in (made, scaled))
    np.testing.assert_allclose(other["statistic"][1:], one["statistic"][1:], rtol=1e-6)
    assert (other["p_value"][1:] == one["p_value"][1:]).all()
    one, other = (inference.qap_correlation(made["X"]["z"], made["X"]["x"] + far) for far in (0.0, 1e9))
    np.testing.assert_allclose(other["estimate"], one["estimate"], rtol=1e-4)


@pytest.mark.parametrize("family", ["linear", "logit"])
def test_the_size_under_the_null_is_nominal(family: str) -> None:
    """Both matrices depend on their nodes, so that classical tests reject far too often."""
    worlds = 200
    tables = [
        inference.mrqap(
            **world(100 + seed, 14, 0.0, binary=family == "logit"),
            family=family,
            permutations=79,
            seed=seed,
            threads=1,
        ).set_index("term")
        for seed in range(worlds)
    ]
    share = np.mean([table.loc["x", "p_value"] <= LEVEL for table in tables])
    assert abs(share - LEVEL) < 3.0 * np.sqrt(LEVEL * (1 - LEVEL) / worlds)
    assert np.mean([abs(table.loc["x", "statistic"]) > 1.96 for table in tables]) > 3.0 * LEVEL


def test_the_p_value_of_all_permutations_is_met() -> None:
    """Four nodes have 24 permutations: the p-value by all of them is known."""
    rng = np.random.default_rng(8)
    a, b = node_made(rng, 4), node_made(rng, 4)
    upper = np.triu_indices(4, 1)
    every = [np.corrcoef(a[upper], b[np.ix_(o, o)][upper])[0, 1] for o in permutations(range(4))]
    share = np.mean(np.abs(every) >= abs(every[0]) - 1e-12)
    row = inference.qap_correlation(a, b, permutations=20_000).loc[0]
    assert row["estimate"] == pytest.approx(every[0])
    assert abs(row["p_value"] - share) < 3.0 * row["mc_error"]


def test_the_smallest_p_value_is_one_over_one_more_than_the_permutations() -> None:
    row = inference.mrqap(**world(2, 30, 3.0), permutations=99).loc[1]
    assert row["p_value"] == row["p_upper"] == 0.01
    assert row["p_lower"] == 1.0
    assert row["mc_error"] == pytest.approx((0.01 * 0.99 / 99) ** 0.5)


def test_nodes_move_within_their_cohorts_only() -> None:
    cohorts = np.array(["2005", "2005", "2010", "2005", "2007", "2010"])
    drawn = node_permutations(6, 500, 1, cohorts)
    assert (cohorts[drawn] == cohorts).all()
    assert (drawn[:, 4] == 4).all()  # alone in its cohort
    assert (np.sort(drawn, axis=1) == np.arange(6)).all()
    renamed = [{"2005": 1, "2010": 0, "2007": 2}[label] for label in cohorts]
    np.testing.assert_array_equal(drawn, node_permutations(6, 500, 1, renamed))
    # Every order of the two cohorts is drawn about as often: 3! of one, 2! of the other.
    counts = np.unique(drawn, axis=0, return_counts=True)[1]
    assert len(counts) == 12
    assert (np.abs(counts - 500 / 12) < 4 * np.sqrt(500 / 12)).all()


def test_a_matrix_that_its_cohorts_settle_is_not_tested() -> None:
    """What differs between cohorts only comes back to itself: p is one, whatever its coefficient."""
    cohorts = np.repeat([0, 1], 10)
    made = world(6, 20, 0.0)
    same = (cohorts[:, None] == cohorts[None, :]).astype(float)
    y = made["y"] + 5.0 * same
    assert p_of(inference.mrqap(y, {"same": same}, cohorts=cohorts, permutations=200), "same") == 1.0
    assert p_of(inference.mrqap(y, {"same": same}, permutations=200), "same") < 0.01


def test_periods_move_together() -> None:
    """The same world three times tells no more than once: its p-value does not fall."""
    made = world(7, 20, 0.15)
    three = {"y": np.stack([made["y"]] * 3), "X": made["X"]}
    one, other = (inference.mrqap(**each, permutations=500) for each in (made, three))
    np.testing.assert_allclose(other["estimate"], one["estimate"])
    np.testing.assert_array_equal(other["p_value"], one["p_value"])
    assert abs(other["statistic"][1]) > 1.6 * abs(one["statistic"][1])


def test_a_matrix_of_all_periods_may_be_given_once() -> None:
    made = world(9, 12, 0.2)
    y = np.stack([made["y"], made["y"].T + 0.1])
    once = inference.mrqap(y, made["X"], permutations=50)
    each = inference.mrqap(y, {k: np.stack([v, v]) for k, v in made["X"].items()}, permutations=50)
    pd.testing.assert_frame_equal(once, each)


def test_nothing_is_imputed() -> None:
    """A node without any value is as if it were not there, but for the draws."""
    made = world(10, 21, 0.2)
    without = {"y": made["y"][:20, :20], "X": {k: v[:20, :20] for k, v in made["X"].items()}}
    blank = {"y": made["y"].copy(), "X": {k: v.copy() for k, v in made["X"].items()}}
    for matrix in (blank["y"], *blank["X"].values()):
        matrix[20, :] = matrix[:, 20] = np.nan
    one, other = (inference.mrqap(**each, permutations=2000) for each in (without, blank))
    np.testing.assert_allclose(other["statistic"], one["statistic"])
    # The one without values is in a cohort of its own: the same draws, the same p-values.
    fixed = inference.mrqap(**blank, permutations=2000, cohorts=[0] * 20 + [1])
    pd.testing.assert_frame_equal(fixed, one)


def test_half_a_symmetric_matrix_is_enough() -> None:
    made = world(11, 12, 0.2)
    half = np.where(np.tri(12, k=-1, dtype=bool), np.nan, made["y"])
    whole = inference.mrqap(**made, permutations=50)
    pd.testing.assert_frame_equal(inference.mrqap(half, made["X"], permutations=50), whole)


def test_the_intercept_and_what_is_named_untested_have_no_p_value() -> None:
    made = world(12, 12, 0.2)
    found = inference.mrqap(**made, permutations=50, untested=["z"]).set_index("term")
    assert found["p_value"].notna().tolist() == [False, True, False]
    assert found["estimate"].notna().all()
    assert found["permutations"].tolist() == [0, 50, 0]


def test_a_permutation_without_an_estimate_counts_as_extreme() -> None:
    """A column that separates has no finite z; the search ends and says so."""
    rng = np.random.default_rng(1)
    y = (rng.random(60) < 0.3).astype(float)
    columns = np.stack([y - 0.5, rng.standard_normal(60), np.full(60, np.nan), np.ones(60)])
    columns[1, :5] = np.nan
    for model in (MovingLogit, MovingLinear):
        found = model.of(y, np.ones((60, 1))).statistics(columns)
        assert np.isnan(found).tolist() == [model is MovingLogit, False, True, True]
    observed = np.array([0.1])
    counts = Counts.of(found[None, 1:], observed)  # of one that is known and two that do not exist
    assert counts.without.tolist() == [2]
    assert counts.extreme.tolist() == [2 + (abs(found[1]) > 0.1)]
    assert (counts.lower + counts.upper).tolist() == [2 + 2 + 1]


def test_progress_is_told() -> None:
    made = world(13, 71, 0.0)
    told: list[tuple[int, int]] = []
    inference.mrqap(**made, permutations=600, progress=lambda done, of: told.append((done, of)))
    assert len(told) > 1
    assert told[-1] == (600, 600)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def emergence() -> dict[str, Any]:
    """Ties by chance in four periods, missing once a dyad has had one."""
    rng = np.random.default_rng(2)
    y = np.stack([np.triu(rng.random((10, 10)) < 0.1, 1) for _ in range(4)]).astype(float)
    y = y + y.transpose(0, 2, 1)
    had = np.logical_or.accumulate(y > 0, axis=0)
    y[1:][had[:-1]] = np.nan
    return {"y": y, "X": {"x": node_made(rng, 10)}}


def test_an_outcome_of_a_risk_set_is_refused() -> None:
    made = emergence()
    with pytest.raises(ModelError, match="missing wherever a dyad has had the event before"):
        inference.mrqap(**made, family="logit", permutations=10)
    # Nodes that leave take their dyads along: that is no risk set.
    left = {"y": np.nan_to_num(made["y"]), "X": made["X"]}
    left["y"][2:, :3, :] = left["y"][2:, :, :3] = np.nan
    assert len(inference.mrqap(**left, family="linear", permutations=10)) == 2


MADE = world(14, 8, 0.2)
BINARY = world(14, 8, 0.2, binary=True)
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"y": MADE["y"][:, :5]}, r"the outcome has the shape \(8, 5\); expected \(n, n\)"),
    ({"X": {"x": MADE["X"]["x"][:5, :5]}}, r"x has the shape \(1, 5, 5\), the outcome \(1, 8, 8\)"),
    ({"X": {"x": np.triu(MADE["X"]["x"])}}, "x is .* set directed=True, or make the matrix symmetric"),
    ({"X": {"x": np.full((8, 8), np.inf)}}, "x has infinite values; write NaN"),
    ({"X": {"x": np.full((8, 8), "a")}}, "x holds values that are no numbers"),
    ({"X": {}}, "X is empty"),
    ({"X": {"Intercept": MADE["X"]["x"]}}, "an intercept is always added"),
    ({"X": {"x": np.ones((8, 8))}}, "collinear terms over the 28 dyads .*: Intercept, x; leave one out"),
    ({"X": {"x": MADE["X"]["x"], "w": 2 * MADE["X"]["x"]}}, "collinear terms .*: x, w; leave one out"),
    ({"family": "poisson"}, "family 'poisson' has no MRQAP; there are linear, logit"),
    ({"method": "qapy"}, r"method 'qapy'; there is dsp \(double semi-partialling\)"),
    ({"family": "logit"}, "the outcome is .* somewhere; a logit takes 0 and 1"),
    ({"untested": ["w"]}, "untested names 'w', which is not in X"),
    ({"untested": ["Age"]}, "untested names 'Age', which is not in X"),
    ({"untested": ["x", "z"]}, "every term of X is untested"),
    ({"permutations": 0}, "permutations is 0; at least one is needed"),
    ({"cohorts": [1, 2]}, "cohorts has 2 labels for 8 nodes"),
    ({"cohorts": range(8)}, "every node is alone in its cohort"),
    ({"cohorts": [1] * 7 + [None]}, "the node at position 7 has none"),
    ({"y": np.zeros((2, 2))}, "the matrices have 2 nodes"),
]


@pytest.mark.parametrize(("change", "sentence"), REFUSED)
def test_what_cannot_be_is_refused_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence):
        inference.mrqap(**{**MADE, "permutations": 5, **change})


def test_samples_that_cannot_bear_the_model_are_named() -> None:
    few = np.where(np.arange(64).reshape(8, 8) < 3, MADE["y"], np.nan)
    with pytest.raises(NotEstimable, match="2 dyads known in every matrix for 3 parameters"):
        inference.mrqap(few, MADE["X"])
    with pytest.raises(NotEstimable, match="the outcome is 0 for all 28 dyads"):
        inference.mrqap(np.zeros((8, 8)), MADE["X"], family="logit")
    with pytest.raises(NotEstimable, match="the terms separate dyads with the event"):
        inference.mrqap(BINARY["y"], {"x": BINARY["y"] * 2 - 1 + 0.1 * BINARY["X"]["x"]}, family="logit")
    with pytest.raises(ModelError, match="the correlation does not exist"):
        inference.qap_correlation(MADE["y"], np.ones((8, 8)))

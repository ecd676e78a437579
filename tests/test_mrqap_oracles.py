"""QAP and MRQAP against R: lm and glm for given permutations, sna for p-values (tests/oracles/README.md)."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interclust import inference
from interclust.inference.mrqap import Regression
from mrqap_worlds import OUTCOMES, TERMS, matrices, value, values

STATISTIC = 1e-9  # relative
MONTE_CARLO = 3.0  # errors of the difference of two p-values
PERMUTATIONS = {"linear": 4000, "logit": 2000, "correlation": 4000}
CASES = ("undirected", "directed", "unknown_y", "unknown_x", "periods")
REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("INTERCLUST_ORACLES", REPOSITORY.parent / "shared" / "oracles"))


def regressors(case: str) -> dict[str, np.ndarray]:
    return {name: matrices(case)[name] for name in TERMS}


@pytest.mark.parametrize("family", ["linear", "logit"])
@pytest.mark.parametrize("case", CASES)
def test_the_statistic_of_a_permutation_is_that_of_r(case: str, family: str) -> None:
    """The first of the permutations is the identity: its statistic is the observed one."""
    y, X = matrices(case)[OUTCOMES[family]], regressors(case)
    regression = Regression.of(y, X, family, case == "directed", {"Intercept"})
    frame = values()
    nodes = frame.loc[frame["quantity"] == "order", "value"].to_numpy(float).astype(int)
    orders = nodes.reshape(-1, y.shape[-1])
    kept = frame[(frame["case"] == case) & (frame["family"] == family) & (frame["quantity"] == "permuted")]
    expected = kept["value"].to_numpy(float).reshape(len(TERMS), -1)  # by term, then by draw
    found = regression.statistics(orders)
    assert np.abs(found / expected - 1.0).max() < STATISTIC
    assert np.abs(found[:, 0] / regression.observed[1:] - 1.0).max() < STATISTIC


@pytest.mark.parametrize("family", ["linear", "logit"])
@pytest.mark.parametrize("case", ["undirected", "directed", "unknown_y"])
def test_p_values_are_those_of_sna(case: str, family: str) -> None:
    found = inference.mrqap(
        matrices(case)[OUTCOMES[family]],
        regressors(case),
        family=family,
        permutations=PERMUTATIONS[family],
        directed=case == "directed",
    ).set_index("term")
    for term in TERMS:
        row = found.loc[term]
        assert row["estimate"] == pytest.approx(value(case, family, "sna_estimate", term)[0], rel=1e-7)
        assert row["statistic"] == pytest.approx(value(case, family, "sna_statistic", term)[0], rel=1e-5)
        for ours, theirs in (("p_value", "sna_p"), ("p_lower", "sna_p_lower"), ("p_upper", "sna_p_upper")):
            assert_same_p(row[ours], PERMUTATIONS[family], *value(case, family, theirs, term))


def test_the_correlation_is_that_of_sna() -> None:
    world = matrices("undirected")
    row = inference.qap_correlation(world["strength"], world["a"], PERMUTATIONS["correlation"]).loc[0]
    assert row["estimate"] == pytest.approx(
        value("undirected", "correlation", "sna_estimate", "a")[0], rel=1e-12
    )
    for ours, theirs in (("p_lower", "sna_p_lower"), ("p_upper", "sna_p_upper")):
        expected = value("undirected", "correlation", theirs, "a")
        assert_same_p(row[ours], PERMUTATIONS["correlation"], *expected)


def assert_same_p(ours: float, permutations: int, theirs: float, reps: int) -> None:
    """Within three Monte-Carlo errors of their difference; sna has no + 1, which is worth one permutation."""
    p = (ours * permutations + theirs * reps) / (permutations + reps)  # of both, if they are one
    error = np.sqrt(p * (1.0 - p) * (1.0 / permutations + 1.0 / reps))
    assert abs(ours - theirs) <= MONTE_CARLO * error + 1.0 / permutations


@pytest.mark.skipif(not (FOLDER / "oracles.csv").is_file(), reason=f"no oracles in {FOLDER}")
def test_the_florentine_families() -> None:
    """O18: marriage and business ties, by sna's gcor and qaptest."""
    frame = pd.read_csv(FOLDER / "oracles.csv", dtype=str, keep_default_na=False)
    kept = frame[frame["oracle_id"] == "O18"].set_index("estimator")["value"]
    correlation, p = (float(kept[key]) for key in kept.index)
    marriage, business = (
        np.loadtxt(FOLDER / f"florentine_{name}.csv", delimiter=",") for name in ("marriage", "business")
    )
    row = inference.qap_correlation(marriage, business, permutations=20_000).loc[0]
    assert round(row["estimate"], 7) == correlation
    assert_same_p(row["p_upper"], 20_000, p, 20_000)
    # One regressor: the correlation and the slope are one test.
    slope = inference.mrqap(marriage, {"business": business}, permutations=20_000).loc[1]
    assert_same_p(slope["p_upper"], 20_000, p, 20_000)

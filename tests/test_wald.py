"""Wald's test against R and the t test of a coefficient, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interclust import inference, models
from interclust.inference.intervals import p_value

ORACLES = Path(__file__).parent / "oracles"


def test_against_r() -> None:
    """multcomp's glht on a Poisson model with pair-clustered errors: R (b - r) with r not zero."""
    oracle = pd.read_csv(ORACLES / "joint.csv", keep_default_na=False).set_index(["quantity", "row"])["value"]
    frame = pd.read_csv(ORACLES / "panel.csv", keep_default_na=False)
    fit = models.fit(
        "n_projects ~ log_distance_km + same_region", frame[frame["period"] >= 2], family="poisson"
    )
    R = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
    given = (R, fit.coefficients, fit.covariance("dyad").matrix, np.array([0.1, -0.2]))
    free, student = inference.wald(*given), inference.wald(*given, df=19)
    assert 2 * free.statistic == pytest.approx(oracle["wald_chi2", "statistic"], rel=1e-9)
    assert free.p_value == pytest.approx(oracle["wald_chi2", "p"], rel=1e-8)
    assert student.statistic == pytest.approx(oracle["wald_F", "statistic"], rel=1e-9)
    assert student.p_value == pytest.approx(oracle["wald_F", "p"], rel=1e-8)
    assert (student.df_num, student.df_denom) == (2, 19)


@given(seed=st.integers(0, 1000), q=st.integers(1, 3))
def test_it_is_the_t_test_for_one_and_does_not_depend_on_how_it_is_written(seed: int, q: int) -> None:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(4, 4)) * [1.0, 1e3, 1e-3, 1.0]
    V, b = root.T @ root, rng.normal(size=4) * [1.0, 1e3, 1e-3, 1.0]
    one = inference.wald(np.eye(4)[:1], b, V, df=12)
    t = b[0] / np.sqrt(V[0, 0])
    assert one.statistic == pytest.approx(t**2)
    assert one.p_value == pytest.approx(float(p_value(np.array(t), 12)), rel=1e-9)
    R = np.eye(4)[:q]
    turned = inference.wald(rng.normal(size=(q, q)) @ R, b, V, df=12)
    assert turned.p_value == pytest.approx(inference.wald(R, b, V, df=12).p_value, rel=1e-4)


@pytest.mark.parametrize(
    ("R", "V", "df", "message"),
    [
        ([[1.0, 0.0], [2.0, 0.0]], np.eye(2), 9.0, "repeat each other"),
        ([[0.0, 0.0]], np.eye(2), 9.0, "repeat each other"),
        ([[1.0, 0.0], [0.0, 1.0]], np.ones((2, 2)), 9.0, "no variance in some direction"),
        ([[1.0, 0.0]], np.diag([0.0, 1.0]), 9.0, "no variance in some direction"),
        ([[1.0, 0.0], [0.0, 1.0]], np.eye(2), 1.0, "2 restrictions and 1 degrees of freedom"),
        ([[1.0, 0.0, 0.0]], np.eye(2), 9.0, "on 2 estimates"),
    ],
)
def test_what_it_refuses(R: list[list[float]], V: np.ndarray, df: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        inference.wald(np.array(R), np.array([1.0, 2.0]), V, df=df)

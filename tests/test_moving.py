"""Statistics of many columns at once against statsmodels, one fit a column; correlations against numpy."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from interclust.inference import moving_logit
from interclust.inference.moving_linear import MovingLinear
from interclust.inference.moving_logit import MovingLogit
from interclust.inference.qap import correlations

N, COLUMNS = 700, 5  # more rows than one tile


def world(missing: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes y (n,) and 0/1 (n,), fixed regressors Z (n, 3), columns R (5, n) of different units."""
    rng = np.random.default_rng(4)
    Z = np.column_stack([np.ones(N), rng.normal(size=N), rng.integers(0, 2, N)])
    R = rng.normal(size=(COLUMNS, N)) * [[1.0], [1e3], [1e-3], [1.0], [5.0]] + Z[:, 1]
    mean = 0.3 * Z[:, 1] + 0.2 * R[0] - 0.5
    R[rng.random(R.shape) < missing] = np.nan
    return mean + rng.normal(size=N), (rng.random(N) < 1 / (1 + np.exp(-mean))).astype(float), Z, R


def one_by_one(model: type, y: np.ndarray, Z: np.ndarray, R: np.ndarray, **words: object) -> np.ndarray:
    """The t or z value of each column, by a fit of statsmodels over the rows that it knows."""
    found = []
    for column in R:
        known = ~np.isnan(column)
        fit = model(y[known], np.column_stack([Z, column])[known]).fit(**words)
        found.append(fit.tvalues[-1])
    return np.array(found)


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_linear(missing: float) -> None:
    y, _, Z, R = world(missing)
    np.testing.assert_allclose(MovingLinear.of(y, Z).statistics(R), one_by_one(sm.OLS, y, Z, R), rtol=1e-8)


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_logit_takes_all_columns_together(missing: float, monkeypatch: pytest.MonkeyPatch) -> None:
    _, y, Z, R = world(missing)
    expected = one_by_one(sm.Logit, y, Z, R, disp=0, tol=1e-9, method="newton", maxiter=50)
    moving = MovingLogit.of(y, Z)
    monkeypatch.setattr(moving_logit, "TILE_NUMBERS", 256 * COLUMNS)  # several tiles
    if not missing:
        alone = [moving._alone(column / np.std(column), np.ones(N, dtype=bool)) for column in R]
        np.testing.assert_allclose(alone, expected, rtol=1e-7)
    monkeypatch.setattr(MovingLogit, "_alone", None)  # the way of columns that do not arrive
    np.testing.assert_allclose(moving.statistics(R), expected, rtol=1e-7)


def test_logit_without_an_intercept() -> None:
    _, y, Z, R = world(0.0)
    expected = one_by_one(sm.Logit, y, Z[:, 1:], R, disp=0, tol=1e-9, method="newton", maxiter=50)
    np.testing.assert_allclose(MovingLogit.of(y, Z[:, 1:]).statistics(R), expected, rtol=1e-7)


def test_as_many_rows_as_parameters_leave_no_t_value() -> None:
    y, _, Z, R = world(0.0)
    for place, rows in ((2, 5), (3, 4)):  # four parameters with the column's own
        R[place] = np.where(np.arange(N) < rows, R[place], np.nan)
    found = MovingLinear.of(y, Z).statistics(R)
    assert np.isnan(found).tolist() == [False, False, False, True, False]
    np.testing.assert_allclose(found[:3], one_by_one(sm.OLS, y, Z, R[:3]), rtol=1e-7)


def test_a_column_without_a_finite_estimate_has_none_and_spoils_no_other() -> None:
    _, y, Z, R = world(0.0)
    R[2] = y  # tells the outcome
    R[3] = np.where(np.arange(N) < 4, R[3], np.nan)  # fewer rows than parameters
    found = MovingLogit.of(y, Z).statistics(R)
    assert np.isnan(found[[2, 3]]).all()
    others = [0, 1, 4]
    expected = one_by_one(sm.Logit, y, Z, R[others], disp=0, tol=1e-9, method="newton", maxiter=50)
    np.testing.assert_allclose(found[others], expected, rtol=1e-7)


def test_correlations_are_numpys_over_what_is_known() -> None:
    a, _, _, R = world(0.2)
    a = a + 10.0
    expected = [np.corrcoef(a[~np.isnan(row)], row[~np.isnan(row)])[0, 1] for row in R]
    np.testing.assert_allclose(correlations(a, R), expected, rtol=1e-10)
    constant = np.vstack([R[:1], np.full((1, N), 3.0)])
    assert np.isnan(correlations(a, constant)).tolist() == [False, True]
    assert np.isnan(correlations(np.full(N, 2.0), R)).all()

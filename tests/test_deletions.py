"""Leaving groups of rows out by one step: every way that is taken against a system solved for each group."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from interclust.inference.deletions import RATIO, Deletion
from interclust.inference.rows import Rows

UNITS = np.array([1.0, 1e4, 1e-9])


def logit_rows(units: np.ndarray, n: int = 900) -> Rows:
    """Rows of a logit of three terms in these units, away from its optimum as little as noise is."""
    rng = np.random.default_rng(3)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, 2))]) * units
    p = rng.uniform(0.05, 0.95, n)
    gradient = (rng.random(n) < p) - p
    return Rows(X, gradient[:, None], -(p * (1 - p))[:, None, None], np.zeros(3, dtype=np.int64))


def information_of(rows: Rows) -> np.ndarray:
    return -np.einsum("n,na,nb->ab", rows.hessian[:, 0, 0], rows.X, rows.X)


def solved(rows: Rows, starts: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Changes (g, k) by one system a group, in units in which every column is of size one."""
    found = []
    for low, high in itertools.pairwise(starts):
        kept = np.r_[0:low, high : len(rows.X)]
        left = information_of(rows.take(kept)) / np.outer(units, units)
        found.append(-np.linalg.solve(left, rows.scores[low:high].sum(axis=0) / units) / units)
    return np.array(found)


@pytest.mark.parametrize("units", [np.ones(3), UNITS], ids=["alike", "far apart"])
def test_the_series_is_a_system_solved_whatever_the_units(units: np.ndarray) -> None:
    rows = logit_rows(units)
    starts = np.cumsum([0, *([1, 2, 3, 4, 5] * 60)])
    deletion = Deletion(information_of(rows))
    scores = rows.sums(starts)[0]
    share = np.add.reduceat(rows.weights(deletion.scale), starts[:-1]) / deletion.least
    assert (share < RATIO).all()  # all by the series
    found = deletion.steps_of_rows(rows, starts, scores)
    expected = solved(rows, starts, units)
    distance = np.abs((found - expected) * units).max(axis=1)
    assert (distance <= 1e-12 * np.abs(expected * units).max(axis=1)).all()


def test_heavy_groups_of_few_and_of_many_rows_and_light_ones_side_by_side() -> None:
    rows = logit_rows(UNITS)
    strong = rows.X * np.where(np.arange(len(rows.X)) < 2, 40.0, 1.0)[:, None]  # the first rows weigh more
    rows = Rows(strong, rows.gradient, rows.hessian, rows.part)
    starts = np.array([0, 1, 2, 40, 200, *range(203, 900, 5), 900])
    deletion = Deletion(information_of(rows))
    share = np.add.reduceat(rows.weights(deletion.scale), starts[:-1]) / deletion.least
    heavy, lengths = share > RATIO, np.diff(starts)
    assert heavy[lengths == 1].any()
    assert heavy[3]  # 160 rows
    assert not heavy[4:].all()
    found = deletion.steps_of_rows(rows, starts, rows.sums(starts)[0])
    np.testing.assert_allclose(found * UNITS, solved(rows, starts, UNITS) * UNITS, rtol=1e-9, atol=1e-12)


def test_a_direction_that_nothing_identifies_stays_where_it_is() -> None:
    """Two columns are one: the step is the shortest of those that solve the system, in units of one size."""
    rows = logit_rows(np.ones(3))
    X = np.column_stack([rows.X, rows.X[:, 2]])
    rows = Rows(X, rows.gradient, rows.hessian, np.zeros(4, dtype=np.int64))
    starts = np.arange(0, 901, 3)
    information = information_of(rows)
    deletion = Deletion(information * (1.0 - 1e-12 * np.eye(4)))  # rounding may make it indefinite
    found = deletion.steps_of_rows(rows, starts, rows.sums(starts)[0])
    scale = deletion.scale
    for group in (0, 7, 150):
        kept = np.r_[0 : starts[group], starts[group + 1] : 900]
        left = information_of(rows.take(kept)) * np.outer(scale, scale)
        score = rows.scores[starts[group] : starts[group + 1]].sum(axis=0) * scale
        np.testing.assert_allclose(found[group], -np.linalg.pinv(left, 1e-9) @ score * scale, rtol=1e-8)

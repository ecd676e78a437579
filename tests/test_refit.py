"""Leaving out by refits and by steps of second order, and small rules of the covariances made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from interclust import models
from interclust.inference.covariance import classical, clip_eigenvalues, project_pieces
from interclust.inference.deletions import Deletion
from interclust.inference.sums import DyadicSums, gather
from interclust.models import refit
from test_covariance import panel


@pytest.fixture(scope="module")
def fit() -> models.Fit:
    return models.fit("y ~ x + z", panel(), project="projects")


def summed(fit: models.Fit) -> DyadicSums:
    """The sums over rows, pairs, clusters and projects."""
    optimum, data = fit.optimum, fit.likelihood.data
    scored = fit.likelihood.scored(optimum.params, optimum.information)
    return gather(scored, fit.information, data.n_nodes, True)


def changes(fit: models.Fit) -> tuple[np.ndarray, np.ndarray]:
    """Changes without each cluster and each pair."""
    return refit.deletion_changes(fit.likelihood, fit.optimum, summed(fit))


def test_third_derivatives_are_those_of_the_logit(fit: models.Fit) -> None:
    frame = panel()
    X = np.column_stack([np.ones(len(frame)), frame["x"], frame["z"]])
    p = expit(X @ fit.coefficients)
    expected = -np.einsum("na,nb,nc,n->abc", X, X, X, p * (1 - p) * (1 - 2 * p))
    found = refit.third_derivatives(fit.likelihood, fit.optimum)
    assert fit.terms == ["Intercept", "x", "z"]
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


def test_light_pairs_are_left_out_to_second_order_and_heavy_ones_by_refits(
    fit: models.Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes, pairs = changes(fit)  # 66 pairs: all by refits
    one_step, shares = written_out(fit)
    light = float(np.median(shares))  # of so few pairs none holds a hundredth of the information
    monkeypatch.setattr(refit, "MANY_PAIRS", 0)
    monkeypatch.setattr(refit, "LIGHT", light)
    quick_nodes, quick = changes(fit)
    np.testing.assert_array_equal(quick_nodes, nodes)
    errors = np.sqrt(np.diag(np.linalg.inv(fit.information)))
    distance = np.abs((quick - pairs) / errors).max(axis=1)
    assert distance[shares > light].max() < 1e-9  # the refits began elsewhere
    assert 1e-7 < distance[shares <= light].max() < 3e-4
    first = np.abs((one_step - pairs) / errors).max(axis=1)
    assert distance[shares <= light].max() < 0.2 * first[shares <= light].max()


def written_out(fit: models.Fit) -> tuple[np.ndarray, np.ndarray]:
    """Changes without each pair by Newton's first step, and its share of the information (trace)."""
    frame, scores = panel(), fit.scores().to_numpy()
    X = np.column_stack([np.ones(len(frame)), frame["x"], frame["z"]])
    p = expit(X @ fit.coefficients)
    steps, shares = [], []
    for _, rows in frame.groupby(["cluster_i", "cluster_j"]):
        own = X[rows.index].T @ (X[rows.index] * (p * (1 - p))[rows.index, None])
        steps.append(-np.linalg.solve(fit.information - own, scores[rows.index].sum(axis=0)))
        shares.append(np.trace(np.linalg.solve(fit.information, own)))
    return np.array(steps), np.array(shares)


def test_sums_are_the_same_by_few_rows_at_a_time(fit: models.Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = summed(fit)
    monkeypatch.setattr("interclust.inference.sums.CHUNK_ROWS", 11)
    parts = summed(fit)
    assert parts.n_pairs == whole.n_pairs
    for name in ("row_meat", "pair_meat", "pair_steps", "project_meat", "project_steps", "fourth"):
        expected = getattr(whole, name)
        np.testing.assert_allclose(
            getattr(parts, name), expected, rtol=1e-10, atol=1e-12 * np.abs(expected).max()
        )
    np.testing.assert_allclose(parts.nodes.scores, whole.nodes.scores, rtol=1e-9, atol=1e-12)


def test_what_is_missing_is_no_project() -> None:
    entries = ["b", None, np.nan, pd.NA, pd.NaT, [], ["a", "b", "a"], ["c", np.nan, None, pd.NA]]
    rows, projects, known = project_pieces(entries, len(entries))
    assert known == ["a", "b", "c"]
    assert list(zip(rows.tolist(), projects.tolist(), strict=True)) == [(0, 1), (6, 0), (6, 1), (7, 2)]
    frame = panel()
    frame["project"] = frame["projects"].map(lambda own: own[0] if own else pd.NA).astype("string")
    expected = models.fit("y ~ x", panel(), project="projects").vcov()
    np.testing.assert_allclose(models.fit("y ~ x", frame, project="project").vcov(), expected, rtol=1e-12)


def test_a_direction_that_one_group_alone_identifies_stays_where_it_is() -> None:
    information, own = np.diag([4.0, 100.0]), np.diag([4.0, 1.0])
    found = Deletion(information).steps(np.array([[1.0, 3.0]]), own[None])
    np.testing.assert_allclose(found, [[0.0, -3.0 / 99.0]], rtol=1e-12)


def test_clipping_knows_no_units() -> None:
    rng = np.random.default_rng(1)
    half = rng.normal(size=(4, 4))
    matrix, variances = half + half.T, rng.uniform(0.5, 2, 4)
    clipped, count = clip_eigenvalues(matrix, "scaled", variances)
    assert count > 0
    assert np.linalg.eigvalsh(clipped)[0] > -1e-12
    units = np.array([1e-6, 1e-3, 1.0, 1e4])
    found, again = clip_eigenvalues(matrix * np.outer(units, units), "scaled", variances * units**2)
    assert again == count
    np.testing.assert_allclose(found, clipped * np.outer(units, units), rtol=1e-9)


def test_rounding_is_no_negative_eigenvalue() -> None:
    root = np.random.default_rng(2).normal(size=(6, 2))
    matrix = 1e6 * root @ root.T
    assert np.linalg.eigvalsh(matrix)[0] < -1e-15  # as computed
    found, count = clip_eigenvalues(matrix, True, np.diag(matrix))
    assert count == 0
    np.testing.assert_array_equal(found, 0.5 * (matrix + matrix.T))


def test_degrees_of_freedom_are_pairs_or_clusters_less_one(fit: models.Fit) -> None:
    frame = panel()
    pairs = len(frame[["cluster_i", "cluster_j"]].drop_duplicates())
    assert fit.covariance("dyad").df == pairs - 1
    assert (
        fit.covariance("dyadic").df
        == pd.unique(frame[["cluster_i", "cluster_j"]].to_numpy().ravel()).size - 1
    )
    assert fit.covariance("hc0").df == np.inf
    found = classical(np.diag([4.0, 2.0]))
    np.testing.assert_allclose(found.matrix, np.diag([0.25, 0.5]))
    assert found.df == np.inf

"""Degrees of freedom: by hand, by their properties, and against the spread of drawn variances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from interclust import models
from interclust.effects.delta import Basis, Effect
from interclust.inference.freedom import along, degrees_of_freedom, effective, together
from test_covariance import panel


def test_the_effective_number_of_equal_groups_is_their_number() -> None:
    assert effective(np.ones((7, 2))) == pytest.approx([7, 7])
    assert effective(np.array([[1.0, 3.0], [1.0, 0.0]])) == pytest.approx([2, 1])
    assert np.isinf(effective(np.zeros((0, 3)))).all()


def test_satterthwaite_is_what_a_sum_of_unequal_squares_has() -> None:
    """A scaled chi-squared with its mean and variance: df = 2 mean^2 / variance, over draws."""
    shares = np.array([5.0, 3.0, 2.0, 1.0, 1.0, 0.5])
    rng = np.random.default_rng(1)
    drawn = (shares * rng.standard_normal((400_000, 6)) ** 2).sum(axis=1)
    assert effective(shares[:, None])[0] == pytest.approx(2 * drawn.mean() ** 2 / drawn.var(), rel=0.02)


def few_events() -> pd.DataFrame:
    """Eleven events: four in two projects of two, one that made two, six in no project."""
    frame = panel()
    ties = np.flatnonzero(frame["y"])[::6][:11]
    frame["y"] = np.isin(np.arange(len(frame)), ties).astype(int)
    made = dict(
        zip(ties, [["q1"], ["q2"], [], ["q1"], [], ["q2"], [], ["q3", "q4"], [], [], []], strict=True)
    )
    frame["projects"] = [made.get(row, []) for row in range(len(frame))]
    return frame


@pytest.mark.parametrize(("frame", "bind"), [(panel(), "clusters"), (few_events(), "events")])
def test_of_a_fit_by_hand(frame: pd.DataFrame, bind: str) -> None:
    """The formulas of the docstring from the rows themselves: clusters by information, events by scores."""
    fit = models.fit("y ~ x + z", frame, project="projects")
    B = np.linalg.inv(fit.information)
    X = np.column_stack([np.ones(len(frame)), frame["x"], frame["z"]])
    p = 1 / (1 + np.exp(-X @ fit.coefficients))
    made = (X @ B) ** 2 * (p * (1 - p))[:, None]
    ends = frame[["cluster_i", "cluster_j"]].to_numpy()
    nodes = sorted(set(ends.ravel()))
    shares = np.array([made[(ends == node).any(axis=1)].sum(axis=0) for node in nodes])
    influence = ((frame["y"].to_numpy() - p)[:, None] * X) @ B
    sums: dict[object, np.ndarray] = {}
    for number, (row, projects) in enumerate(zip(influence, frame["projects"], strict=True)):
        for project in set(projects) or {number}:
            sums[project] = sums.get(project, 0.0) + row / max(len(set(projects)), 1)
    V = np.diag(fit.covariance().matrix)
    events = 2 * V**2 / sum(total**4 for total in sums.values())
    assert np.any(events < effective(shares) - 1) == (bind == "events")
    assert fit.covariance().df == pytest.approx(np.minimum(effective(shares) - 1, events), rel=1e-9)
    assert np.array_equal(fit.tidy()["df"], fit.covariance().df)


def test_a_flag_of_few_clusters_has_few_degrees_of_freedom() -> None:
    """Rows with the flag all have one of two clusters: it rests on these two and those beside them."""
    n = 24
    i, j = np.triu_indices(n, 1)
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"cluster_i": i, "cluster_j": j, "flag": ((i == 0) & (j < 12)) * 1.0})
    frame["y"] = (rng.random(len(i)) < 0.3) * 1.0
    df = models.fit("y ~ flag", frame).tidy().set_index("term")["df"]
    assert df["Intercept"] > 15
    assert 1 <= df["flag"] < 6


def test_it_does_not_hang_on_units_or_order() -> None:
    frame = panel()
    one = models.fit("y ~ x + z", frame, project="projects").covariance().df
    scaled = frame.assign(x=1000 * frame["x"], z=frame["z"] - 5)
    other = models.fit("y ~ x + z", scaled.sample(frac=1, random_state=1), project="projects").covariance().df
    assert other[1:] == pytest.approx(one[1:], rel=1e-6)


def test_of_a_function_it_is_a_mean_of_those_of_its_coefficients() -> None:
    V, df = np.array([[4.0, 0.0], [0.0, 1.0]]), np.array([60.0, 10.0])
    assert along(df, V, np.array([1.0, 0.0])) == pytest.approx(60)
    assert along(df, V, np.array([0.0, -2.0])) == pytest.approx(10)
    assert along(df, V, np.array([1.0, 2.0])) == pytest.approx(2 / (1 / 60 + 1 / 10))
    assert along(30.0, V, np.ones(2)) == 30
    assert together(df, V, np.eye(2)) == pytest.approx(10)
    row = Basis("m", "k", V, df, 9).row(Effect("slope", "x", 3.0, np.array([0.0, 1.0]), "link"))
    assert row["df"] == pytest.approx(10)


def test_one_cluster_leaves_one_and_many_small_events_do_not_bind() -> None:
    alone = degrees_of_freedom(np.eye(1), np.ones((1, 1, 1)), np.ones(1), np.zeros(1))
    assert alone == pytest.approx([1.0])
    many = degrees_of_freedom(np.eye(1), np.ones((41, 1, 1)), np.ones(1), np.array([1e-6]))
    assert many == pytest.approx([40.0])


def test_of_few_events_it_is_what_the_sum_of_their_squares_has() -> None:
    """Poisson numbers of events, each adding plus or minus g: 2 mean^2 / variance of the sum of g^2."""
    sizes, rate = np.array([1.0, 2.0, 3.0]), 4.0
    rng = np.random.default_rng(2)
    sums = (rng.poisson(rate, (200_000, 3)) * sizes**2).sum(axis=1)
    fourth = rate * np.sum(sizes**4)
    found = degrees_of_freedom(np.eye(1), np.ones((90, 1, 1)), np.array([sums.mean()]), np.array([fourth]))
    assert found[0] == pytest.approx(2 * sums.mean() ** 2 / sums.var(), rel=0.02)


def test_a_function_that_moves_with_nothing_has_the_fewest() -> None:
    assert along(np.array([5.0, 3.0]), np.eye(2), np.zeros(2)) == 3.0

"""Dyadic covariances against the double sum written out, and their invariances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interclust import inference, models
from interclust.inference.covariance import clip_eigenvalues, raise_to_floor
from interclust.inference.deletions import RATIO, Deletion
from interclust.inference.rows import Rows
from interclust.models.reference import at_parameters
from interclust.numerics.dyads import SHARD_DYADS, dyad_number

RELATIVE = 1e-12


def double_sum(scores: np.ndarray, i: np.ndarray, j: np.ndarray, projects: list[list[str]]) -> np.ndarray:
    """Every pair of rows that share a cluster counts once; others by the projects that they share."""
    n, k = scores.shape
    meat = np.zeros((k, k))
    for a in range(n):
        for b in range(n):
            if {i[a], j[a]} & {i[b], j[b]}:
                weight = 1.0
            else:
                shared = set(projects[a]) & set(projects[b])
                weight = sum(1.0 / (len(projects[a]) * len(projects[b])) for _ in shared)
            meat += weight * np.outer(scores[a], scores[b])
    return meat


def unbalanced(seed: int, rows: int, nodes: int) -> dict:
    rng = np.random.default_rng(seed)
    i = rng.integers(0, nodes, rows)
    j = (i + rng.integers(1, nodes, rows)) % nodes
    names = [f"p{number}" for number in range(max(rows // 4, 1))]
    projects = [
        list(rng.choice(names, min(int(rng.integers(0, 4)), len(names)), replace=False)) for _ in range(rows)
    ]
    scores = rng.normal(size=(rows, 3)) * [1.0, 100.0, 0.01]
    return {"scores": scores, "i": i, "j": j, "projects": projects, "information": np.diag([50.0, 9e5, 0.01])}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(2, 80), nodes=st.integers(3, 12))
def test_dyadic_equals_the_double_sum(seed: int, rows: int, nodes: int) -> None:
    world = unbalanced(seed, rows, nodes)
    bread = np.linalg.inv(world["information"])
    expected = bread @ double_sum(world["scores"], world["i"], world["j"], world["projects"]) @ bread
    found = inference.dyadic_vcov(
        world["scores"], world["information"], world["i"], world["j"], world["projects"], clip=False
    )
    scale = np.sqrt(np.outer(*(2 * [np.diag(bread @ world["scores"].T @ world["scores"] @ bread)])))
    assert np.max(np.abs(found - expected) / scale) < RELATIVE * rows


def panel(seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 12
    rows = [(t, a, b) for t in range(3) for a in range(n) for b in range(a + 1, n) if rng.random() < 0.9]
    frame = pd.DataFrame(rows, columns=["period", "cluster_i", "cluster_j"])
    frame["x"] = rng.normal(size=len(frame))
    frame["z"] = rng.integers(0, 2, len(frame))
    effect = rng.normal(size=n) * 0.5
    eta = -0.8 + 0.5 * frame["x"] + effect[frame["cluster_i"]] + effect[frame["cluster_j"]]
    frame["y"] = (rng.random(len(frame)) < 1 / (1 + np.exp(-eta))).astype(int)
    frame["n"] = rng.poisson(np.exp(eta))
    frame["k"] = frame["n"].clip(upper=2)
    frame["projects"] = [[f"q{rng.integers(25)}"] if y else [] for y in frame["y"]]
    mean = np.exp(1.0 + 0.4 * frame["x"] + 0.3 * frame["z"])  # counts with too many zeros, for two parts
    frame["m"] = rng.poisson(mean * rng.gamma(1.5, 1 / 1.5, len(frame))) * (rng.random(len(frame)) < 0.7)
    return frame


FAMILIES = [
    ("linear", "y"),
    ("logit", "y"),
    ("firth", "y"),
    ("cloglog", "y"),
    ("poisson", "n"),
    ("negbin", "n"),
    ("zip", "m"),
    ("zinb", "m"),
    ("hurdle_poisson", "m"),
    ("hurdle_negbin", "m"),
    ("ordered_logit", "k"),
    ("sequential", "k"),
]
KINDS = ["classical", "hc0", "dyad", "dyadic", "dyadic_jackknife"]


@pytest.mark.parametrize("seed", [3, 8])
@pytest.mark.parametrize(("family", "outcome"), FAMILIES)
def test_scores_are_zero_and_dyadic_is_the_double_sum_for_every_family(
    family: str, outcome: str, seed: int
) -> None:
    frame = panel(seed)
    fit = models.fit(f"{outcome} ~ x*z", frame, family=family, project="projects")
    scores = fit.scores()
    assert np.max(np.abs(scores.sum())) < 1e-8
    bread = np.linalg.inv(fit.information)
    nodes = [frame[name].to_numpy() for name in ("cluster_i", "cluster_j")]
    expected = bread @ double_sum(scores.to_numpy(), *nodes, frame["projects"].tolist()) @ bread
    units = np.sqrt(np.abs(np.outer(np.diag(expected), np.diag(expected))))
    assert np.max(np.abs(fit.vcov("dyadic", clip=False) - expected) / units) < RELATIVE


@pytest.mark.parametrize("kind", KINDS)
def test_row_order_and_orientation_do_not_matter(kind: str) -> None:
    frame = panel()
    swapped = frame.sample(frac=1.0, random_state=4)
    flip = np.random.default_rng(5).random(len(swapped)) < 0.5
    left, right = swapped["cluster_i"].copy(), swapped["cluster_j"].copy()
    swapped["cluster_i"], swapped["cluster_j"] = left.where(~flip, right), right.where(~flip, left)
    one = models.fit("y ~ x*z", frame, project="projects")
    other = models.fit("y ~ x*z", swapped, project="projects")
    np.testing.assert_allclose(one.params, other.params, rtol=1e-9)
    np.testing.assert_allclose(one.vcov(kind), other.vcov(kind), rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_units_do_not_matter(kind: str) -> None:
    frame = panel()
    one = models.fit("y ~ x*z", frame, project="projects").tidy(kind)
    scaled = models.fit("y ~ x*z", frame.assign(x=frame["x"] * 1000), project="projects").tidy(kind)
    np.testing.assert_allclose(one["statistic"], scaled["statistic"], rtol=1e-6)


def test_one_step_is_near_the_exact_jackknife() -> None:
    fit = models.fit("y ~ x*z", panel())
    one, exact = fit.vcov("dyadic_jackknife"), fit.vcov("dyadic_jackknife_exact")
    ratio = np.sqrt(np.diag(one) / np.diag(exact))
    assert np.all((ratio > 0.9) & (ratio < 1.1))


def test_several_shards_give_the_same_covariance_as_one() -> None:
    """400 nodes have more dyads than a shard holds: the sums must not depend on where it is cut."""
    rng = np.random.default_rng(8)
    n, rows = 400, 3000
    assert n * (n - 1) // 2 > SHARD_DYADS
    a = rng.integers(0, n, rows)
    frame = pd.DataFrame({"cluster_i": a, "cluster_j": (a + rng.integers(1, n, rows)) % n})
    frame["x"] = rng.normal(size=rows)
    frame["y"] = (rng.random(rows) < 0.3).astype(int)
    frame["projects"] = [[f"q{rng.integers(300)}"] for _ in range(rows)]
    fit = models.fit("y ~ x", frame, project="projects")
    assert len(list(fit.likelihood.data.batches())) > 1
    loglik, slope = at_parameters(fit.likelihood, fit.coefficients)
    assert loglik == pytest.approx(fit.loglik, rel=1e-12)
    assert np.abs(slope).max() < 1e-6
    scores = fit.scores()
    whole = inference.dyadic_vcov(
        scores.to_numpy(),
        fit.information,
        frame["cluster_i"],
        frame["cluster_j"],
        frame["projects"],
        clip=False,
    )
    np.testing.assert_allclose(fit.vcov("dyadic", clip=False), whole, rtol=1e-9, atol=1e-14)


def test_a_row_with_one_cluster_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="same cluster"):
        inference.dyadic_vcov(np.ones((1, 1)), np.eye(1), ["a"], ["a"])


def test_dyad_numbers_are_a_bijection() -> None:
    i, j = np.triu_indices(50, 1)
    np.testing.assert_array_equal(dyad_number(j, i, 50), np.arange(50 * 49 // 2))


def test_clipping_and_floors_are_reported() -> None:
    matrix = np.array([[1.0, 2.0], [2.0, 1.0]])
    clipped, number = clip_eigenvalues(matrix, True, np.ones(2))
    assert number == 1
    assert np.linalg.eigvalsh(clipped).min() > -1e-12
    raised, low = raise_to_floor(np.diag([1.0, 3.0]), np.array([2.0, 2.0]))
    assert low == (0,)
    np.testing.assert_array_equal(np.diag(raised), [2.0, 3.0])


@pytest.mark.parametrize("family", ["logit", "poisson", "negbin"])
def test_deletions_by_series_equal_those_by_eigenvalues(family: str) -> None:
    """The series is summed where groups are small; it must give what every group solved by itself gives."""
    frame = pd.concat(
        [panel(seed).assign(period=lambda d, s=seed: d["period"] + 3 * s) for seed in range(20)]
    )
    fit = models.fit(f"{'y' if family == 'logit' else 'n'} ~ x + z", frame, family=family)
    (load,) = fit.likelihood.scored(fit.coefficients, fit.information)
    rows = load().rows(np.argsort(frame["cluster_i"].to_numpy(), kind="stable"))
    for size, light in ((1, True), (7, True), (len(frame) // 2, False)):
        starts = np.append(np.arange(0, len(frame), size), len(frame))
        deletion = Deletion(fit.information)
        share = np.add.reduceat(rows.weights(deletion.scale), starts[:-1]) / deletion.least
        assert bool((share < RATIO).mean() > 0.4) is light
        exact = deletion.steps(*rows.sums(starts))
        np.testing.assert_allclose(
            deletion.steps_of_rows(rows, starts, rows.score_sums(starts)), exact, rtol=1e-9, atol=1e-15
        )


@pytest.mark.parametrize("part", [np.zeros(6, dtype=int), np.array([0, 0, 0, 1, 1, 1])])
def test_groups_of_few_rows_are_deleted_as_any_other(part: np.ndarray) -> None:
    """Woodbury's system of a few equations against the eigenvalues, also of a group that identifies alone."""
    rng = np.random.default_rng(8)
    m = int(part[-1]) + 1
    X, gradient = rng.normal(size=(60, 6)), rng.normal(size=(60, m))
    X[:, 5] = 0.0
    X[3:5, 5] = 1.0  # the last column is known from the third group alone
    roots = rng.normal(size=(60, m, m))
    rows = Rows(X, gradient, -(roots @ roots.transpose(0, 2, 1)) - 0.1 * np.eye(m), part)
    starts = np.array([0, 1, 3, 5, 6, 9, *range(11, 61, 7)])
    information = rows.sums(np.array([0, 60]))[1][0]
    deletion = Deletion(information)
    scores, removed = rows.sums(starts)
    expected = deletion.steps(scores, removed)
    assert deletion._of_few(rows, starts, np.array([2]))[1].all()
    assert deletion.steps_of_rows(rows, starts, scores) == pytest.approx(expected, rel=1e-8, abs=1e-10)

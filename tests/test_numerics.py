"""Families and the Newton engine: derivatives, safe starts, repairs."""

from __future__ import annotations

import numpy as np
import pytest

from interclust.numerics.families import FAMILIES
from interclust.numerics.newton import maximise, newton_step
from interclust.numerics.segments import group_codes, segment_sums, sorted_starts

H = 1e-5


def outcomes(kind: str, n: int, rng: np.random.Generator) -> np.ndarray:
    if kind == "binary":
        return rng.integers(0, 2, n).astype(float)
    return rng.poisson(2.0, n).astype(float) if kind == "count" else rng.normal(size=n)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_derivatives_agree_with_differences(name: str) -> None:
    family = FAMILIES[name]
    rng = np.random.default_rng(1)
    m = len(family.predictors)
    eta = rng.normal(scale=1.5, size=(300, m))
    y = outcomes(family.outcome, 300, rng)
    _, gradient, hessian = family.derivatives(y, eta)
    for a in range(m):
        step = np.zeros(m)
        step[a] = H
        above, below = family.derivatives(y, eta + step), family.derivatives(y, eta - step)
        np.testing.assert_allclose((above[0] - below[0]) / (2 * H), gradient[:, a], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose((above[1] - below[1]) / (2 * H), hessian[:, a], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_mean_slopes_agree_with_differences(name: str) -> None:
    family = FAMILIES[name]
    eta = np.linspace(-6, 3, 50)
    np.testing.assert_allclose(
        (family.mean(eta + H) - family.mean(eta - H)) / (2 * H), family.mean_slope(eta), rtol=1e-6, atol=1e-9
    )
    np.testing.assert_allclose(
        (family.mean_slope(eta + H) - family.mean_slope(eta - H)) / (2 * H),
        family.mean_curvature(eta),
        rtol=1e-5,
        atol=1e-8,
    )


@pytest.mark.parametrize("name", ["logit", "cloglog", "poisson", "negbin"])
def test_far_predictors_stay_finite(name: str) -> None:
    family = FAMILIES[name]
    eta = np.zeros((4, len(family.predictors)))
    eta[:, 0] = [-700.0, -40.0, 40.0, 600.0]
    for y in (0.0, 1.0):
        loglik, gradient, hessian = family.derivatives(np.full(4, y), eta)
        assert not np.isnan(loglik).any()
        assert not np.isnan(gradient).any()
        assert not np.isnan(hessian).any()


def test_rare_cloglog_is_a_poisson_hazard() -> None:
    """At a tiny rate the cloglog log-likelihood of no event is minus the rate, of an event ln(rate)."""
    eta = np.array([[-20.0]])
    assert FAMILIES["cloglog"].derivatives(np.zeros(1), eta)[0][0] == pytest.approx(-np.exp(-20), rel=1e-14)
    assert FAMILIES["cloglog"].derivatives(np.ones(1), eta)[0][0] == pytest.approx(-20, abs=1e-8)


def test_newton_finds_a_maximum_that_plain_newton_overshoots() -> None:
    """Minus ln cosh: plain Newton diverges from 2; halving brings it home."""

    def evaluate(params: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        t = np.tanh(params)
        return -float(np.log(np.cosh(params)).sum()), -t, np.diag(1 - t**2)

    found = maximise(evaluate, np.array([2.0]))
    assert found.converged
    assert found.halvings > 0
    assert abs(found.params[0]) < 1e-9


def test_newton_says_when_it_does_not_converge() -> None:
    def evaluate(params: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return float(params.sum()), np.ones(1), np.full((1, 1), 1e-3)

    assert not maximise(evaluate, np.zeros(1), max_iterations=5).converged


def test_newton_step_climbs_where_the_information_is_indefinite() -> None:
    information, score = np.diag([2.0, -3.0]), np.array([1.0, 1.0])
    assert score @ newton_step(information, score) > 0


def test_segment_sums_and_codes() -> None:
    values = np.arange(8.0).reshape(4, 2)
    np.testing.assert_array_equal(segment_sums(values, np.array([2, 0, 2, 0]), 3), [[8, 10], [0, 0], [4, 6]])
    codes, size = group_codes(np.array([5, 5, 1]), np.array([0, 0, 9]))
    assert size == 2
    assert codes[0] == codes[1] != codes[2]


def test_starts_of_sorted_segments() -> None:
    np.testing.assert_array_equal(sorted_starts(np.array([3, 3, 5, 9, 9])), [0, 2, 3, 5])
    np.testing.assert_array_equal(sorted_starts(np.array([], dtype=int)), [0])

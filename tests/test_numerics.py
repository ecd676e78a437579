"""Families and the Newton engine: derivatives, safe starts, repairs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from interclust.numerics.families import FAMILIES
from interclust.numerics.newton import maximise, newton_step
from interclust.numerics.segments import group_codes, segment_sums, sorted_starts

H = 1e-5


def outcomes(kind: str, n: int, rng: np.random.Generator) -> np.ndarray:
    if kind == "binary":
        return rng.integers(0, 2, n).astype(float)
    if kind == "ordinal":
        return rng.integers(0, 3, n).astype(float)
    return rng.poisson(2.0, n).astype(float) if kind == "count" else rng.normal(size=n)


def predictors(name: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """Random predictors; cut points in order, so that the likelihood is not zero."""
    eta = rng.normal(scale=1.5, size=(n, len(FAMILIES[name].predictors)))
    if name == "ordered_logit":
        eta[:, 2] = eta[:, 1] + 0.05 + rng.exponential(size=n)
    return eta


def agrees(function: Callable[[np.ndarray], tuple[np.ndarray, ...]], eta: np.ndarray) -> None:
    """Gradient and Hessian of a function of the predictors against central differences."""
    _, gradient, hessian = function(eta)
    for a in range(eta.shape[1]):
        step = np.zeros(eta.shape[1])
        step[a] = H
        above, below = function(eta + step), function(eta - step)
        np.testing.assert_allclose((above[0] - below[0]) / (2 * H), gradient[:, a], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose((above[1] - below[1]) / (2 * H), hessian[:, a], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_derivatives_agree_with_differences(name: str) -> None:
    rng = np.random.default_rng(1)
    eta = predictors(name, 300, rng)
    y = outcomes(FAMILIES[name].outcome, 300, rng)
    agrees(lambda at: FAMILIES[name].derivatives(y, at), eta)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_derivatives_of_the_expected_outcome_agree_with_differences(name: str) -> None:
    agrees(FAMILIES[name].expectation, predictors(name, 50, np.random.default_rng(2)))


@pytest.mark.parametrize(
    "name", sorted(name for name, family in FAMILIES.items() if family.outcome in ("count", "ordinal"))
)
def test_probabilities_sum_to_one_and_give_the_expected_outcome(name: str) -> None:
    """The likelihood of every y, added up."""
    family = FAMILIES[name]
    eta = predictors(name, 5, np.random.default_rng(3)) * 0.5
    values = range(3) if family.outcome == "ordinal" else range(4000)
    chance = np.array([np.exp(family.derivatives(np.full(5, float(y)), eta)[0]) for y in values])
    np.testing.assert_allclose(chance.sum(0), 1.0, rtol=1e-9)
    np.testing.assert_allclose(chance.T @ np.array(values), family.expectation(eta)[0], rtol=1e-8)


@pytest.mark.parametrize("name", sorted(set(FAMILIES) - {"linear"}))
def test_far_predictors_stay_finite(name: str) -> None:
    family = FAMILIES[name]
    eta = np.zeros((4, len(family.predictors)))
    eta[:, 0] = [-700.0, -40.0, 40.0, 600.0]
    if name == "ordered_logit":
        eta[:, 2] = 1.0
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

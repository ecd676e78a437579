"""Marginal effects: by brute force, with gradients checked by differences; ratios and their intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from interclust import effects, models
from interclust.effects.delta import Effect
from interclust.effects.margins import Margins
from test_covariance import panel

CASES: list[Callable[[Margins], Effect]] = [
    lambda m: m.marginal_effect("x"),
    lambda m: m.marginal_effect("z"),
    lambda m: m.second_difference("x", "z"),
    lambda m: m.second_difference("z", "x"),
    lambda m: m.slope("x", "z", 1.0),
]


OUTCOMES = {"poisson": "n", "negbin": "n", "ordered_logit": "k", "sequential": "k"} | dict.fromkeys(
    ("zip", "zinb", "hurdle_poisson", "hurdle_negbin"), "m"
)


def fitted(family: str) -> models.Fit:
    outcome = OUTCOMES.get(family, "y")
    return models.fit(f"{outcome} ~ c(x)*z + I(x**2)", panel(), family=family)


@pytest.mark.parametrize("family", ["linear", "logit", "cloglog", *OUTCOMES])
@pytest.mark.parametrize("case", range(len(CASES)))
def test_gradients_agree_with_differences(family: str, case: int) -> None:
    fit = fitted(family)
    effect = CASES[case](Margins(fit.likelihood, fit.coefficients))
    for k in range(len(fit.coefficients)):
        step = np.zeros(len(fit.coefficients))
        step[k] = 1e-5
        above, below = (
            CASES[case](Margins(fit.likelihood, fit.coefficients + s)).value for s in (step, -step)
        )
        assert (above - below) / 2e-5 == pytest.approx(effect.gradient[k], rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("family", ["logit", "cloglog", *OUTCOMES])
def test_effects_equal_predictions_of_changed_data(family: str) -> None:
    fit, frame = fitted(family), panel()
    contrast = fit.predict(frame.assign(z=1)) - fit.predict(frame.assign(z=0))
    assert effects.average_marginal_effect(fit, "z")["estimate"] == pytest.approx(contrast.mean(), rel=1e-10)
    h = 1e-5
    parts = [
        (fit.predict(frame.assign(x=frame["x"] + h, z=z)) - fit.predict(frame.assign(x=frame["x"] - h, z=z)))
        / (2 * h)
        for z in (0, 1)
    ]
    second = effects.second_difference(fit, "x", "z")
    assert second["estimate"] == pytest.approx((parts[1] - parts[0]).mean(), rel=1e-6)


def test_interval_is_the_delta_method_with_the_covariance_asked_for() -> None:
    fit = fitted("logit")
    effect = Margins(fit.likelihood, fit.coefficients).marginal_effect("x")
    for kind in ("classical", "dyadic_jackknife"):
        expected = np.sqrt(effect.gradient @ fit.vcov(kind).to_numpy() @ effect.gradient)
        assert effects.average_marginal_effect(fit, "x", vcov=kind)["std_error"] == pytest.approx(expected)

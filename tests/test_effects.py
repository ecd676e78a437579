"""Effects: by brute force, with gradients checked by differences; their names, intervals and refusals."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from interclust import effects, models
from interclust.effects.delta import Effect
from interclust.effects.margins import Combination, Margins
from interclust.errors import ModelError
from test_covariance import panel

OUTCOMES = {
    "linear": "y",
    "logit": "y",
    "firth": "y",
    "cloglog": "y",
    "poisson": "n",
    "negbin": "n",
    "ordered_logit": "k",
    "sequential": "k",
} | dict.fromkeys(("zip", "zinb", "hurdle_poisson", "hurdle_negbin"), "m")
BINARY = ("logit", "firth", "cloglog")
ORDINAL = ("ordered_logit", "sequential")
SECOND = {"zip": "x + z", "zinb": "x", "hurdle_poisson": "x*z", "hurdle_negbin": "x + log1p(u)"}


@cache
def frame() -> pd.DataFrame:
    data = panel()
    return data.assign(u=np.exp(data["x"].to_numpy()[::-1]), g=data["period"].map({0: "a", 1: "b", 2: "c"}))


@cache
def fitted(family: str) -> models.Fit:
    terms = "c(x)*z + I(x**2) + log1p(u) + x:u + u:log1p(u)"
    return models.fit(f"{OUTCOMES[family]} ~ {terms}", frame(), family=family, zero=SECOND.get(family))


def margins(fit: models.Fit) -> Margins:
    return Margins(fit.likelihood, fit.coefficients)


def combinations(m: Margins, family: str) -> list[Combination]:
    scales = (
        [None, "link"]
        + ["rate"] * (family in BINARY)
        + [f"class={k}" for k in range(3)] * (family in ORDINAL)
    )
    found = [m.slope("x", {"z": 1.0}), m.slope("u", {"x": 0.3}, "link")]
    for scale in scales:
        found += [m.marginal_effect(name, scale) for name in ("x", "z", "u")]
        found += [m.second_difference("x", "z", scale=scale), m.second_difference("z", "x", scale=scale)]
        found += [m.second_difference("x", "u", (0.5, 2.0), scale, at={"z": 0.0})]
        found += [m.contrast("x", (-1.0, 0.5), scale), m.contrast("u", None, scale, {"z": 1.0})]
    for scale in (name for name in scales if name != "link" and family != "linear"):
        found += [m.contrast(name, scale=scale, ratio=True) for name in ("x", "z")]
        found += [
            m.ratio_of_ratios("x", "z", scale=scale),
            m.ratio_of_ratios("z", "x", (0, 1), (-1, 1), scale),
        ]
    return found


@pytest.mark.parametrize("family", OUTCOMES)
def test_gradients_agree_with_differences(family: str) -> None:
    fit, step = fitted(family), 1e-5
    asked = combinations(margins(fit), family)
    found = Margins(fit.likelihood, fit.coefficients, "none" if family == "firth" else None).effects(asked)
    gradients = np.array([effect.gradient for effect in found])

    def values(params: np.ndarray) -> np.ndarray:
        moved = Margins(fit.likelihood, params, "none" if family == "firth" else None)
        return np.array([effect.value for effect in moved.effects(asked)])

    for unit in np.random.default_rng(4).normal(size=(3, len(fit.coefficients))):  # in any direction
        move = step * unit
        slopes = (values(fit.coefficients + move) - values(fit.coefficients - move)) / (2 * step)
        np.testing.assert_allclose(gradients @ unit, slopes, rtol=2e-6, atol=1e-6)
    assert len({effect.effect_id for effect in found}) == len(set(asked))


@pytest.mark.parametrize("family", [name for name in OUTCOMES if name != "firth"])
def test_effects_equal_predictions_of_changed_data(family: str) -> None:
    fit, data = fitted(family), frame()

    def mean(**columns: Any) -> float:
        return float(fit.predict(data.assign(**columns)).mean())

    def slope(h: float = 1e-5, **columns: Any) -> float:
        return (mean(x=data["x"] + h, **columns) - mean(x=data["x"] - h, **columns)) / (2 * h)

    def estimate(call: Callable[..., pd.Series], *args: Any, **options: Any) -> float:
        return float(call(fit, *args, vcov="hc0", **options)["estimate"])

    ame, contrast = effects.average_marginal_effect, effects.contrast
    assert estimate(ame, "z") == pytest.approx(mean(z=1) - mean(z=0), rel=1e-10)
    assert estimate(ame, "x") == pytest.approx(slope(), rel=1e-6)
    assert estimate(ame, "x", at={"z": 1}) == pytest.approx(slope(z=1), rel=1e-6)
    assert estimate(effects.second_difference, "x", "z") == pytest.approx(slope(z=1) - slope(z=0), rel=1e-6)
    h = 1e-5  # log1p(u): no difference over a whole unit is its slope
    expected = (mean(u=data["u"] + h) - mean(u=data["u"] - h)) / (2 * h)
    assert estimate(ame, "u") == pytest.approx(expected, rel=1e-6)
    pair = mean(x=2.0, z=0), mean(x=1.0, z=0)
    assert estimate(contrast, "x", (1, 2), at={"z": 0}) == pytest.approx(pair[0] - pair[1], rel=1e-9)
    ratio = {"comparison": "ratio"}
    assert estimate(contrast, "x", (1, 2), at={"z": 0}, **ratio) == pytest.approx(pair[0] / pair[1], rel=1e-9)
    steps = [mean(x=data["x"] + 0.5, z=z) / mean(x=data["x"] - 0.5, z=z) for z in (0, 1)]
    assert estimate(effects.ratio_of_ratios, "x", "z") == pytest.approx(steps[1] / steps[0], rel=1e-9)


@pytest.mark.parametrize("family", BINARY)
def test_rates_are_those_of_the_process_behind_the_event(family: str) -> None:
    fit, data = fitted(family), frame()
    correction = "flic" if family == "firth" else None
    rate = [-np.log1p(-fit.predict(data.assign(z=z), correction=correction)).mean() for z in (0, 1)]
    found = effects.average_marginal_effect(fit, "z", "classical", scale="rate")
    assert found["estimate"] == pytest.approx(rate[1] - rate[0], rel=1e-10)
    assert (found["scale"], found.name) == ("rate", "ame:z#rate")


@pytest.mark.parametrize("family", ORDINAL)
def test_classes_are_those_that_are_predicted(family: str) -> None:
    fit, data = fitted(family), frame()
    change = (fit.probabilities(data.assign(z=1)) - fit.probabilities(data.assign(z=0))).mean(0)
    for k in range(3):
        found = effects.average_marginal_effect(fit, "z", "classical", scale=f"class={k}")
        assert found["estimate"] == pytest.approx(change[k], rel=1e-10)


def test_categories_are_contrasted() -> None:
    fit, data = models.fit("n ~ x*C(g)", frame(), family="poisson"), frame()
    found = effects.contrast(fit, "g", ("c", "b"), "classical")
    expected = (fit.predict(data.assign(g="b")) - fit.predict(data.assign(g="c"))).mean()
    assert (found["estimate"], found["at"]) == (pytest.approx(expected, rel=1e-10), "g=c..b")
    by = effects.curve(fit, "g", by={"x": [0.0, 1.0]}, vcov="classical")
    assert by["g"].tolist() == ["a", "b", "c"] * 2
    assert by.loc[4, "estimate"] == pytest.approx(fit.predict(data.assign(g="b", x=1.0)).mean(), rel=1e-10)


@pytest.mark.parametrize("kind", ["classical", "dyadic_jackknife"])
def test_interval_is_the_delta_method_with_the_covariance_asked_for(kind: str) -> None:
    fit = fitted("logit")
    effect: Effect = margins(fit).effect(margins(fit).marginal_effect("x"))
    expected = np.sqrt(effect.gradient @ fit.vcov(kind).to_numpy() @ effect.gradient)
    assert effects.average_marginal_effect(fit, "x", vcov=kind)["std_error"] == pytest.approx(expected)
    ratio = effects.contrast(fit, "z", comparison="ratio", vcov=kind)
    assert np.sqrt(ratio["conf_low"] * ratio["conf_high"]) == pytest.approx(ratio["estimate"], rel=1e-12)


def test_effects_of_log_linear_models_are_their_coefficients() -> None:
    """Ratios of averages are exp(b), and their interval that of the table of coefficients."""
    fit = models.fit("n ~ x*z", frame(), family="poisson")
    b = fit.params
    ratio = effects.ratio_of_ratios(fit, "x", "z", vcov="hc0")
    assert ratio["estimate"] == pytest.approx(np.exp(b["x:z"]), rel=1e-12)
    assert ratio["std_error"] == pytest.approx(np.sqrt(fit.vcov("hc0").loc["x:z", "x:z"]), rel=1e-10)
    slope = effects.slope(fit, "x", {"z": 1}, vcov="hc0")
    assert slope["estimate"] == pytest.approx(b["x"] + b["x:z"], rel=1e-12)


CALLS: list[tuple[Callable[[], object], str]] = [
    (
        lambda: effects.average_marginal_effect(fitted("logit"), "w"),
        "no feature 'w' in the model; there are x, z",
    ),
    (lambda: effects.second_difference(fitted("logit"), "x", "w"), "no feature 'w'"),
    (lambda: effects.average_marginal_effect(fitted("poisson"), "x", scale="probability"), "has no scale"),
    (
        lambda: effects.average_marginal_effect(fitted("logit"), "x", scale="class=1"),
        "there are probability, link",
    ),
    (lambda: effects.average_marginal_effect(fitted("logit"), "x", correction="flic"), "is for family firth"),
    (
        lambda: effects.average_marginal_effect(fitted("firth"), "x", correction="x"),
        "flic, flac \\(or none\\)",
    ),
    (lambda: effects.contrast(fitted("logit"), "x", (0, np.nan)), "cannot be held at nan"),
    (
        lambda: effects.contrast(fitted("logit"), "x", cast(Any, (0, 1, 2))),
        "two values of 'x' .* 3 are given",
    ),
    (lambda: effects.second_difference(fitted("logit"), "x", "z", at={"z": 1}), "both held at 1 and moved"),
    (lambda: effects.second_difference(fitted("logit"), "x", "w", values=(0, 1)), "no feature 'w'"),
    (lambda: effects.contrast(fitted("logit"), "x", comparison="odds"), "there are difference, ratio"),
    (lambda: effects.contrast(fitted("logit"), "z", scale="link", comparison="ratio"), "has no ratios"),
    (lambda: effects.slope(fitted("logit"), "x", {"x": 1}), "both held at 1 and moved"),
    (lambda: effects.slope(fitted("zinb"), "x", {"w": 1}), "no feature 'w'"),
    (lambda: effects.slope(constant(), "one", {"x": 1}), "is 1 in every row"),
    (lambda: effects.average_marginal_effect(categories(), "g"), "has categories"),
    (
        lambda: effects.contrast(categories(), "g", ("a", "d")),
        "no value 'd' in the sample; there are a, b, c",
    ),
    (lambda: effects.average_marginal_effect(second_only(), "x", scale="link"), "not in the part 'count'"),
    (lambda: effects.contrast(negative(), "z", comparison="ratio"), "has no ratio"),
    (lambda: effects.johnson_neyman(fitted("logit"), "x", "z"), "is a flag"),
    (lambda: effects.johnson_neyman(fitted("logit"), "z", "u"), "no product has both"),
    (lambda: effects.johnson_neyman(bent(), "z", "x"), "not linear in 'x' \\(I"),
    (lambda: effects.contrast(cast(Any, object()), "x"), "kind object has no expected outcome"),
    (lambda: effects.tipping_ratio(cast(Any, Lists()), "x"), "no term 'x'; there are a"),
    (lambda: effects.curve(fitted("logit"), "x", []), "a curve needs values"),
    (lambda: effects.curve(fitted("logit"), "x", by={"x": [1.0]}), "both the term of the curve"),
]


class Lists:
    """Stands for a fit of lists."""

    def tidy(self, _: str) -> pd.DataFrame:
        return pd.DataFrame({"term": ["a"]})


def constant() -> models.Fit:
    return models.fit("y ~ 0 + one + x", frame().assign(one=1.0), family="logit")


def categories() -> models.Fit:
    return models.fit("y ~ x + C(g)", frame(), family="logit")


def second_only() -> models.Fit:
    return models.fit("m ~ z", frame(), family="zip", zero="x")


def negative() -> models.Fit:
    return models.fit("x ~ z", frame().assign(x=lambda d: d["x"] - 5), family="linear")


def bent() -> models.Fit:
    return models.fit("y ~ z + x + z:I(x**2)", frame(), family="logit")


@pytest.mark.parametrize("place", range(len(CALLS)))
def test_what_cannot_be_asked_is_refused_in_a_sentence(place: int) -> None:
    call, words = CALLS[place]
    with pytest.raises(ModelError, match=words) as raised:
        call()
    assert "\n" not in str(raised.value)

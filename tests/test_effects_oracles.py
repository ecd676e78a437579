"""Effects against marginaleffects, and for families that it does not know against R (tests/oracles)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interclust import effects, models

ORACLES = Path(__file__).parent / "oracles"
ESTIMATE, ERROR = 1e-8, 2e-7  # absolute; marginaleffects takes gradients by forward differences
R_ESTIMATE, R_ERROR = 1e-8, 1e-7  # of effects.R, by Richardson extrapolation
EXPECTED = {"linear": "outcome", "logit": "probability", "cloglog": "probability"}
ORDINAL = ("ordered_logit", "sequential")

Call = Callable[[models.Fit, str], pd.Series]
HALF = (-0.5, 0.5)
CALLS: dict[str, Call] = {
    "ame:x": lambda fit, _: effects.average_marginal_effect(fit, "x", "classical"),
    "ame:z": lambda fit, _: effects.average_marginal_effect(fit, "z", "classical"),
    "contrast:x@x=-1..0.5": lambda fit, _: effects.contrast(fit, "x", (-1, 0.5), "classical"),
    "slope:x|z@z=0": lambda fit, scale: effects.slope(fit, "x", {"z": 0}, "classical", scale),
    "second_difference:x|z": lambda fit, _: effects.second_difference(fit, "x", "z", "classical"),
    "second_difference:z|x": lambda fit, _: effects.second_difference(fit, "z", "x", "classical"),
    "ratio:z": lambda fit, _: effects.contrast(fit, "z", None, "classical", comparison="ratio"),
    "ratio:x": lambda fit, _: effects.contrast(fit, "x", None, "classical", comparison="ratio"),
    "ratio:x@x=-1..0.5": lambda fit, _: effects.contrast(
        fit, "x", (-1, 0.5), "classical", comparison="ratio"
    ),
    "ratio:x@x=-0.5..0.5": lambda fit, _: effects.contrast(fit, "x", HALF, "classical", comparison="ratio"),
    "ratio_of_ratios:x|z": lambda fit, _: effects.ratio_of_ratios(fit, "x", "z", "classical"),
    "ratio_of_ratios:x|z@x=-0.5..0.5": lambda fit, _: effects.ratio_of_ratios(
        fit, "x", "z", "classical", HALF
    ),
}
CALLS |= {
    f"ame:x#class={k}": lambda fit, _, k=k: effects.average_marginal_effect(
        fit, "x", "classical", f"class={k}"
    )
    for k in range(3)
}


@cache
def table(file: str) -> pd.DataFrame:
    return pd.read_csv(ORACLES / file).set_index(["family", "effect"])


@cache
def fitted(family: str, zero: str) -> models.Fit:
    data = pd.read_csv(ORACLES / "counts.csv").assign(y=lambda d: (d["count"] > 0).astype(int))
    outcome = {"logit": "y", "cloglog": "y"}.get(family, "class" if family in ORDINAL else "count")
    two = family in ("zip", "zinb", "hurdle_poisson", "hurdle_negbin")
    return models.fit(f"{outcome} ~ x*z", data, family=family, zero=zero if two else None, nodes=None)


def gaps(file: str, family: str, effect: str, zero: str) -> tuple[float, float]:
    """Differences of the estimate (of ratios in logarithms) and of its standard error."""
    found = CALLS[effect](fitted(family, zero), EXPECTED.get(family, "rate"))
    value = np.log(found["estimate"]) if found["kind"].startswith("ratio") else found["estimate"]
    expected = table(file).loc[(family, effect)]
    return abs(value - expected["estimate"]), abs(found["std_error"] - expected["std_error"])


@pytest.mark.parametrize("family", ["linear", "logit", "cloglog", "poisson", "negbin", "zip", "zinb"])
def test_effects_are_those_of_marginaleffects(family: str) -> None:
    asked = table("marginaleffects.csv").loc[family].index
    found = np.array([gaps("marginaleffects.csv", family, effect, "1") for effect in asked])
    assert len(asked) == 10
    assert found[:, 0].max() < ESTIMATE
    assert found[:, 1].max() < ERROR


@pytest.mark.parametrize("family", ["zip", "zinb", "hurdle_poisson", "hurdle_negbin", *ORDINAL])
def test_effects_with_all_parts_are_those_of_r(family: str) -> None:
    asked = table("effects.csv").loc[family].index
    found = np.array([gaps("effects.csv", family, effect, "x") for effect in asked])
    assert len(asked) == (10 if family in ORDINAL else 7)
    assert found[:, 0].max() < R_ESTIMATE
    assert found[:, 1].max() < R_ERROR

"""What a test could find with the precision it has: detectable ratio and power at declared ratios, a step.

A ratio is declared for a step of its terms (``steps.py``). For tests of ratios and slopes its logarithm is
the effect; for average marginal effects, differences of rates, its excess over one times the mean rate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..models.parts import factors
from . import power
from .claims import Prediction
from .delta import Basis
from .evidence import Evidence

if TYPE_CHECKING:
    import pandas as pd

LOGARITHMIC = (
    "ratio",
    "ratio_of_ratios",
    "equivalence",
    "slope",
)  # of the logarithm of a rate, or its exponential


def steps_of(test: Prediction, evidence: Evidence) -> list[dict[str, Any]]:
    """The step of each term of a test: term, size, flag."""
    terms = test.terms[:1] if test.effect == "second_difference" else test.terms
    names = [name for term in terms for name in term.split(":")]
    return [
        {
            "term": name,
            "size": evidence.step(name, test.model),
            "flag": evidence.is_flag(name, test.model),
        }
        for name in names
    ]


def size_of(test: Prediction, evidence: Evidence) -> float:
    """The step of a test: the product of those of its terms."""
    return math.prod(item["size"] for item in steps_of(test, evidence))


def detectable_ratio(test: Prediction, evidence: Evidence, row: pd.Series) -> float | None:
    """The smallest ratio, a step, that the test finds with 80 % power at 5 %; None where it has no ratio.

    ``row`` is the row of effects that answers the test.
    """
    scale = _scale(test, evidence)
    error = _number(row["std_error"])
    if scale is None or not error or test.expect == "0":
        return None
    found = power.detectable(error, _degrees(row["df"]))
    return math.exp(found * scale) if test.effect in LOGARITHMIC else 1.0 + found / scale


def power_at(
    test: Prediction,
    evidence: Evidence,
    row: pd.Series,
    levels: Mapping[str, float],
    ratios: Sequence[float] = power.RATIOS,
) -> dict[str, Any] | None:
    """Power by level and ratio, ``{nominal: {level: 0.05, "1.5": p, "2": p}}``; None without a scale.

    Of a test of equality the power where the two are equal (``"1"``); of terms together where each has the
    ratio.
    """
    if test.effect == "wald":
        return _by(levels, ratios, _power_of_terms(test, evidence))
    error, df = _number(row["std_error"]), _degrees(row["df"])
    scale = _scale(test, evidence)
    if scale is None or not error:
        return None
    if test.expect == "0":
        return _by(
            levels, (1.0,), lambda _, level: power.power_of_equality(scale * error, df, test.margin, level)
        )

    def found(ratio: float, level: float) -> float:
        effect = math.log(ratio) / scale if test.effect in LOGARITHMIC else (ratio - 1.0) * scale
        return power.power(effect, error, df, level)

    return _by(levels, ratios, found)


def _scale(test: Prediction, evidence: Evidence) -> float | None:
    """The step of a logarithm; of a difference the mean rate a step, None where no rate is known."""
    size = size_of(test, evidence)
    if test.effect in LOGARITHMIC:
        return size
    n = evidence.fits[test.model].get("n", {})
    return n["events"] / n["rows"] / size if n.get("events") and n.get("rows") else None


def _by(
    levels: Mapping[str, float], ratios: Iterable[float], of: Callable[[float, float], float]
) -> dict[str, Any]:
    return {
        name: {"level": level} | {f"{ratio:g}": of(ratio, level) for ratio in ratios}
        for name, level in levels.items()
    }


def _power_of_terms(test: Prediction, evidence: Evidence) -> Callable[[float, float], float]:
    """Power of Wald's test if every term has the declared ratio a step, with the sign of the claim."""
    fit = evidence.fits[test.model]
    names = [factors(param["term"]) for param in fit["params"]]
    at = [names.index(factors(term)) for term in test.terms]
    basis = Basis.from_record(fit)
    matrix = basis.matrix[np.ix_(at, at)]
    sizes = [math.prod(evidence.step(name, test.model) for name in term.split(":")) for term in test.terms]
    unit = np.array([1.0 if sign == "+" else -1.0 for sign in test.expect]) / np.array(sizes)
    df = basis.df_along(*np.eye(len(basis.matrix))[at])
    return lambda ratio, level: power.power_of_terms(math.log(ratio) * unit, matrix, df, level)


def _degrees(value: Any) -> float:
    found = _number(value)
    return math.inf if found is None else found


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(float(value)) else float(value)

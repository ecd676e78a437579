"""Predicted curves: the average expected outcome along a feature, by values of a moderator, with bands.

Every row of the sample keeps its other features. Intervals are made by the delta method where the average has
no bounds (logit of a probability or class, log of a rate), and taken back, so that they stay inside its
range. The simultaneous band covers all points of the table at once: its critical value is the quantile of
the largest of the correlated t statistics, from seeded draws (Montiel Olea & Plagborg-Moller 2019, Journal
of Applied Econometrics 34, section 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ModelError
from ..inference.intervals import critical_value, critical_values
from .averages import Average
from .delta import Basis
from .margins import Margins
from .rows import Value
from .scales import scale_of

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

POINTS = 25
DRAWS = 20_000
SEED = 1


def curve_of(
    margins: Margins,
    basis: Basis,
    term: str,
    grid: Sequence[Value] | None = None,
    by: Mapping[str, Sequence[Value]] | None = None,
    scale: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """One row a point: term, moderators, estimate, std_error, conf_low, conf_high, band_low, band_high."""
    import pandas as pd

    names = [term, *(by or {})]
    if len(set(names)) < len(names):
        raise ModelError(f"feature {term!r} is both the term of the curve and its moderator")
    axes = [_grid(margins, term) if grid is None else list(grid), *map(list, (by or {}).values())]
    for name, values in zip(names, axes, strict=True):
        if not values:
            raise ModelError(f"a curve needs values of {name!r}, and none are given")
        for value in values:
            margins.sample.require_value(name, value)
    points = [dict(zip(names, point, strict=True)) for point in _ordered(axes)]
    chosen = scale_of(margins.likelihood.family, scale)
    found = margins.averages([Average(chosen.name, tuple(point.items())) for point in points])
    estimates = np.array([value for value, _ in found])
    gradients = np.array([gradient for _, gradient in found])
    free, slope = chosen.unbounded(estimates)
    V = gradients @ basis.matrix @ gradients.T
    errors = np.sqrt(np.maximum(np.diag(V), 0.0))
    reach = np.where(errors > 0, slope * errors, 0.0)
    table = pd.DataFrame(points, columns=names).assign(estimate=estimates, std_error=errors)
    each = np.array([basis.df_along(gradient) for gradient in gradients])
    band = np.array(simultaneous(V, float(each.min()), level))
    widths = {"conf": critical_values(each, level), "band": band}
    for name, width in widths.items():
        for side, sign in (("low", -1.0), ("high", 1.0)):
            ends = chosen.bounded(free + sign * width * reach)
            table[f"{name}_{side}"] = np.where(errors > 0, ends, estimates)
    return table


def simultaneous(V: Array, df: float, level: float) -> float:
    """Critical value (two-sided) for all of some estimates with covariance V (g, g) at once."""
    errors = np.sqrt(np.maximum(np.diag(V), 0.0))
    varied = errors > 0
    if not varied.any():
        return critical_value(df, level)
    R = V[np.ix_(varied, varied)] / np.outer(errors[varied], errors[varied])
    roots, vectors = np.linalg.eigh(R)
    kept = roots > 1e-12 * roots[-1]
    rng = np.random.default_rng(SEED)
    drawn = rng.standard_normal((DRAWS, int(kept.sum()))) @ (vectors[:, kept] * np.sqrt(roots[kept])).T
    largest = np.abs(drawn).max(axis=1)
    if np.isfinite(df):
        largest /= np.sqrt(rng.chisquare(df, DRAWS) / df)
    return max(float(np.quantile(largest, level)), critical_value(df, level))


def _ordered(axes: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
    """Points with the term varying fastest, named term first."""
    return [(point[-1], *point[:-1]) for point in product(*axes[1:], axes[0])]


def _grid(margins: Margins, term: str) -> list[Value]:
    """The levels of a categorical feature, 0 and 1 of a flag, equal steps from low to high of a measure."""
    margins.sample.require(term)
    if term in margins.sample.levels:
        return list(margins.sample.levels[term])
    found = margins.sample[term]
    return [0.0, 1.0] if found.flag else np.linspace(found.low, found.high, POINTS).tolist()

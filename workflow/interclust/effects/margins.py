"""Average marginal effects, slopes and second differences over the rows of the estimation sample.

For a feature x the derivative of a linear predictor is taken from the design itself,
(X(x + h) - X(x - h)) / 2h, exact for the polynomials of the formula language; a flag is contrasted, 1
against 0. Gradients in beta are analytic. Second differences: Ai & Norton (2003), Economics Letters 80.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..models.likelihood import Likelihood
from ..models.population import row_weights
from .delta import Effect

Array = np.ndarray

STEP = 0.5


@dataclass(frozen=True)
class Margins:
    """Marginal effects of a likelihood at ``params`` (k,), averaged over the rows that its own stand for."""

    likelihood: Likelihood
    params: Array

    def marginal_effect(self, name: str) -> Effect:
        """Average marginal effect of a feature on the expected outcome (contrast for a flag)."""
        value, gradient = self._average(name, {})
        return Effect("ame", name, value, gradient, self._scale)

    def second_difference(self, name: str, moderator: str) -> Effect:
        """Change of the average marginal effect of ``name`` when the moderator goes from low to high.

        A flag goes from 0 to 1, a measure from one half standard deviation below its mean to one above.
        """
        low, high = self.levels(moderator)
        first, first_gradient = self._average(name, {moderator: low})
        second, second_gradient = self._average(name, {moderator: high})
        return Effect(
            "second_difference",
            name,
            second - first,
            second_gradient - first_gradient,
            self._scale,
            moderator=moderator,
        )

    def slope(self, name: str, moderator: str, value: float) -> Effect:
        """Slope of the first linear predictor in ``name`` with the moderator held at a value."""
        gradient = np.zeros(len(self.params))
        rows = 0.0
        for columns in self._columns:
            w = _weights(columns)
            gradient += w @ self._derivative(name, dict(columns) | _held(columns, {moderator: value}))
            rows += float(w.sum())
        gradient = np.where(self._part == 0, gradient, 0.0) / rows
        at = f"{moderator}={value:.6g}"
        return Effect(
            "slope", name, float(gradient @ self.params), gradient, "link", moderator=moderator, at=at
        )

    def is_flag(self, name: str) -> bool:
        """Whether the feature takes only 0 and 1 in the sample."""
        return all(np.isin(columns[name], (0.0, 1.0)).all() for columns in self._columns)

    def levels(self, name: str) -> tuple[float, float]:
        """Low and high value of a moderator."""
        if self.is_flag(name):
            return 0.0, 1.0
        values = np.concatenate([columns[name] for columns in self._columns])
        w = np.concatenate([_weights(columns) for columns in self._columns])
        mean = float(np.average(values, weights=w))
        spread = float(np.average((values - mean) ** 2, weights=w)) * len(values) / (len(values) - 1)
        return mean - 0.5 * np.sqrt(spread), mean + 0.5 * np.sqrt(spread)

    @property
    def _scale(self) -> str:
        scales = {"binary": "probability", "count": "rate", "real": "outcome", "ordinal": "class"}
        return scales[self.likelihood.family.outcome]

    @cached_property
    def _columns(self) -> Sequence[Mapping[str, Array]]:
        return [batch.columns for batch in self.likelihood.data.batches()]

    def _average(self, name: str, held: Mapping[str, float]) -> tuple[float, Array]:
        total, rows = 0.0, 0.0
        gradient = np.zeros(len(self.params))
        flag = self.is_flag(name)
        for columns in self._columns:
            fixed = dict(columns) | _held(columns, held)
            value, slope = self._contrast(name, fixed) if flag else self._marginal(name, fixed)
            total += value
            gradient += slope
            rows += float(_weights(columns).sum())
        return total / rows, gradient / rows

    def _contrast(self, name: str, columns: Mapping[str, Array]) -> tuple[float, Array]:
        value, gradient = 0.0, np.zeros(len(self.params))
        w = _weights(columns)
        for sign, level in ((1.0, 1.0), (-1.0, 0.0)):
            X, eta = self._predictors(dict(columns) | _held(columns, {name: level}))
            mean, slope, _ = self.likelihood.family.expectation(eta)
            value += sign * float(w @ mean)
            gradient += sign * np.einsum("n,nk,nk->k", w, X, slope[:, self._part])
        return value, gradient

    def _marginal(self, name: str, columns: Mapping[str, Array]) -> tuple[float, Array]:
        """The sum over rows of the slope of E[y] in a feature, through every predictor it is in."""
        X, eta = self._predictors(columns)
        D = self._derivative(name, columns)
        change = replace(self.likelihood, offset=None).linear(D, self.params, {})
        w = _weights(columns)
        _, slope, curvature = self.likelihood.family.expectation(eta)
        slope, curvature = w[:, None] * slope, w[:, None, None] * curvature
        bent = np.einsum("nab,nb->na", curvature, change)
        gradient = np.einsum("nk,nk->k", X, bent[:, self._part])
        gradient += np.einsum("nk,nk->k", D, slope[:, self._part])
        return float((slope * change).sum()), gradient

    @property
    def _part(self) -> Array:
        return self.likelihood.part

    def _matrix(self, columns: Mapping[str, Array]) -> Array:
        """The designs of all predictors side by side (n, k)."""
        return np.concatenate([design.matrix(columns) for design in self.likelihood.designs], axis=1)

    def _predictors(self, columns: Mapping[str, Array]) -> tuple[Array, Array]:
        X = self._matrix(columns)
        return X, self.likelihood.linear(X, self.params, columns)

    def _derivative(self, name: str, columns: Mapping[str, Array]) -> Array:
        """Derivative (n, k) of the designs in a feature; a flag gives the difference of 1 and 0."""
        low, high = (0.0, 1.0) if self.is_flag(name) else (columns[name] - STEP, columns[name] + STEP)
        above = self._matrix(dict(columns) | {name: np.broadcast_to(high, columns[name].shape)})
        below = self._matrix(dict(columns) | {name: np.broadcast_to(low, columns[name].shape)})
        return above - below


def _weights(columns: Mapping[str, Array]) -> Array:
    """How many rows each stands for (n,)."""
    found = row_weights(columns)
    return np.ones(len(next(iter(columns.values())))) if found is None else found


def _held(columns: Mapping[str, Array], values: Mapping[str, float]) -> dict[str, Array]:
    return {name: np.full(len(columns[name]), value) for name, value in values.items()}

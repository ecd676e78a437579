"""Effects as combinations of averages over the rows of the estimation sample.

    average marginal effect   mean slope of E[y] in a feature; of a flag E[y | 1] - E[y | 0]
    contrast                  mean of E[y | high] less that of E[y | low]
    ratio                     the first over the second (gradient and interval of its logarithm)
    second difference         the same of the effect itself, between two values of a moderator (Ai & Norton
                              2003, Economics Letters 80; Mize 2019, Sociological Science 6)
    ratio of ratios           the ratio at a moderator's high value over that at its low one

on any scale (``scales.py``). Gradients in the parameters are analytic, so that any covariance of them serves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import ModelError
from ..models.likelihood import Likelihood
from .averages import Average, averages
from .corrections import prediction
from .delta import Effect
from .rows import Held, Shifted, Value
from .sample import Sample
from .scales import scale_of

Array = np.ndarray
Pair = tuple[Value, Value]
Part = tuple[float, Average]

HALF_UNIT = 0.5


@dataclass(frozen=True)
class Combination:
    """An effect to be: averages with their signs, or with the signs of their logarithms; and its names."""

    kind: str
    term: str
    parts: tuple[Part, ...]
    scale: str
    moderator: str = ""
    at: str = ""
    logs: bool = False

    def __sub__(self, other: Combination) -> tuple[Part, ...]:
        """The parts of a difference."""
        return (*self.parts, *((-sign, average) for sign, average in other.parts))


@dataclass(frozen=True)
class Margins:
    """Effects of a likelihood at ``params`` (k,), averaged over the rows that its own stand for.

    ``correction`` of Firth's probabilities: flic (default), flac or none (``corrections.py``); the link scale
    is that of Firth's own estimate.
    """

    likelihood: Likelihood
    params: Array
    correction: str | None = None

    def effects(self, wanted: Sequence[Combination]) -> list[Effect]:
        """The effects, in one pass over the data.

        ModelError for a ratio of averages that are not positive.
        """
        asked = [average for combination in wanted for _, average in combination.parts]
        found = averages(self.likelihood, asked, self._params)
        return [self._effect(combination, found) for combination in wanted]

    def effect(self, combination: Combination) -> Effect:
        """One effect."""
        return self.effects([combination])[0]

    def marginal_effect(
        self, name: str, scale: str | None = None, at: Mapping[str, Value] | None = None
    ) -> Combination:
        """Average marginal effect of a feature (contrast of a flag), with others held at values."""
        scale, held = self._scale(scale), self._held(at, name)
        return Combination(
            "ame", name, self._slope(name, scale, held), scale, ":".join(dict(held)), said(held)
        )

    def slope(self, name: str, at: Mapping[str, Value], scale: str = "link") -> Combination:
        """The same under the name that slopes at values of a moderator have."""
        found = self.marginal_effect(name, scale, at)
        return Combination("slope", name, found.parts, found.scale, found.moderator, found.at)

    def contrast(
        self,
        name: str,
        values: Pair | None = None,
        scale: str | None = None,
        at: Mapping[str, Value] | None = None,
        ratio: bool = False,
    ) -> Combination:
        """Average at the second of two values of a feature less (or over) that at the first.

        Without ``values`` a flag goes from 0 to 1, a measure in every row from half a unit below to half a
        unit above what it is.
        """
        scale, held = self._scale(scale, ratio), self._held(at, name)
        kind, beside = "ratio" if ratio else "contrast", _joined(_between(name, values), said(held))
        parts = self._step(name, values, scale, held)
        return Combination(kind, name, parts, scale, ":".join(dict(held)), beside, ratio)

    def second_difference(
        self,
        name: str,
        moderator: str,
        values: Pair | None = None,
        scale: str | None = None,
        at: Mapping[str, Value] | None = None,
    ) -> Combination:
        """Change of the average marginal effect of ``name`` when the moderator goes from low to high.

        Without ``values`` a flag goes from 0 to 1, a measure from half a standard deviation below its mean
        to half a one above.
        """
        held = dict(self._held(at, moderator))
        pair = self._levels(moderator, values)
        first, then = (self.marginal_effect(name, scale, {**held, moderator: value}) for value in pair)
        beside = _joined(_between(moderator, values), said(tuple(held.items())))
        return Combination("second_difference", name, then - first, first.scale, moderator, beside)

    def ratio_of_ratios(
        self,
        name: str,
        moderator: str,
        values: Pair | None = None,
        moderator_values: Pair | None = None,
        scale: str | None = None,
    ) -> Combination:
        """The ratio of a contrast at the high value of a moderator over that at its low one."""
        pair = self._levels(moderator, moderator_values)
        first, then = (self.contrast(name, values, scale, {moderator: v}, ratio=True) for v in pair)
        beside = _joined(_between(name, values), _between(moderator, moderator_values))
        return Combination("ratio_of_ratios", name, then - first, first.scale, moderator, beside, True)

    def levels(self, moderator: str) -> tuple[float, float]:
        """Low and high value of a moderator where none are given."""
        found = self.sample[moderator]
        if found.flag:
            return 0.0, 1.0
        return found.mean - 0.5 * found.sd, found.mean + 0.5 * found.sd

    def _levels(self, moderator: str, values: Pair | None) -> Pair:
        if values is None:
            return self.levels(moderator)
        self.sample.require_variation(moderator)
        return _two(moderator, values)

    @cached_property
    def sample(self) -> Sample:
        """The features of the rows."""
        return Sample(self.likelihood)

    @cached_property
    def prediction(self) -> tuple[Array, Array | None]:
        """The coefficients that probabilities are made with, and their derivative in the estimate."""
        return prediction(self.likelihood, self.params, self.correction)

    def averages(self, wanted: Sequence[Average]) -> list[tuple[float, Array]]:
        """Averages with their gradients (k,) in the estimate."""
        found = averages(self.likelihood, wanted, self._params)
        return [(found[average][0], self._gradient(average, found[average][1])) for average in wanted]

    def _params(self, scale: str) -> Array:
        return self.params if scale == "link" else self.prediction[0]

    def _gradient(self, average: Average, gradient: Array) -> Array:
        slopes = None if average.scale == "link" else self.prediction[1]
        return gradient if slopes is None else gradient @ slopes

    def _effect(self, asked: Combination, found: Mapping[Average, tuple[float, Array]]) -> Effect:
        value, gradient = 0.0, np.zeros(len(self.params))
        for sign, average in asked.parts:
            mean, slope = found[average]
            slope = self._gradient(average, slope)
            if asked.logs:
                if mean <= 0:
                    raise ModelError(f"{asked.kind} of {asked.term}: an average of {mean:g} has no ratio")
                mean, slope = np.log(mean), slope / mean
            value += sign * float(mean)
            gradient += sign * slope
        usual = "link" if asked.kind == "slope" else scale_of(self.likelihood.family).name
        variant = asked.scale if asked.logs or asked.scale != usual else ""
        names = asked.kind, asked.term, value, gradient, asked.scale, asked.moderator, asked.at
        return Effect(*names, exponentiate=asked.logs, variant=variant)

    def _scale(self, name: str | None, ratio: bool = False) -> str:
        scale = scale_of(self.likelihood.family, name)
        if ratio and scale.name == "link":
            raise ModelError("the scale 'link' has no ratios; use differences, or leave scale out")
        return scale.name

    def _held(self, at: Mapping[str, Value] | None, name: str) -> Held:
        held = dict(at or {})
        if name in held:
            raise ModelError(f"feature {name!r} is both held at {held[name]} and moved; leave it out of at")
        for other, value in held.items():
            self.sample.require_value(other, value)
        return tuple(held.items())

    def _slope(self, name: str, scale: str, held: Held) -> tuple[Part, ...]:
        """The average slope in a measure; for a flag the step from 0 to 1."""
        if self.sample[name].flag:
            return self._step(name, (0.0, 1.0), scale, held)
        self._in_link(name, scale)
        return ((1.0, Average(scale, held, slope_in=name)),)

    def _step(self, name: str, values: Pair | None, scale: str, held: Held) -> tuple[Part, ...]:
        """The average at one value and that at the other, taken off."""
        self._in_link(name, scale)
        if values is None and self.sample[name].flag:
            values = 0.0, 1.0
        if values is not None:
            self.sample.require_variation(name)
            for value in _two(name, values):
                self.sample.require_value(name, value)
            low, high = (Average(scale, ((name, value), *held)) for value in values)
        else:
            shifts: list[Shifted] = [((name, by),) for by in (-HALF_UNIT, HALF_UNIT)]
            low, high = (Average(scale, held, shift) for shift in shifts)
        return (1.0, high), (-1.0, low)

    def _in_link(self, name: str, scale: str) -> None:
        self.sample.require(name)
        if scale == "link" and name not in self.likelihood.designs[0].formula.columns:
            first = self.likelihood.family.predictors[0]
            raise ModelError(f"feature {name!r} is not in the part {first!r}, which the scale link is of")


def said(held: Held) -> str:
    """Values at which features are held: ``a=1; b=0.5``."""
    return "; ".join(f"{name}={_text(value)}" for name, value in held)


def _two(name: str, values: Pair) -> Pair:
    """The two values; ModelError for more or fewer."""
    if len(values) != 2:
        raise ModelError(f"two values of {name!r} are compared, and {len(values)} are given")
    return values


def _between(name: str, values: Pair | None) -> str:
    """What is said of the two values of a feature, where they were given."""
    return "" if values is None else f"{name}={'..'.join(map(_text, values))}"


def _joined(*texts: str) -> str:
    return "; ".join(filter(None, texts))


def _text(value: Value) -> str:
    return value if isinstance(value, str) else f"{float(value):.6g}"

"""Scales of effects: what of a row is averaged, as a function of its linear predictors.

Each gives the value (n,) with its gradient (n, m) and Hessian (n, m, m) in the m predictors:

- the expected outcome, by default: ``probability`` of a binary outcome, ``rate`` E[y] of a count (both parts
  of a two-part family together), ``class`` the expected number of the class, ``outcome`` of a real one;
- ``rate`` of a binary outcome: the hazard exp(eta) of cloglog, the intensity -ln(1 - p) of logit and Firth:
  the rate of the Poisson process that an event is the first event of;
- ``class=k``: the probability of one class;
- ``link``: the first linear predictor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import expit, logit

from ..errors import ModelError
from ..numerics.families import Family
from ..numerics.families_count import poisson_mean
from ..numerics.families_ordinal import class_probability
from ..numerics.families_single import one

Array = np.ndarray
Triple = tuple[Array, Array, Array]

EXPECTED = {"binary": "probability", "count": "rate", "real": "outcome", "ordinal": "class"}


@dataclass(frozen=True)
class Scale:
    """A function of the predictors (n, m), and the values between which it lies."""

    name: str
    of: Callable[[Array], Triple]
    low: float = -np.inf
    high: float = np.inf

    @property
    def positive(self) -> bool:
        """Whether its averages have logarithms."""
        return self.low == 0.0

    def unbounded(self, value: Array) -> tuple[Array, Array]:
        """The value on a scale without bounds (logit, log, or as it is) and the derivative of that scale."""
        if np.isfinite(self.high):
            share = value / self.high
            return logit(share), 1.0 / (self.high * share * (1.0 - share))
        return (np.log(value), 1.0 / value) if self.positive else (value, np.ones_like(value))

    def bounded(self, value: Array) -> Array:
        """Back from the scale without bounds."""
        if np.isfinite(self.high):
            return self.high * expit(value)
        return np.exp(value) if self.positive else value


def scale_of(family: Family, name: str | None = None) -> Scale:
    """The scale of a name (None: the expected outcome); ModelError for one that the family has not."""
    scales = _scales(family)
    wanted = EXPECTED[family.outcome] if name is None else name
    if wanted not in scales:
        raise ModelError(f"family {family.name!r} has no scale {name!r}; there are {', '.join(scales)}")
    return scales[wanted]


def _scales(family: Family) -> dict[str, Scale]:
    expected = EXPECTED[family.outcome]
    highest = {"binary": 1.0, "ordinal": family.classes - 1.0}.get(family.outcome, np.inf)
    lowest = -np.inf if family.outcome == "real" else 0.0
    found = [Scale(expected, family.expectation, lowest, highest), Scale("link", link)]
    if family.outcome == "binary":
        found.append(Scale("rate", poisson_mean if family.name == "cloglog" else intensity, 0.0))
    for k in range(family.classes):
        found.append(Scale(f"class={k}", partial(class_probability, family.name, k=k), 0.0, 1.0))
    return {scale.name: scale for scale in found}


def link(eta: Array) -> Triple:
    """The first predictor itself."""
    n, m = eta.shape
    gradient = np.zeros((n, m))
    gradient[:, 0] = 1.0
    return eta[:, 0], gradient, np.zeros((n, m, m))


def intensity(eta: Array) -> Triple:
    """-ln(1 - p) = ln(1 + exp(eta)) of a logit."""
    p = expit(eta[:, 0])
    return one(np.logaddexp(0.0, eta[:, 0]), p, p * expit(-eta[:, 0]))

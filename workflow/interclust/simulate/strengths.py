"""Cluster effects of the list model: drawn, and set where the number of projects is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ConfigError
from ..numerics.subsets import SubsetLaw

Array = np.ndarray

ROUNDS = 25  # of the proportional fitting; it stops earlier within CLOSE of every published number
CLOSE = 0.005
LIMIT = 2.0  # standard deviations
CLOSED_FORM_TO = 4  # longer lists are weighed as lists of four: they are few


@dataclass(frozen=True)
class Stretch:
    """Periods weighed together, at the middle one: who is active, log proximities, projects of each size."""

    middle: int
    active: Array  # cluster numbers (a,)
    proximity: Array  # (a, a)
    counts: Mapping[int, int]  # {m: projects}


@dataclass(frozen=True)
class Published:
    """Projects that name a body, or one that merged into it, from period ``first`` to ``last``."""

    name: str
    members: Array  # cluster numbers
    first: int
    last: int
    n: int


def truncated_normal(rng: np.random.Generator, n: int) -> Array:
    """Standard normal draws within two standard deviations, (n,).

    Beyond, a body whose numbers are not published would now and then outgrow all those whose are.
    """
    drawn = rng.standard_normal(n)
    while (far := np.abs(drawn) > LIMIT).any():
        drawn[far] = rng.standard_normal(int(far.sum()))
    return drawn


def expected_projects(strength: Array, stretches: Sequence[Stretch]) -> Array:
    """Expected number of projects of every cluster in every stretch, (S, n), by exact inclusion."""
    total = np.zeros((len(stretches), len(strength)))
    for row, stretch in zip(total, stretches, strict=True):
        for m, count in stretch.counts.items():
            law = SubsetLaw(strength[stretch.active], stretch.proximity, min(m, CLOSED_FORM_TO))
            row[stretch.active] += law.inclusion() * (count * m / law.m)
    return total


def fitted_strengths(drawn: Array, published: Sequence[Published], stretches: Sequence[Stretch]) -> Array:
    """Strengths (n,) under which each published body has its published number of projects on average.

    A body shares its strength with those that merged into it. The others keep the strength ``drawn`` for
    them. Proportional fitting: each round adds the log of published over expected.
    """
    strength = drawn.copy()
    for item in published:
        strength[item.members] = 0.0
    for _ in range(ROUNDS if published else 0):
        expected = expected_projects(strength, stretches)
        steps = [np.log(item.n / _of(item, expected, stretches)) for item in published]
        if max(abs(step) for step in steps) < CLOSE:
            break
        for item, step in zip(published, steps, strict=True):
            strength[item.members] += step
    return strength


def _of(item: Published, expected: Array, stretches: Sequence[Stretch]) -> float:
    within = [item.first <= stretch.middle <= item.last for stretch in stretches]
    found = float(expected[within][:, item.members].sum())
    if not found:
        raise ConfigError(
            f"simulate.published.projects_named: {item.name} is not active in periods {item.first} to "
            f"{item.last} of the study; correct the periods or leave it out"
        )
    return found

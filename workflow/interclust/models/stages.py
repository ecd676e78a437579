"""What identifies each part of a family: the rows that inform it and what counts as an event among them.

A hurdle's counts are identified by the rows with a count, and by those above one among them; its zero part
by all rows; step k of a continuation ratio by the rows that have reached class k.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..numerics.families import Family

Array = np.ndarray
Mask = Callable[[Array], Array]


@dataclass(frozen=True)
class Stage:
    """A part (number of its predictor) with the rows that inform it and its events, as masks of y (n,).

    ``pull`` says when its likelihood has no top: ``both`` if a combination of terms has one sign on
    events and the other elsewhere (logits), ``below`` if it is zero on events and negative on some other
    rows (counts), ``order`` for classes, ``none`` for a real outcome.
    """

    part: int
    name: str  # the predictor's, "" where the family has one part
    rows: Mask
    event: Mask
    pull: str
    of: str = "events"  # what its events are in words


def _above(least: int, y: Array) -> Array:
    return y > least


def _all(y: Array) -> Array:
    return np.ones(len(y), dtype=bool)


_SOME, _MANY = partial(_above, 0), partial(_above, 1)


def stages_of(family: Family) -> tuple[Stage, ...]:
    """The stages of a family, the first one first."""
    if family.name == "sequential":
        return tuple(
            Stage(k, name, partial(_above, k - 1), partial(_above, k), "both", f"rows above {k}")
            for k, name in enumerate(family.predictors)
        )
    if family.name.startswith("hurdle"):
        return (
            Stage(0, "count", _SOME, _MANY, "below", "counts above one"),
            Stage(1, "zero", _all, _SOME, "both", "rows with a count"),
        )
    first = "count" if family.has_second_part else ""
    pulls = {"real": "none", "binary": "both", "count": "below", "ordinal": "order"}
    stages = [Stage(0, first, _all, _SOME, pulls[family.outcome])]
    if family.has_second_part:
        stages.append(Stage(1, "inflate", _all, _no, "both", "zeros"))
    return tuple(stages)


def _no(y: Array) -> Array:
    return y == 0

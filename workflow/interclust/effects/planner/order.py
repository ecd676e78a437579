"""Which calls one completes first for a term: each time the one that leaves the smallest error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .outlook import Outlook
from .units import Unit

Array = np.ndarray


@dataclass(frozen=True)
class Step:
    """Where one stands after some calls: the last of them (None: before the first), and sums so far."""

    unit: Unit | None
    projects: float
    lists: float
    information: Array


def greedy(outlook: Outlook, units: Sequence[Unit], term: int) -> Iterator[Step]:
    """Steps from nothing completed to all units, the best next one for the ``term`` each time.

    Power at any ratio grows as the error shrinks, so that one order serves all ratios. Best first is not
    always best together, but information adds up and each unit adds less than it would alone, so that
    the difference is small. Units without a list to gain come last; of equal ones the first.
    """
    left = list(units)
    step = Step(None, 0.0, 0.0, np.zeros_like(outlook.information))
    yield step
    while left:
        errors = [outlook.variances(step.information + unit.information)[term] for unit in left]
        best = left.pop(int(np.argmin(errors)))
        step = Step(
            best,
            step.projects + (best.projects or 0.0),
            step.lists + best.lists,
            step.information + best.information,
        )
        yield step

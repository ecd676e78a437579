"""What is wrong with a model before it is fitted: found, named, with the remedy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import ModelError, NotEstimable
from .formula import Design
from .profile import Profile, profile

Array = np.ndarray

# Two regressors whose squared correlation, given the others, comes this near to one are the same.
COLLINEAR = 1e-9


@dataclass(frozen=True)
class Check:
    """One remark on a model: a code, its level (error, warning, note) and a sentence."""

    code: str
    level: str
    message: str


def check(found: Profile, design: Design, family: str, outcome_kind: str, outcome: str) -> list[Check]:
    """Return the remarks; raises NotEstimable, or ModelError for an outcome of the wrong kind."""
    _check_outcome(found, outcome_kind, outcome)
    _check_columns(found, design)
    remarks = []
    if outcome_kind != "real":
        remarks += _event_checks(found, design, family)
    return remarks


def _check_outcome(found: Profile, kind: str, outcome: str) -> None:
    if found.rows == 0:
        raise ModelError(
            f"no row is left for the outcome {outcome!r}; look at the sample and at missing values"
        )
    if kind == "binary" and not (found.whole and found.y_min >= 0 and found.y_max <= 1):
        raise ModelError(f"the outcome {outcome!r} is not 0 or 1 (from {found.y_min} to {found.y_max})")
    if kind == "count" and found.y_min < 0:  # the Poisson pseudo-likelihood takes any y >= 0
        raise ModelError(f"the outcome {outcome!r} is not a count (from {found.y_min} to {found.y_max})")
    if kind != "real" and found.event_rows == 0:
        raise ModelError(
            f"the outcome {outcome!r} has no event in {found.rows} rows; there is nothing to model"
        )
    if kind == "binary" and found.event_rows == found.rows:
        raise NotEstimable(
            f"the outcome {outcome!r} is 1 in all {found.rows} rows; there is nothing to model"
        )


def _check_columns(found: Profile, design: Design) -> None:
    names = design.names
    for position, name in enumerate(names):
        if name != "Intercept" and found.minimum[position] == found.maximum[position]:
            value = found.minimum[position]
            raise NotEstimable(f"the term {name!r} is {value:g} in every row of the sample; leave it out")
    scale = np.sqrt(np.maximum(np.diag(found.gram), 1e-300))
    correlation = found.gram / np.outer(scale, scale)
    for position, name in enumerate(names):
        before = correlation[:position, :position]
        column = correlation[:position, position]
        if position == 0:
            continue
        weights = np.linalg.lstsq(before, column, rcond=None)[0]
        if 1.0 - column @ weights < COLLINEAR:
            others = [names[index] for index in np.flatnonzero(np.abs(weights) > 1e-6)]
            raise NotEstimable(
                f"the term {name!r} is a combination of {', '.join(map(repr, others))}; leave one of them out"
            )


def _event_checks(found: Profile, design: Design, family: str) -> list[Check]:
    remarks = []
    k = len(design.names)
    if found.event_rows < k:
        raise NotEstimable(f"{found.event_rows} events for {k} parameters: fewer than one a parameter")
    if found.event_rows < 10 * k:
        message = f"{found.event_rows} events for {k} parameters: fewer than ten a parameter"
        remarks.append(Check("few_events", "warning", message))
    if found.node_events.max() >= found.event_rows and np.count_nonzero(found.node_rows) > 2:
        message = "one cluster takes part in every event; what is estimated is its own behaviour"
        remarks.append(Check("one_cluster", "warning", message))
    flags = (found.minimum == 0) & (found.maximum == 1)
    for position in np.flatnonzero(flags & (found.event_minimum == found.event_maximum)):
        value = found.event_minimum[position]
        message = (
            f"every event has {design.names[position]} = {value:g}: the term separates events from non-events"
        )
        if family != "firth":
            raise NotEstimable(f"{message}; use family firth or leave the term out")
        remarks.append(Check("separation", "warning", message))
    return remarks


__all__ = ["Check", "Profile", "check", "profile"]

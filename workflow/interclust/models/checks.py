"""What is wrong with a model before it is fitted: found, named, with the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..errors import ModelError, NotEstimable
from .data import Data
from .formula import Design

Array = np.ndarray

# Two regressors whose squared correlation, given the others, comes this near to one are the same.
COLLINEAR = 1e-9


@dataclass(frozen=True)
class Check:
    """One remark on a model: a code, its level (error, warning, note) and a sentence."""

    code: str
    level: str
    message: str


@dataclass
class Profile:
    """What one pass over the rows tells: counts, the Gram matrix, events by column and by cluster."""

    rows: int = 0
    events: float = 0.0
    event_rows: int = 0
    y_min: float = np.inf
    y_max: float = -np.inf
    whole: bool = True
    gram: Array = field(default_factory=lambda: np.zeros((0, 0)))
    minimum: Array = field(default_factory=lambda: np.zeros(0))
    maximum: Array = field(default_factory=lambda: np.zeros(0))
    event_minimum: Array = field(default_factory=lambda: np.zeros(0))
    event_maximum: Array = field(default_factory=lambda: np.zeros(0))
    node_rows: Array = field(default_factory=lambda: np.zeros(0))
    node_events: Array = field(default_factory=lambda: np.zeros(0))
    cells: dict[str, dict[str, int]] = field(default_factory=dict)


def profile(design: Design, data: Data, outcome: str) -> Profile:
    """Walk the rows once; returns what the checks and the record of the fit need."""
    k = len(design.names)
    found = Profile(
        gram=np.zeros((k, k)),
        minimum=np.full(k, np.inf),
        maximum=np.full(k, -np.inf),
        event_minimum=np.full(k, np.inf),
        event_maximum=np.full(k, -np.inf),
        node_rows=np.zeros(data.n_nodes),
        node_events=np.zeros(data.n_nodes),
    )
    for batch in data.batches():
        X, y = design.matrix(batch.columns), batch.columns[outcome]
        if len(y) == 0:
            continue
        event = y > 0
        found.rows += len(y)
        found.events += float(y.sum())
        found.event_rows += int(event.sum())
        found.y_min, found.y_max = min(found.y_min, float(y.min())), max(found.y_max, float(y.max()))
        found.whole &= bool(np.all(y == np.round(y)))
        found.gram += X.T @ X
        found.minimum, found.maximum = (
            np.minimum(found.minimum, X.min(0)),
            np.maximum(found.maximum, X.max(0)),
        )
        if event.any():
            found.event_minimum = np.minimum(found.event_minimum, X[event].min(0))
            found.event_maximum = np.maximum(found.event_maximum, X[event].max(0))
        for nodes in (batch.i, batch.j):
            found.node_rows += np.bincount(nodes, minlength=data.n_nodes)
            found.node_events += np.bincount(nodes, weights=event, minlength=data.n_nodes)
        _count_cells(found.cells, batch.columns, design.formula.columns, event)
    return found


def _count_cells(
    cells: dict[str, dict[str, int]], columns: Mapping[str, Array], names: tuple[str, ...], event: Array
) -> None:
    """Rows with an event at each value of a 0/1 column."""
    for name in names:
        values = columns[name]
        if values.dtype == object or not np.isin(values, (0.0, 1.0)).all():
            cells[name] = {}
            continue
        if cells.get(name) == {}:
            continue
        counts = cells.setdefault(name, {"0": 0, "1": 0})
        for value in (0, 1):
            counts[str(value)] += int(np.sum(event & (values == value)))


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

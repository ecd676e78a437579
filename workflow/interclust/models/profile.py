"""What one pass over the rows tells of a model: counts, ranges, the Gram matrix, events."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from ..numerics.segments import products
from .formula import Design
from .likelihood import block_rows, blocks, tiles
from .rows.batches import Batch
from .rows.data import Data
from .stages import Stage

Array = np.ndarray

# An ordinal outcome of more classes than this is not one; no more values are listed.
CLASSES = 20


@dataclass
class Profile:
    """What one pass over the rows tells: counts, the Gram matrix, events by column and by cluster.

    ``classes`` holds the values of the outcome (some of them where there are more than ``CLASSES``),
    ``cells`` holds the rows with an event at each value of a 0/1 column, nothing for other columns.
    """

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
    first_node: int = 0
    cells: dict[str, dict[str, int]] = field(default_factory=dict)
    classes: set[float] = field(default_factory=set)

    @classmethod
    def zero(cls, k: int, n_nodes: int) -> Profile:
        """Of no rows."""
        low, high = np.full(k, np.inf), np.full(k, -np.inf)
        return cls(
            gram=np.zeros((k, k)),
            minimum=low,
            maximum=high,
            event_minimum=low.copy(),
            event_maximum=high.copy(),
            node_rows=np.zeros(n_nodes),
            node_events=np.zeros(n_nodes),
        )

    def add(self, other: Profile) -> None:
        """Add what other rows tell."""
        self.rows += other.rows
        self.events += other.events
        self.event_rows += other.event_rows
        self.y_min, self.y_max = min(self.y_min, other.y_min), max(self.y_max, other.y_max)
        self.whole &= other.whole
        self.gram += other.gram
        if len(self.classes) <= CLASSES:
            self.classes |= other.classes
        for name in ("minimum", "event_minimum"):
            setattr(self, name, np.minimum(getattr(self, name), getattr(other, name)))
        for name in ("maximum", "event_maximum"):
            setattr(self, name, np.maximum(getattr(self, name), getattr(other, name)))
        here = slice(other.first_node, other.first_node + len(other.node_rows))
        self.node_rows[here] += other.node_rows
        self.node_events[here] += other.node_events
        for name, cells in other.cells.items():
            mine = self.cells.get(name, dict.fromkeys(cells, 0))
            self.cells[name] = {key: mine[key] + cells[key] for key in cells} if mine else {}


def profile(design: Design, data: Data, outcome: str, stage: Stage | None = None) -> Profile:
    """Walk the rows once; returns what the checks and the record of the fit need.

    With a ``stage`` only its rows count, and its events; without one all rows, and y > 0.
    """
    zero = partial(Profile.zero, len(design.names), data.n_nodes)
    return data.total(tiles, partial(_tile, design, outcome, stage), zero)


def _tile(design: Design, outcome: str, stage: Stage | None, batch: Batch, tile: range) -> Profile:
    """What the rows of one tile tell."""
    which, y, event = staged(outcome, stage, batch, tile)
    if len(y) == 0:
        return Profile.zero(len(design.names), 0)
    part = batch.columns.parts(design.columns, which)
    found = _nodes(batch, which, event, len(design.names))
    found.rows, found.events, found.event_rows = len(y), float(y.sum()), int(np.count_nonzero(event))
    found.y_min, found.y_max = float(y.min()), float(y.max())
    found.whole = bool(np.all(y == np.round(y)))
    found.classes = _classes(y, found.whole)
    X = np.empty((len(design.names), block_rows(len(design.names))))
    for low, high in blocks(range(len(y)), X.shape[1]):
        here = slice(low, high)
        _block(found, design, {name: values[here] for name, values in part.items()}, event[here], X)
    for name in design.formula.columns:
        found.cells[name] = _cells(part[name], event)
    return found


def staged(
    outcome: str, stage: Stage | None, batch: Batch, tile: range
) -> tuple[Array | slice, Array, Array]:
    """The rows of a tile that inform a stage (None: all of them): where they stand, outcome, events (n,)."""
    which: Array | slice = slice(tile.start, tile.stop)
    y = np.asarray(batch.columns.parts([outcome], which)[outcome], dtype=float)
    if stage is None:
        return which, y, y > 0
    inside = stage.rows(y)
    if not inside.all():
        which, y = np.flatnonzero(inside) + tile.start, y[inside]
    return which, y, stage.event(y)


def _classes(y: Array, whole: bool) -> set[float]:
    """The values of an outcome, of some of its rows where those alone are too many."""
    if whole and y.min() >= 0 and y.max() <= CLASSES:
        return set(np.flatnonzero(np.bincount(y.astype(int))).astype(float).tolist())
    some = set(np.unique(y[: 2 * CLASSES]).tolist())
    return some if len(some) > CLASSES else set(np.unique(y).tolist())


def _block(found: Profile, design: Design, part: dict[str, Array], event: Array, room: Array) -> None:
    """Ranges and products of the columns of a block."""
    X = room[:, : len(event)]
    design.fill(part, X)
    found.gram += products(X, X)
    np.minimum(found.minimum, X.min(axis=1), out=found.minimum)
    np.maximum(found.maximum, X.max(axis=1), out=found.maximum)
    if event.any():
        some = X[:, event]
        np.minimum(found.event_minimum, some.min(axis=1), out=found.event_minimum)
        np.maximum(found.event_maximum, some.max(axis=1), out=found.event_maximum)


def _nodes(batch: Batch, which: Array | slice, event: Array, k: int) -> Profile:
    """Rows and events of the nodes of a tile, from the first node that it names to the last."""
    rows = batch.rows(which)
    ends = batch.left[rows], batch.right[rows]
    least = int(min(nodes.min() for nodes in ends))
    found = Profile.zero(k, int(max(nodes.max() for nodes in ends)) - least + 1)
    found.first_node = least
    for nodes in ends:
        found.node_rows += np.bincount(nodes - least, minlength=len(found.node_rows))
        found.node_events += np.bincount(nodes[event] - least, minlength=len(found.node_rows))
    return found


def _cells(values: Array, event: Array) -> dict[str, int]:
    """Rows with an event at each value of a 0/1 column; empty for another one."""
    if values.dtype == object:
        return {}
    one = values == 1
    if not np.all(one | (values == 0)):
        return {}
    ones = int(np.count_nonzero(one & event))
    return {"0": int(np.count_nonzero(event)) - ones, "1": ones}

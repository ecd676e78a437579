"""Where the search starts: at the mean of the outcome, or at the fit to some of many rows.

The fit to every 32nd row is within its own standard errors of the fit to all, from where Newton's method
needs two or three steps fewer. Where a log-likelihood is concave what it finds does not depend on where it
starts; the families that are not are searched from several sides (``search.py``), which begin here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from ..numerics.families import Family
from ..numerics.newton import maximise
from .likelihood import Likelihood, tiles
from .rows.batches import Batch, Columns
from .rows.data import Data

Array = np.ndarray

# With fewer rows the passes that are saved cost less than the look at some of them.
MANY_ROWS = 2**18
EVERY = 32
# A Newton decrement of one is one standard error of the rows looked at.
NEAR = 0.1


@dataclass
class Outcomes:
    """Weighed sums of the outcome, of the offset and of the rows of each class, and some of the rows."""

    outcome: float = 0.0
    weight: float = 0.0
    offset: float = 0.0
    rows: int = 0
    some: list[Batch] = field(default_factory=list)
    classes: Array = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def zero(cls, classes: int) -> Outcomes:
        """Of no rows."""
        return cls(classes=np.zeros(classes))

    def add(self, other: Outcomes) -> None:
        """Add those of other rows."""
        self.outcome += other.outcome
        self.weight += other.weight
        self.offset += other.offset
        self.rows += other.rows
        self.some += other.some
        self.classes += other.classes


def start_values(likelihood: Likelihood, mean_start: Sequence[float] | None = None) -> Array:
    """A safe start: zero slopes and intercepts at the overall mean, or shares, on the link scale.

    Where there are many rows and the log-likelihood is concave, the fit to some of them, if it converges.
    """
    zero = partial(Outcomes.zero, likelihood.family.classes)
    found = likelihood.data.total(tiles, partial(_outcomes, likelihood), zero)
    params = _constants(likelihood, found)
    if mean_start is not None:
        params[: len(mean_start)] = mean_start
    elif found.some and found.rows >= MANY_ROWS:
        few = replace(likelihood, data=_data_of(likelihood.data, found.some))
        near = maximise(few.evaluate, params, NEAR)
        return near.params if near.converged else params
    return params


def _constants(likelihood: Likelihood, found: Outcomes) -> Array:
    """Zero slopes, and the constants that fit the outcome without them."""
    if likelihood.family.classes:
        return _class_constants(likelihood, found.classes)
    params = np.zeros(sum(likelihood.sizes))
    if "Intercept" in likelihood.designs[0].names:
        position = likelihood.designs[0].names.index("Intercept")
        rows, mean = max(found.rows, 1), found.outcome / max(found.weight, 1e-300)
        params[position] = _link(mean, rows, likelihood.family) - found.offset / rows
    return params


def _class_constants(likelihood: Likelihood, counts: Array) -> Array:
    """Cut points at the shares of the classes (K,), or the odds of going on from each."""
    below, reached = np.cumsum(counts)[:-1], np.cumsum(counts[::-1])[::-1]
    if likelihood.family.name == "ordered_logit":
        return np.concatenate([np.zeros(likelihood.sizes[0]), np.log(below / (counts.sum() - below))])
    odds = np.log(reached[1:] / counts[:-1])
    start = [
        np.array([odds[step] if name == "Intercept" else 0.0 for name in design.names])
        for step, design in enumerate(likelihood.designs)
    ]
    return np.concatenate(start)


def _outcomes(likelihood: Likelihood, batch: Batch, tile: range) -> Outcomes:
    """Of the rows of one tile."""
    which = slice(tile.start, tile.stop)
    part = batch.columns.parts(
        filter(None, (likelihood.outcome, likelihood.offset, likelihood.weights)), which
    )
    y, w = np.asarray(part[likelihood.outcome], dtype=float), np.ones(1)
    if likelihood.weights is not None:
        w = np.asarray(part[likelihood.weights], dtype=float)
    found = Outcomes(float((w * y).sum()), float(w.sum()) * len(y) / len(w), 0.0, len(y))
    if likelihood.offset is not None:
        found.offset = float(part[likelihood.offset].sum(dtype=float))
    classes = likelihood.family.classes
    if classes:
        found.classes = np.bincount(y.astype(int), np.broadcast_to(w, y.shape), minlength=classes)
    if len(likelihood.part) > 1 and (classes or len(likelihood.designs) == 1):
        found.some = [_some(likelihood, batch, np.arange(tile.start, tile.stop, EVERY))]
    return found


def _some(likelihood: Likelihood, batch: Batch, rows: Array) -> Batch:
    """A copy of some rows of a batch, of what the likelihood needs of them."""
    columns = Columns(batch.columns.parts(likelihood.names, rows))
    none = np.zeros(0, dtype=np.int64)
    return Batch(columns, np.zeros(len(rows), np.int32), np.zeros(len(rows), np.int32), none, none)


def _data_of(data: Data, parts: list[Batch]) -> Data:
    """The parts as one batch."""
    names = list(parts[0].columns)
    stored = {name: np.concatenate([part.columns.stored[name] for part in parts]) for name in names}
    rows = sum(map(len, parts))
    none, nodes = np.zeros(0, dtype=np.int64), np.zeros(rows, np.int32)
    whole = Batch(Columns(stored), nodes, nodes, none, none)
    return replace(data, loaders=(lambda: whole,), resident=True)


def _link(mean: float, rows: int, family: Family) -> float:
    """The mean on the link scale, kept inside the range that the family allows."""
    if family.outcome == "real":
        return mean
    least = 0.5 / max(rows, 1)
    if family.outcome == "count":
        return float(np.log(max(mean, least)))
    inside = float(np.clip(mean, least, 1.0 - least))
    return float(np.log(-np.log1p(-inside)) if family.name == "cloglog" else np.log(inside / (1.0 - inside)))

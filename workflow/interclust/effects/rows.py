"""The rows of a likelihood in blocks, with their design, for averages over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..models.likelihood import Likelihood, block_rows, blocks
from ..models.rows.batches import Batch
from ..models.rows.population import OUTCOME, SAMPLING, row_weights

Array = np.ndarray

Value = float | str
Held = tuple[tuple[str, Value], ...]
Shifted = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Scene:
    """Rows with some features held at values, and some shifted from where they are."""

    held: Held = ()
    shifted: Shifted = ()

    @property
    def changed(self) -> frozenset[str]:
        """The features that are not as observed."""
        return frozenset(name for name, _ in (*self.held, *self.shifted))

    def columns(self, observed: Mapping[str, Array], n: int) -> dict[str, Array]:
        """The columns of n rows as they are in it."""
        found = dict(observed)
        for name, value in self.held:
            found[name] = np.broadcast_to(np.asarray(value), (n,))
        for name, by in self.shifted:
            found[name] = np.asarray(observed[name], dtype=float) + by
        return found


@dataclass
class Rows:
    """A block of b rows: columns, design X (k, b) as observed, and how many rows each stands for (b,)."""

    likelihood: Likelihood
    columns: Mapping[str, Array]
    X: Array
    weights: Array
    _scenes: dict[Scene, tuple[list[int], Array]] = field(default_factory=dict)
    _etas: dict[Any, Array] = field(default_factory=dict)

    def changes(self, scene: Scene) -> tuple[list[int], Array]:
        """The columns of the design that a scene changes, and what they are in it: (p,), (p, b)."""
        if scene not in self._scenes:
            columns, changed = scene.columns(self.columns, self.X.shape[1]), scene.changed
            places, room = [], np.empty_like(self.X)
            for design, span in zip(self.likelihood.designs, self.likelihood.spans, strict=True):
                design.fill(columns, room[span], changed)
                places += [span.start + number for number in design.places(changed)]
            self._scenes[scene] = places, room[places]
        return self._scenes[scene]

    def predictors(self, scene: Scene, params: Array) -> Array:
        """Linear predictors (b, m) in a scene."""
        key = scene, params.tobytes()
        if key not in self._etas:
            if scene == Scene():
                self._etas[key] = self._observed(params)
            else:
                eta = self.predictors(Scene(), params).copy()
                places, values = self.changes(scene)
                for place, row in zip(places, values, strict=True):
                    eta[:, self.likelihood.part[place]] += params[place] * (row - self.X[place])
                self._etas[key] = eta
        return self._etas[key]

    def _observed(self, params: Array) -> Array:
        eta = np.stack([params[span] @ self.X[span] for span in self.likelihood.spans], axis=1)
        if self.likelihood.offset is not None:
            eta[:, 0] += self.columns[self.likelihood.offset]
        return eta

    def slopes(self, scene: Scene, name: str) -> tuple[list[int], Array]:
        """The columns that a feature is in, and their derivatives in it: (p,), (p, b)."""
        columns = scene.columns(self.columns, self.X.shape[1])
        places, room = [], np.empty_like(self.X)
        for design, span in zip(self.likelihood.designs, self.likelihood.spans, strict=True):
            design.fill_slopes(columns, name, room[span])
            places += [span.start + number for number in design.places({name})]
        return places, room[places]

    def pull(self, scene: Scene, by: Array) -> Array:
        """The sum (k,) over rows of the design in a scene, times each column's predictor of ``by`` (b, m)."""
        spans = self.likelihood.spans
        found = np.concatenate([self.X[span] @ by[:, part] for part, span in enumerate(spans)])
        places, values = self.changes(scene)
        found[places] = 0.0
        return self.add(found, places, values, by)

    def add(self, to: Array, places: list[int], values: Array, by: Array) -> Array:
        """Add the sums over rows of some columns (p, b) at their places."""
        for place, row in zip(places, values, strict=True):
            to[place] += row @ by[:, self.likelihood.part[place]]
        return to


def rows_of(likelihood: Likelihood, batch: Batch, tile: range) -> Iterator[Rows]:
    """The rows of a tile of a batch, block by block."""
    k = len(likelihood.part)
    beside = [name for name in (OUTCOME, SAMPLING) if name in batch.columns]
    X = np.empty((k, block_rows(k)))
    for low, high in blocks(tile, X.shape[1]):
        columns = batch.columns.parts([*likelihood.names, *beside], slice(low, high))
        design = X[:, : high - low]
        for own, span in zip(likelihood.designs, likelihood.spans, strict=True):
            own.fill(columns, design[span])
        weights = row_weights(columns)
        yield Rows(likelihood, columns, design, np.ones(high - low) if weights is None else weights)

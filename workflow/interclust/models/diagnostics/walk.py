"""The rows of a fitted panel model, tile by tile: design, linear predictors, outcome and weight."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..likelihood import Likelihood, tiles
from ..rows.batches import Batch

Array = np.ndarray


@dataclass(frozen=True)
class Tile:
    """Some rows: X (k, n), predictors eta (n, m) at the fit, outcome y (n,), weight (n,) and offset."""

    likelihood: Likelihood
    X: Array
    eta: Array
    y: Array
    weight: Array
    offset: Mapping[str, Array]

    def predictors(self, params: Array) -> Array:
        """Linear predictors (n, m) at other parameters (k,)."""
        return self.likelihood.linear(self.X.T, params, self.offset)

    def score(self, y: Array, weight: Array) -> Array:
        """Score (k,) at the fit of outcomes y (n,), weighted."""
        gradient = self.likelihood.family.derivatives(y, self.eta)[1] * weight[:, None]
        spans = self.likelihood.spans
        return np.concatenate([self.X[span] @ gradient[:, a] for a, span in enumerate(spans)])


def walk(likelihood: Likelihood, params: Array) -> Iterator[Tile]:
    """The tiles of a model's rows at ``params`` (k,), always the same and in the same order."""
    for batch in likelihood.data.batches():
        yield from _tiles(likelihood, params, batch)


def by_batch(
    likelihood: Likelihood, params: Array, rule: Callable[[Tile], Array]
) -> Iterator[tuple[Batch, Array]]:
    """Every batch with one value a row (n,), made tile by tile."""
    for batch in likelihood.data.batches():
        yield batch, np.concatenate([rule(tile) for tile in _tiles(likelihood, params, batch)])


def _tiles(likelihood: Likelihood, params: Array, batch: Batch) -> Iterator[Tile]:
    for part in tiles(batch):
        yield _tile(likelihood, params, batch, slice(part.start, part.stop))


def _tile(likelihood: Likelihood, params: Array, batch: Batch, rows: slice) -> Tile:
    block = batch.columns.parts(likelihood.names, rows)
    n = rows.stop - rows.start
    X = np.empty((len(params), n))
    for design, span in zip(likelihood.designs, likelihood.spans, strict=True):
        design.fill(block, X[span])
    offset = {likelihood.offset: block[likelihood.offset]} if likelihood.offset else {}
    weight = block[likelihood.weights] if likelihood.weights else np.ones(n)
    y = np.asarray(block[likelihood.outcome], dtype=float)
    eta = likelihood.linear(X.T, params, offset)
    return Tile(likelihood, X, eta, y, np.asarray(weight, dtype=float), offset)

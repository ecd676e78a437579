"""The log-likelihood of the constants alone, which a fit is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from .formula import parse
from .likelihood import Likelihood, tiles
from .parts import likelihood_of
from .rows.batches import Batch, Columns
from .rows.data import Data
from .search import search

Array = np.ndarray

WEIGHT = "weight of the value"
# Where constants run to infinity the likelihood stands still long before the search does.
STEPS = 25


@dataclass
class Weights:
    """The weight of the rows of each outcome."""

    of: dict[float, float] = field(default_factory=dict)

    def add(self, other: Weights) -> None:
        """Add those of other rows."""
        for value, weight in other.of.items():
            self.of[value] = self.of.get(value, 0.0) + weight


def null_loglik(likelihood: Likelihood) -> float:
    """Log-likelihood of the family with a constant in every part (and the offset) alone."""
    one = parse("1")
    second = one if likelihood.family.has_second_part else None
    data, weights = likelihood.data, likelihood.weights
    if likelihood.offset is None and likelihood.family.outcome != "real":
        data, weights = _collapsed(likelihood), WEIGHT
    null = likelihood_of(likelihood.family, one, data, likelihood.outcome, second, likelihood.offset, weights)
    return search(null, STEPS).loglik


def _collapsed(likelihood: Likelihood) -> Data:
    """One row for each distinct outcome, weighted by its rows: all that constants can tell apart."""
    found = likelihood.data.total(tiles, partial(_weights, likelihood), Weights).of
    values = np.array(sorted(found))
    columns = {likelihood.outcome: values, WEIGHT: np.array([found[value] for value in values.tolist()])}
    none = np.zeros(len(values), dtype=np.int64)
    batch = Batch(Columns(columns), none, none + 1, none[:0], none[:0])
    return Data((lambda: batch,), (0, 1), resident=True, threads=1)


def _weights(likelihood: Likelihood, batch: Batch, tile: range) -> Weights:
    """Of the outcomes of one tile."""
    names = filter(None, (likelihood.outcome, likelihood.weights))
    part = batch.columns.parts(names, slice(tile.start, tile.stop))
    w = np.asarray(part[likelihood.weights], dtype=float) if likelihood.weights else np.ones(len(tile))
    y = np.asarray(part[likelihood.outcome], dtype=float)
    number = y.astype(np.int64) if y.min() >= 0 and y.max() < len(y) else None
    if number is not None and np.array_equal(number, y):  # counts, events: quicker than to sort them
        sums = np.bincount(number, weights=w)
        values = np.flatnonzero(sums).astype(float)
        return Weights(dict(zip(values.tolist(), sums[sums != 0].tolist(), strict=True)))
    values, place = np.unique(y, return_inverse=True)
    return Weights(dict(zip(values.tolist(), np.bincount(place, weights=w).tolist(), strict=True)))

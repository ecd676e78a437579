"""Averages over the rows of a sample with their gradients in the parameters, all in one pass over the data.

Every effect is a combination of them: of averages where features are held at values or shifted, and of
average slopes in a feature. Slopes are exact: the chain rule through every predictor that the feature is in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..models.likelihood import Likelihood, tiles
from ..models.rows.batches import Batch
from .rows import Held, Rows, Scene, Shifted, rows_of
from .scales import scale_of

Array = np.ndarray


@dataclass(frozen=True)
class Average:
    """The mean over the rows of a scale in a scene; with ``slope_in`` of its derivative in that feature."""

    scale: str
    held: Held = ()
    shifted: Shifted = ()
    slope_in: str | None = None

    @property
    def scene(self) -> Scene:
        """Where the features are."""
        return Scene(self.held, self.shifted)


@dataclass
class Sums:
    """Sums (a,) of the averages asked for, their gradients (a, k), and the rows that they are over."""

    values: Array
    gradients: Array
    rows: float = 0.0

    @classmethod
    def zero(cls, averages: int, k: int) -> Sums:
        """Of no rows."""
        return cls(np.zeros(averages), np.zeros((averages, k)))

    def add(self, other: Sums) -> None:
        """Add those of other rows."""
        self.values += other.values
        self.gradients += other.gradients
        self.rows += other.rows


def averages(
    likelihood: Likelihood, wanted: Sequence[Average], params: Callable[[str], Array]
) -> dict[Average, tuple[float, Array]]:
    """Every average asked for with its gradient (k,); ``params`` gives the parameters (k,) of a scale.

    One pass over the batches, of which the data hold as many as they are made to hold.
    """
    order = list(dict.fromkeys(wanted))
    values = {average.scale: params(average.scale) for average in order}
    zero = partial(Sums.zero, len(order), len(likelihood.part))
    work = partial(_of_tile, likelihood, order, values)
    found = likelihood.data.total(tiles, work, zero)
    return {
        average: (float(found.values[place] / found.rows), found.gradients[place] / found.rows)
        for place, average in enumerate(order)
    }


def _of_tile(
    likelihood: Likelihood, order: Sequence[Average], params: Mapping[str, Array], batch: Batch, tile: range
) -> Sums:
    found = Sums.zero(len(order), len(likelihood.part))
    for rows in rows_of(likelihood, batch, tile):
        for place, average in enumerate(order):
            of = _mean if average.slope_in is None else _slope
            value, gradient = of(rows, average, params[average.scale])
            found.values[place] += value
            found.gradients[place] += gradient
        found.rows += float(rows.weights.sum())
    return found


def _mean(rows: Rows, average: Average, params: Array) -> tuple[float, Array]:
    """The sum over rows of a scale, and its gradient (k,)."""
    scale = scale_of(rows.likelihood.family, average.scale)
    value, slope, _ = scale.of(rows.predictors(average.scene, params))
    return float(rows.weights @ value), rows.pull(average.scene, rows.weights[:, None] * slope)


def _slope(rows: Rows, average: Average, params: Array) -> tuple[float, Array]:
    """The sum over rows of the derivative of a scale in a feature, and its gradient (k,)."""
    scale, w = scale_of(rows.likelihood.family, average.scale), rows.weights[:, None]
    _, slope, curvature = scale.of(rows.predictors(average.scene, params))
    places, D = rows.slopes(average.scene, str(average.slope_in))
    change = np.zeros_like(slope)  # of each predictor, per unit of the feature
    for place, row in zip(places, D, strict=True):
        change[:, rows.likelihood.part[place]] += params[place] * row
    bent = w * np.einsum("nab,nb->na", curvature, change)
    gradient = rows.add(rows.pull(average.scene, bent), places, D, w * slope)
    return float(np.sum(w * slope * change)), gradient

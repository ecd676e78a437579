"""Several estimates on overlapping data as one: their scores side by side, their information in blocks.

What two models say of the same clusters, pairs and projects is dependent. With the scores of model m in its
own columns (zeros in those of the others) and block-diagonal information, the rows of all models are those
of one estimate of all parameters, and the sums over nodes, pairs and projects match what belongs
together: the covariances of ``covariance`` then give the cross-blocks too (seemingly unrelated estimation:
White 1996, Estimation, Inference and Specification Analysis; Weesie 1999, Stata Technical Bulletin 52).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np

from .covariance import Clip, dyadic_vcov
from .rows import Rows
from .sums import ScoredRows

Array = np.ndarray

# Covariances that know what a row of one model shares with a row of another.
JOINT_KINDS = ("dyad", "dyadic", "dyadic_jackknife")


def block_diagonal(blocks: Sequence[Array]) -> Array:
    """Matrices (r_m, c_m) down the diagonal of one of zeros."""
    total = np.zeros(tuple(np.sum([block.shape for block in blocks], axis=0)))
    row = column = 0
    for block in blocks:
        rows, columns = block.shape
        total[row : row + rows, column : column + columns] = block
        row, column = row + rows, column + columns
    return total


def joint_vcov(
    scores: Sequence[Array],
    informations: Sequence[Array],
    node_i: Sequence[Sequence[Any] | Array],
    node_j: Sequence[Sequence[Any] | Array],
    projects: Sequence[Sequence[Any] | Array] | None = None,
    clip: Clip = True,
) -> Array:
    """Dyadic-robust covariance (k, k) of several estimates together, k the sum of their parameters.

    One entry a model, each as ``dyadic_vcov`` takes it: scores (n_m, k_m), information (k_m, k_m), the nodes
    and projects of its rows. Nodes and projects of one name are the same in every model.
    """
    every = None if projects is None else [entry for own in projects for entry in own]
    left, right = ([node for own in ends for node in own] for ends in (node_i, node_j))
    stacked = block_diagonal([np.asarray(own, dtype=float) for own in scores])
    return dyadic_vcov(stacked, block_diagonal(informations), left, right, every, clip)


@dataclass(frozen=True)
class Columns:
    """Where the parameters of each model, and its predictors, stand among those of all.

    ``parts`` has one vector (k_m,) a model: the number of the predictor of each parameter.
    """

    parts: tuple[Array, ...]

    @property
    def parameters(self) -> list[slice]:
        """The parameters of each model."""
        return _slices([len(part) for part in self.parts])

    @property
    def predictors(self) -> list[slice]:
        """The predictors of each model."""
        return _slices([int(part[-1]) + 1 for part in self.parts])

    @property
    def part(self) -> Array:
        """The predictor of each parameter of all models (k,)."""
        places = zip(self.parts, self.predictors, strict=True)
        return np.concatenate([part + place.start for part, place in places])


def stack(batches: Sequence[tuple[int, ScoredRows]], columns: Columns) -> ScoredRows:
    """The rows of batches of several models as one batch: (number of the model, its rows).

    Nodes and projects must be numbered alike, and all rows of a pair stand in what is given.
    """
    rows = [batch for _, batch in batches]
    starts = np.array([0, *accumulate(len(batch.i) for batch in rows)])
    shifted = zip(rows, starts[:-1], strict=True)
    return ScoredRows(
        np.concatenate([batch.i for batch in rows]),
        np.concatenate([batch.j for batch in rows]),
        np.concatenate([batch.piece_rows + start for batch, start in shifted]),
        np.concatenate([batch.piece_projects for batch in rows]),
        partial(_rows, batches, columns, starts),
    )


def _rows(batches: Sequence[tuple[int, ScoredRows]], columns: Columns, starts: Array, which: Array) -> Rows:
    """Some rows of a stack: design, scores and second derivatives in the columns of their own model."""
    part = columns.part
    n, m = len(which), int(part[-1]) + 1
    found = Rows(np.zeros((n, len(part))), np.zeros((n, m)), np.zeros((n, m, m)), part)
    for place, (model, batch) in enumerate(batches):
        at = np.flatnonzero((which >= starts[place]) & (which < starts[place + 1]))
        if len(at):
            own = batch.rows(which[at] - starts[place])
            mine = columns.predictors[model]
            found.X[at, columns.parameters[model]] = own.X
            found.gradient[at, mine] = own.gradient
            found.hessian[at, mine, mine] = own.hessian
    return found


def _slices(sizes: Sequence[int]) -> list[slice]:
    ends = list(accumulate(sizes))
    return [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]

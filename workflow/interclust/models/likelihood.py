"""The likelihood of a family over batches: log-likelihood, score, information, scores of rows.

Rows are taken in blocks that stay in a core's cache. A block of the design lies term by term, (k, b), as the
columns that it is made of do, and is made anew at every pass: that is quicker than to read it from memory,
and nothing but the data need be held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise

import numpy as np
from scipy.special import expit

from ..inference.rows import Rows
from ..inference.sums import ScoredRows
from ..numerics.families import Family
from ..numerics.newton import inverse
from ..numerics.segments import SLICE, products
from .formula import Design
from .rows.batches import Batch
from .rows.data import Data

Array = np.ndarray

# Values of a block, 2 MB: smaller ones would fit a core's own cache better, but threads would wait for each
# other between them (CPython runs one thread at a time between two calls of numpy).
BLOCK_VALUES = 2**18
# Rows that one thread takes at a time; blocks are at most as long.
TILE_ROWS = 2**16


def block_rows(k: int) -> int:
    """Rows of a block of k columns."""
    return min(max(BLOCK_VALUES // max(k, 1) // SLICE * SLICE, SLICE), TILE_ROWS)


@dataclass
class Total:
    """Log-likelihood, score (k,) and information (k, k) of some rows."""

    loglik: float
    score: Array
    information: Array

    @classmethod
    def zero(cls, k: int) -> Total:
        """Of no rows."""
        return cls(0.0, np.zeros(k), np.zeros((k, k)))

    def add(self, other: Total) -> None:
        """Add those of other rows."""
        self.loglik += other.loglik
        self.score += other.score
        self.information += other.information


@dataclass(frozen=True)
class Block:
    """A few rows: columns, design (k, b), predictors (b, m), log-likelihoods and their derivatives."""

    columns: Mapping[str, Array]
    X: Array
    eta: Array
    loglik: Array
    gradient: Array
    hessian: Array


@dataclass(frozen=True)
class Likelihood:
    """A family with one design per linear predictor, over data.

    ``designs`` has one entry per predictor of the family; the parameter vector is their columns in order.
    """

    family: Family
    designs: tuple[Design, ...]
    data: Data
    outcome: str
    offset: str | None = None
    weights: str | None = None

    @cached_property
    def sizes(self) -> list[int]:
        """Number of columns of each predictor."""
        return [len(design.names) for design in self.designs]

    @cached_property
    def part(self) -> Array:
        """Predictor number of each parameter (k,)."""
        return np.repeat(np.arange(len(self.designs)), self.sizes)

    @cached_property
    def spans(self) -> list[slice]:
        """Where the parameters of each predictor stand."""
        ends = np.cumsum([0, *self.sizes]).tolist()
        return [slice(low, high) for low, high in pairwise(ends)]

    def evaluate(self, params: Array) -> tuple[float, Array, Array]:
        """Log-likelihood (with Jeffreys' penalty for Firth), score (k,), information (k, k)."""
        zero = partial(Total.zero, len(params))
        found = self.data.total(tiles, partial(self._tile, params), zero)
        information = 0.5 * (found.information + found.information.T)
        if not self.family.jeffreys:
            return found.loglik, found.score, information
        sign, logdet = np.linalg.slogdet(information)
        if sign <= 0:
            return -np.inf, found.score, information
        shift = self.data.total(tiles, partial(self._firth_tile, params, inverse(information)), zero)
        return found.loglik + 0.5 * float(logdet), found.score + shift.score, information

    def _tile(self, params: Array, batch: Batch, tile: range) -> Total:
        """Sums over the blocks of a tile."""
        found = Total.zero(len(params))
        scaled = np.empty((len(params), block_rows(len(params))))
        for block in self._blocks(params, batch, tile):
            found.loglik += float(block.loglik.sum())
            for a, left in enumerate(self.spans):
                mine, weighed = block.X[left], scaled[left, : block.X.shape[1]]
                found.score[left] += mine @ block.gradient[:, a]
                curvature = block.hessian[:, a, a]
                found.information[left, left] -= self.designs[a].gram(block.columns, mine, curvature, weighed)
                for b, right in enumerate(self.spans[:a]):
                    np.multiply(mine, block.hessian[:, a, b], out=weighed)
                    found.information[left, right] -= products(weighed, block.X[right])
        for a, left in enumerate(self.spans):
            for right in self.spans[:a]:
                found.information[right, left] = found.information[left, right].T
        return found

    def _firth_tile(self, params: Array, bread: Array, batch: Batch, tile: range) -> Total:
        """What Jeffreys' prior adds to the score over a tile."""
        found = Total.zero(len(params))
        for block in self._blocks(params, batch, tile):
            found.score += block.X @ _firth_shift(block, bread)
        return found

    def _blocks(self, params: Array, batch: Batch, tile: range) -> Iterator[Block]:
        X = np.empty((len(params), block_rows(len(params))))
        for low, high in blocks(tile, X.shape[1]):
            yield self._block(params, batch, slice(low, high), X[:, : high - low])

    def _block(self, params: Array, batch: Batch, which: Array | slice, X: Array) -> Block:
        """The rows ``which`` of a batch, their design written into ``X`` (k, b)."""
        block = batch.columns.parts(self.names, which)
        for design, span in zip(self.designs, self.spans, strict=True):
            design.fill(block, X[span])
        eta = np.stack([params[span] @ X[span] for span in self.spans], axis=1)
        if self.offset is not None:
            eta[:, 0] += block[self.offset]
        y = np.asarray(block[self.outcome], dtype=float)
        loglik, gradient, hessian = self.family.derivatives(y, eta)
        if self.weights is not None:
            w = np.asarray(block[self.weights], dtype=float)
            loglik, gradient, hessian = w * loglik, w[:, None] * gradient, w[:, None, None] * hessian
        return Block(block, X, eta, loglik, gradient, hessian)

    def leverages(self, params: Array, bread: Array, batch: Batch) -> Array:
        """Leverages (n,) of the rows of a batch in a family of one predictor."""
        found = (_leverage(block, bread) for block in self._blocks(params, batch, range(len(batch))))
        return np.concatenate([np.zeros(0), *found])

    @cached_property
    def names(self) -> list[str]:
        """The columns that a row's likelihood needs."""
        beside = (name for name in (self.outcome, self.offset, self.weights) if name is not None)
        terms = (name for design in self.designs for name in design.columns)
        return list(dict.fromkeys([*terms, *beside]))

    def matrix(self, batch: Batch) -> Array:
        """The designs of all predictors side by side, for all rows of a batch: (n, k)."""
        X = np.empty((len(self.part), len(batch)))
        for design, span in zip(self.designs, self.spans, strict=True):
            design.fill(batch.columns.parts(self.names, slice(0, len(batch))), X[span])
        return X.T

    def linear(self, X: Array, params: Array, beside: Mapping[str, Array]) -> Array:
        """Linear predictors (n, m) from all columns side by side (n, k) and the column of the offset."""
        eta = np.stack([X[:, span] @ params[span] for span in self.spans], axis=1)
        if self.offset is not None:
            eta[:, 0] += beside[self.offset]
        return eta

    def scored(self, params: Array, information: Array) -> list[Callable[[], ScoredRows]]:
        """Scores of rows at ``params`` (the modified ones for Firth), one shard a loader."""
        bread = inverse(information) if self.family.jeffreys else None
        return [partial(self._scored, params, bread, load) for load in self.data.loaders]

    def _scored(self, params: Array, bread: Array | None, load: Callable[[], Batch]) -> ScoredRows:
        batch = load()
        rows = partial(self._scored_rows, params, bread, batch)
        return ScoredRows(batch.i, batch.j, batch.piece_rows, batch.piece_projects, rows)

    def _scored_rows(self, params: Array, bread: Array | None, batch: Batch, which: Array) -> Rows:
        """Design, scores and second derivatives of the rows ``which`` of a batch."""
        found = Rows.empty(len(which), len(params), self.part)
        buffer = np.empty((len(params), block_rows(len(params))))
        for low, high in blocks(range(len(which)), buffer.shape[1]):
            here = slice(low, high)
            block = self._block(params, batch, which[here], buffer[:, : high - low])
            found.X[here] = block.X.T
            found.gradient[here] = block.gradient
            found.hessian[here] = block.hessian
            if bread is not None:
                found.gradient[here] += _firth_shift(block, bread)[:, None]
        return found


def tiles(batch: Batch) -> Iterator[range]:
    """The rows of each tile."""
    for low in range(0, len(batch), TILE_ROWS):
        yield range(low, min(low + TILE_ROWS, len(batch)))


def blocks(rows: range, size: int) -> Iterator[tuple[int, int]]:
    """Where each block of some rows begins and ends."""
    for low in range(rows.start, rows.stop, size):
        yield low, min(low + size, rows.stop)


def _leverage(block: Block, bread: Array) -> Array:
    """Diagonal (b,) of the hat matrix."""
    leverage: Array = -block.hessian[:, 0, 0] * np.einsum("kn,kn->n", bread @ block.X, block.X)
    return leverage


def _firth_shift(block: Block, bread: Array) -> Array:
    """What Jeffreys' prior adds to the score of a row: h (1/2 - p) (Heinze & Schemper 2002)."""
    return _leverage(block, bread) * (0.5 - expit(block.eta[:, 0]))

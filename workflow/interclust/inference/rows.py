"""Some rows of a fit: their scores, and what their information does to a direction.

Shapes: n rows, k parameters, m linear predictors; rows are sorted by group where groups are given by
``starts`` (g + 1,), the row at which each begins and the end of the last.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..numerics.segments import products

Array = np.ndarray


@dataclass(frozen=True)
class Rows:
    """Design (n, k), first and second derivatives (n, m) and (n, m, m), predictor of each parameter (k,).

    The score of a row is g[part a] x_a, its information -h[part a, part b] x_a x_b.
    """

    X: Array
    gradient: Array
    hessian: Array
    part: Array

    @classmethod
    def empty(cls, n: int, k: int, part: Array) -> Rows:
        """Room for n rows."""
        m = int(part[-1]) + 1
        return cls(np.empty((n, k)), np.empty((n, m)), np.empty((n, m, m)), part)

    @classmethod
    def of_scores(cls, scores: Array) -> Rows:
        """Rows of which the scores (n, k) are all that is known."""
        n, k = scores.shape
        return cls(scores, np.ones((n, 1)), np.zeros((n, 1, 1)), np.zeros(k, dtype=np.int64))

    @property
    def scores(self) -> Array:
        """Scores (n, k)."""
        product: Array = self.X * self.gradient[:, self.part]
        return product

    def meat(self) -> Array:
        """Sum of s s' over the rows (k, k)."""
        scores = self.scores
        return products(scores.T, scores.T)

    def take(self, rows: Array | slice, share: Array | None = None) -> Rows:
        """Some of the rows, each times its ``share`` (the part of it that counts)."""
        gradient, hessian = self.gradient[rows], self.hessian[rows]
        if share is not None:
            gradient, hessian = gradient * share[:, None], hessian * share[:, None, None]
        return Rows(self.X[rows], gradient, hessian, self.part)

    @property
    def spans(self) -> list[slice]:
        """Where the parameters of each predictor stand."""
        ends = np.searchsorted(self.part, np.arange(self.hessian.shape[1] + 1)).tolist()
        return [slice(low, high) for low, high in itertools.pairwise(ends)]

    def weights(self, scale: Array) -> Array:
        """A bound (n,) of the information of each row in units of ``scale`` (k,): |h| |scale x|^2."""
        size = np.sqrt(np.square(self.hessian).sum(axis=(1, 2)))
        bound: Array = size * (np.square(self.X) @ (scale * scale))
        return bound

    def product_sums(self, directions: Array, starts: Array) -> Array:
        """Sum over each group of its information times the direction of the group: (g, k)."""
        out = np.zeros_like(directions)
        for groups, rows in by_length(starts):
            X, H = grouped(self.X, rows), grouped(self.hessian, rows)  # (g, l, k), (g, l, m, m)
            inner = [np.einsum("glk,gk->gl", X[:, :, span], directions[groups, span]) for span in self.spans]
            for a, span in enumerate(self.spans):
                along = sum(H[:, :, a, b] * inner[b] for b in range(len(inner)))
                out[groups, span] = -np.einsum("gl,glk->gk", along, X[:, :, span])
        return out

    def score_sums(self, starts: Array) -> Array:
        """Sum of the scores of each group: (g, k)."""
        out = np.zeros((len(starts) - 1, self.X.shape[1]))
        for groups, rows in by_length(starts):
            X, gradient = grouped(self.X, rows), grouped(self.gradient, rows)
            for a, span in enumerate(self.spans):
                out[groups, span] = np.einsum("gl,glk->gk", gradient[:, :, a], X[:, :, span])
        return out

    def stacked(self, which: Array) -> tuple[Array, Array, Array]:
        """Groups of rows ``which`` (g, l) as one predictor after the other, r = l m.

        Design (g, r, k), information W (g, r, r) in the predictors and gradients (g, r), so that the
        information of a group is X'WX and its score X' gradient.
        """
        (g, length), m = which.shape, self.hessian.shape[1]
        X = np.zeros((g, m, length, self.X.shape[1]))
        W = np.zeros((g, m, length, m, length))
        rows = np.arange(length)
        for a, span in enumerate(self.spans):
            X[:, a, :, span] = self.X[which][:, :, span]
            for b in range(m):
                W[:, a, rows, b, rows] = -self.hessian[which, a, b]
        gradient = self.gradient[which].transpose(0, 2, 1).reshape(g, -1)
        r = m * length
        return X.reshape(g, r, -1), W.reshape(g, r, r), gradient

    def sums(self, starts: Array, order: Array | None = None) -> tuple[Array, Array]:
        """Scores (g, k) and information (g, k, k) of each group: one product where there is one predictor.

        The rows are taken in ``order`` (n,) where one is given.
        """
        g, k = len(starts) - 1, self.X.shape[1]
        scores, information = np.empty((g, k)), np.empty((g, k, k))
        for groups, rows in by_length(starts):
            which = rows if order is None else taken(order, rows)
            X, gradient, hessian = (
                grouped(values, which) for values in (self.X, self.gradient, self.hessian)
            )
            for a, left in enumerate(self.spans):
                for b, right in enumerate(self.spans[: a + 1]):
                    beside = np.empty((*X.shape[:2], right.stop - right.start + 1))
                    np.multiply(X[:, :, right], -hessian[:, :, a, b, None], out=beside[:, :, :-1])
                    beside[:, :, -1] = gradient[:, :, a]
                    found = np.matmul(X[:, :, left].transpose(0, 2, 1), beside)
                    information[groups, left, right] = found[:, :, :-1]
                    information[groups, right, left] = found[:, :, :-1].transpose(0, 2, 1)
                    scores[groups, left] = found[:, :, -1]
        return scores, information


def by_length(starts: Array) -> Iterator[tuple[Array | slice, Array | tuple[int, int]]]:
    """Groups of one length (g,) and their rows (g, length), length by length; all at once if they agree."""
    lengths = np.diff(starts)
    if len(lengths) and lengths[0] > 0 and np.all(lengths == lengths[0]):
        yield slice(None), (len(lengths), int(lengths[0]))
        return
    for length in np.unique(lengths):
        if length:
            groups = np.flatnonzero(lengths == length)
            yield groups, starts[groups][:, None] + np.arange(length)


def taken(order: Array, rows: Array | tuple[int, int]) -> Array:
    """Row numbers (g, length) of groups of rows that are taken in an order."""
    return order.reshape(rows) if isinstance(rows, tuple) else order[rows]


def grouped(values: Array, rows: Array | tuple[int, int]) -> Array:
    """Rows of ``values`` (n, ...) by group: (g, length, ...)."""
    return values.reshape(*rows, *values.shape[1:]) if isinstance(rows, tuple) else values[rows]

"""Some rows of a fit: their scores, and what their information does to a direction.

Shapes: n rows, k parameters, m linear predictors; rows are sorted by group where groups are given by
``starts`` (g + 1,), the row at which each begins and the end of the last.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..numerics.segments import sorted_sums

Array = np.ndarray


@dataclass(frozen=True)
class Rows:
    """Scores (n, k); design (n, k), second derivatives (n, m, m) and predictor of each parameter (k,).

    The information of a row is -h[part a, part b] x_a x_b. Where only scores are known the design has no
    columns.
    """

    scores: Array
    X: Array
    hessian: Array
    part: Array

    @classmethod
    def empty(cls, n: int, k: int, part: Array) -> Rows:
        """Room for n rows."""
        m = int(part[-1]) + 1
        return cls(np.empty((n, k)), np.empty((n, k)), np.empty((n, m, m)), part)

    @classmethod
    def of_scores(cls, scores: Array) -> Rows:
        """Rows of which nothing else is known."""
        none = np.zeros((len(scores), 0))
        return cls(scores, none, np.zeros((len(scores), 0, 0)), np.zeros(0, dtype=np.int64))

    def take(self, rows: Array | slice, share: Array | None = None) -> Rows:
        """Some of the rows, each times its ``share`` (the part of it that counts)."""
        scores, hessian = self.scores[rows], self.hessian[rows]
        if share is not None:
            scores, hessian = scores * share[:, None], hessian * share[:, None, None]
        return Rows(scores, self.X[rows], hessian, self.part)

    @property
    def spans(self) -> list[slice]:
        """Where the parameters of each predictor stand."""
        ends = np.searchsorted(self.part, np.arange(self.hessian.shape[1] + 1)).tolist()
        return [slice(low, high) for low, high in itertools.pairwise(ends)]

    def weighed(self, a: int, b: int) -> Array:
        """Minus h[a, b] times the columns of predictor b: (n, columns of b)."""
        product: Array = self.X[:, self.spans[b]] * -self.hessian[:, a, b, None]
        return product

    def weights(self, scale: Array) -> Array:
        """A bound (n,) of the information of each row in units of ``scale`` (k,): |h| |scale x|^2."""
        scaled = self.X * scale
        size = np.sqrt(np.einsum("nab,nab->n", self.hessian, self.hessian))
        bound: Array = size * np.einsum("nk,nk->n", scaled, scaled)
        return bound

    def product_sums(self, directions: Array, starts: Array) -> Array:
        """Sum over each group of its information times the direction of the group: (g, k)."""
        out = np.zeros_like(directions)
        for groups, rows in by_length(starts):
            X, H, V = self.X[rows], self.hessian[rows], directions[groups]  # (g, l, k), (g, l, m, m), (g, k)
            inner = [np.einsum("glk,gk->gl", X[:, :, span], V[:, span]) for span in self.spans]
            for a, span in enumerate(self.spans):
                along = sum(H[:, :, a, b] * inner[b] for b in range(len(inner)))
                out[groups, span] = -np.einsum("gl,glk->gk", along, X[:, :, span])
        return out

    def information_sums(self, starts: Array) -> Array:
        """Sum over each group of the information of its rows: (g, k, k)."""
        g, k = len(starts) - 1, self.X.shape[1]
        full = np.zeros((g, k, k))
        for a, left in enumerate(self.spans):
            for b, right in enumerate(self.spans[: a + 1]):
                full[:, left, right] = segment_products(self.X[:, left], self.weighed(a, b), starts)
                if a != b:
                    full[:, right, left] = full[:, left, right].transpose(0, 2, 1)
        return full

    def score_sums(self, starts: Array) -> Array:
        """Sum of the scores of each group: (g, k)."""
        return sorted_sums(self.scores, starts)


# Groups this long are multiplied one by one, without a copy of their rows.
LONG = 1024


def by_length(starts: Array) -> Iterator[tuple[Array, Array]]:
    """Groups of one length (g,) and their rows (g, length), length by length."""
    lengths = np.diff(starts)
    for length in np.unique(lengths):
        if length:
            groups = np.flatnonzero(lengths == length)
            yield groups, starts[groups][:, None] + np.arange(length)


def segment_products(left: Array, right: Array, starts: Array) -> Array:
    """Sum of l r' over the rows l, r of each group: (g, p, q), by products of blocks of one size."""
    out = np.zeros((len(starts) - 1, left.shape[1], right.shape[1]))
    lengths = np.diff(starts)
    for group in np.flatnonzero(lengths >= LONG):
        whole = slice(starts[group], starts[group + 1])
        out[group] = left[whole].T @ right[whole]
    for length in np.unique(lengths[(lengths > 0) & (lengths < LONG)]):
        groups = np.flatnonzero(lengths == length)
        rows = starts[groups][:, None] + np.arange(length)
        out[groups] = np.matmul(left[rows].transpose(0, 2, 1), right[rows])
    return out

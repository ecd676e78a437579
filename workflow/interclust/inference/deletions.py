"""The change of an estimate when a group of rows is left out, by one Newton step: -(A - A_g)^-1 T_g.

Groups that hold a large part of the information (clusters) are solved by their eigenvalues; the many that
hold little of it (pairs, projects) by the series

    (A - A_g)^-1 T = sum_j (A^-1 A_g)^j A^-1 T,

which needs no matrix of the group, only products of its rows, and of which three terms are exact where a
group holds a hundred-thousandth of the information. Beside cluster effects a pair holds much of what is known
of a cluster, and the series is long; but its rows are few. With X (r, k) the rows, W their information and g
their gradients in the predictors (A_g = X'WX, T = X'g), Woodbury's identity leaves a system of r equations:

    (A - X'WX)^-1 X'g = A^-1 X' (1 - W X A^-1 X')^-1 g.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..numerics.newton import inverse
from ..numerics.segments import ranges
from .rows import Rows

Array = np.ndarray

# The series is summed where each term is at most this part of the one before ...
RATIO = 0.25
# ... until what is left out is below this part of the sum.
LEFT_OUT = 1e-15
# A scaled information with a smaller eigenvalue has directions that hardly anything identifies.
LEAST = 1e-8
# A group without which less than this part of the information's volume is left identifies a direction alone.
SINGULAR = 1e-6
# Groups whose matrices are held at once.
GROUPS = 4096


@dataclass(frozen=True)
class Deletion:
    """One-step deletions from a fit of given information (k, k)."""

    information: Array

    @cached_property
    def scale(self) -> Array:
        """Units (k,) in which the information has a unit diagonal."""
        scale: Array = 1.0 / np.sqrt(np.diag(self.information))
        return scale

    @cached_property
    def least(self) -> float:
        """The smallest eigenvalue of the scaled information."""
        scaled = self.information * np.outer(self.scale, self.scale)
        return float(np.linalg.eigvalsh(scaled)[0]) if np.isfinite(scaled).all() else 0.0

    @cached_property
    def bread(self) -> Array:
        """The inverse information."""
        return inverse(self.information)

    def steps(self, scores: Array, removed: Array) -> Array:
        """Changes (g, k) without groups of summed scores (g, k) and information (g, k, k).

        Computed in units where the information has a unit diagonal. A direction that only the group
        identifies (an eigenvalue of I - I_g that vanishes) is left where it is: the effect goes with its
        cluster.
        """
        out = np.empty_like(scores)
        for low in range(0, len(scores), GROUPS):
            part = slice(low, low + GROUPS)
            remaining = (self.information - removed[part]) * np.outer(self.scale, self.scale)
            values, vectors = np.linalg.eigh(remaining)
            kept = np.abs(values) > 1e-9
            inverted = np.where(kept, 1.0 / np.where(kept, values, 1.0), 0.0)
            rotated = np.einsum("gab,ga->gb", vectors, scores[part] * self.scale)
            out[part] = -np.einsum("gab,gb->ga", vectors, rotated * inverted) * self.scale
        return out

    def steps_of_rows(self, rows: Rows, starts: Array, scores: Array) -> Array:
        """Changes (g, k) without groups of rows that adjoin: group g from ``starts[g]`` to the next.

        ``scores`` (g, k) are the sums of their scores.
        """
        if self.least < LEAST:
            return self.steps(*rows.sums(starts))
        share = np.add.reduceat(rows.weights(self.scale), starts[:-1]) / self.least
        heavy = share > RATIO
        few = heavy & (np.diff(starts) * rows.hessian.shape[1] <= len(self.information) // 2)
        changes = np.empty_like(scores) if heavy.all() else self._series(rows, starts, scores, share)
        if few.any():
            changes[few], singular = self._of_few(rows, starts, np.flatnonzero(few))
            few[np.flatnonzero(few)[singular]] = False
        rest = np.flatnonzero(heavy & ~few)
        if len(rest):
            lengths = np.diff(starts)[rest]
            chosen = ranges(starts[rest], lengths)
            changes[rest] = self.steps(*rows.take(chosen).sums(np.concatenate([[0], np.cumsum(lengths)])))
        return changes

    def _of_few(self, rows: Rows, starts: Array, groups: Array) -> tuple[Array, Array]:
        """Changes (groups, k) without groups of few rows, and which of these identify a direction alone."""
        lengths = np.diff(starts)[groups]
        changes = np.empty((len(groups), len(self.information)))
        singular = np.zeros(len(groups), dtype=bool)
        for length in np.unique(lengths):
            here = np.flatnonzero(lengths == length)
            for low in range(0, len(here), GROUPS):
                part = here[low : low + GROUPS]
                X, W, gradient = rows.stacked(starts[groups[part]][:, None] + np.arange(length))
                inner = np.eye(X.shape[1]) - W @ (X @ self.bread @ X.transpose(0, 2, 1))
                singular[part] = np.abs(np.linalg.det(inner)) < SINGULAR
                inner[singular[part]] = np.eye(X.shape[1])
                solved = np.linalg.solve(inner, gradient[:, :, None])
                changes[part] = -(X.transpose(0, 2, 1) @ solved)[:, :, 0] @ self.bread
        return changes, singular

    def _series(self, rows: Rows, starts: Array, scores: Array, share: Array) -> Array:
        """The series, for groups of a small ``share`` (g,) of the information; others get nothing of use."""
        light = share <= RATIO
        ratio = float(share[light].max())
        term = np.where(light[:, None], -scores @ self.bread, 0.0)
        changes = term.copy()
        while True:
            term = rows.product_sums(term, starts) @ self.bread
            changes += term
            left = np.abs(term / self.scale).max(axis=1) * ratio
            if np.all(left <= LEFT_OUT * np.abs(changes / self.scale).max(axis=1)):
                return changes

"""Drawing lists of m bodies from P(S) proportional to exp(sum of strengths + sum of pair terms).

A subset is closed by its two last members: with the m - 2 first members K fixed, the weights of all
closings a < b behind the last of K are e_a e_b w_ab, a quadratic form. So the exact total over the
C(n, m) subsets costs one pass over the C(n, m - 2) openings, and a draw is two exact steps: an opening,
then its closing. Lists too long for that are drawn by Gibbs swaps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import comb

import numpy as np

from .swaps import newcomers, pick, swapped

Array = np.ndarray

EXACT_TO = 5  # list size up to which draws are exact: 57,155 openings with 71 bodies
SWEEPS = 50  # Gibbs sweeps over a longer list before it is taken


@lru_cache(maxsize=16)
def openings(n: int, k: int) -> Array:
    """All increasing k-tuples of 0..n-1, (C(n, k), k) int16, sorted by the last member first.

    Those that end in ``l`` are the rows C(l, k) to C(l + 1, k) - 1.
    """
    if k == 0:
        return np.zeros((1, 0), dtype=np.int16)
    shorter = openings(n, k - 1)
    counts = [comb(last, k - 1) for last in range(n)]
    before = np.concatenate([shorter[:count] for count in counts])
    return np.column_stack([before, np.repeat(np.arange(n, dtype=np.int16), counts)])


@dataclass(frozen=True)
class SubsetLaw:
    """The law of a list of ``m`` among n bodies.

    ``strength`` (n,) and ``proximity`` (n, n, symmetric; its diagonal is ignored) are on the log scale:
    P(S) is proportional to exp(sum of strength over S + sum of proximity over the pairs of S).
    """

    strength: Array
    proximity: Array
    m: int

    def __post_init__(self) -> None:
        if not 1 <= self.m <= len(self.strength):
            raise ValueError(f"a list of {self.m} cannot be drawn from {len(self.strength)} bodies")

    @cached_property
    def _member(self) -> Array:
        """Weight of a body, at most one."""
        return np.exp(self.strength - self.strength.max())

    @cached_property
    def _pair(self) -> Array:
        """Weight of a pair, at most one, zero on the diagonal."""
        weight = np.exp(self.proximity - self.proximity.max())
        np.fill_diagonal(weight, 0.0)
        return weight

    def _closing(self, opening: Array, start: int = 0) -> tuple[Array, Array]:
        """Weight of each opening (r,) and of the bodies from ``start`` on as later members (r, n - start)."""
        weight = np.ones(len(opening))
        later = np.tile(self._member[start:], (len(opening), 1))
        for position in range(opening.shape[1]):
            body = opening[:, position]
            weight *= self._member[body]
            for other in range(position):
                weight *= self._pair[opening[:, other], body]
            later *= self._pair[body, start:]
        return weight, later

    def _groups(self) -> Iterator[tuple[int, Array, Array, Array]]:
        """Openings by their last member: first possible later member, openings, weights, later weights."""
        n, k = len(self._member), self.m - 2
        every = openings(n, k)
        for last in range(k - 1, n if k else 0):
            rows = every[comb(last, k) : comb(last + 1, k)] if k else every
            yield last + 1, rows, *self._closing(rows, last + 1)

    @cached_property
    def _totals(self) -> Array:
        """Weight of all subsets that begin with each opening (m >= 2)."""
        parts = [
            weight * 0.5 * np.einsum("ra,ra->r", later @ self._pair[start:, start:], later)
            for start, _, weight, later in self._groups()
        ]
        return np.concatenate(parts)

    @property
    def log_total(self) -> float:
        """Log of the sum of exp(strengths and pair terms) over all subsets; its derivatives are means."""
        scale = self.m * self.strength.max() + comb(self.m, 2) * self.proximity.max()
        total = self._totals.sum() if self.m > 1 else self._member.sum()
        return float(np.log(total) + scale)

    def inclusion(self) -> Array:
        """Probability of each body to be in the list, (n,), sum m; exact."""
        if self.m == 1:
            return self._member / self._member.sum()
        total = np.zeros(len(self._member))
        for start, opening, weight, later in self._groups():
            joined = weight[:, None] * later * (later @ self._pair[start:, start:])
            total[start:] += joined.sum(axis=0)
            opened = 0.5 * joined.sum(axis=1)
            for position in range(opening.shape[1]):
                total += np.bincount(opening[:, position], opened, len(total))
        return total * (self.m / total.sum())

    def draw(self, rng: np.random.Generator, count: int, exact_to: int = EXACT_TO) -> Array:
        """Draw ``count`` lists independently, (count, m) int16, members increasing.

        Exact up to ``exact_to`` members, Gibbs swaps (``SWEEPS`` sweeps) above.
        """
        if self.m == 1:
            return pick(np.broadcast_to(self._member, (count, len(self._member))), rng)[:, None]
        if self.m > exact_to:
            return self._swap(rng, count)
        first = _pick_rows(self._totals, rng, count)
        opening = openings(len(self._member), self.m - 2)[first]
        _, later = self._closing(opening)
        if opening.shape[1]:
            later *= np.arange(later.shape[1]) > opening[:, -1:]
        return np.concatenate([opening, self._close(later, rng)], axis=1).astype(np.int16)

    def _close(self, later: Array, rng: np.random.Generator) -> Array:
        """The two last members (r, 2) given the weights of bodies as later ones (r, n); one number a list.

        The number falls among the pairs in the order of their first member, then of their second.
        """
        each, upper = np.arange(len(later)), np.triu(self._pair, 1)
        cumulated = np.cumsum(later * (later @ upper.T), axis=1)
        target = (1.0 - rng.random(len(later))) * cumulated[:, -1]
        first = (cumulated < target[:, None]).sum(axis=1)
        rest = target - np.where(first > 0, cumulated[each, first - 1], 0.0)
        cumulated = np.cumsum(later[each, first][:, None] * upper[first] * later, axis=1)
        second = (cumulated < np.minimum(rest, cumulated[:, -1])[:, None]).sum(axis=1)
        return np.stack([first, second], axis=1)

    def _swap(self, rng: np.random.Generator, count: int) -> Array:
        """Gibbs: a member drawn at random is drawn anew given the others."""
        n, each = len(self._member), np.arange(count)
        inside = np.zeros((count, n), dtype=bool)
        between = self.proximity - np.diag(np.diag(self.proximity))
        for _ in range(self.m):
            inside[each, newcomers(inside, self.strength + inside @ between, rng)] = True
        inside = swapped(inside, self.strength, between, SWEEPS * self.m, rng)
        return np.nonzero(inside)[1].reshape(count, self.m).astype(np.int16)


def _pick_rows(weights: Array, rng: np.random.Generator, count: int) -> Array:
    """``count`` row numbers with probability proportional to ``weights`` (r,)."""
    cumulated = np.cumsum(weights)
    return np.searchsorted(cumulated, (1.0 - rng.random(count)) * cumulated[-1], side="left")

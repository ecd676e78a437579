"""Which alternatives a list is held against: every subset of its size, or some that are drawn.

Subsets of long lists are too many to enumerate. Those drawn come from the law of the model itself at a first
estimate theta_0, for one drawn evenly would hardly ever be as likely as a list that was observed. From the
list S a chain of Gibbs swaps leads to a place h, and from h as many chains lead to the alternatives. Swaps
are reversible, so that S and the alternatives are exchangeable given h under theta_0 (Besag & Clifford
1989, Biometrika 76), however short the chains; under theta they are so but for weights, and

    P(S | D, h) = exp(u(S) - u_0(S)) / sum over D of exp(u(S') - u_0(S')),   D = S and its alternatives

with u and u_0 the utilities at theta and theta_0. This is the conditional logit on sampled alternatives with
its correction -ln q (McFadden 1978), exact for every number of alternatives, its score and information
those of a likelihood; the normaliser of q, which is the same for all of D, is not needed.

theta_0 comes from swaps of one member (given the others, who is the m-th?), whose normalisers are sums
over bodies. What it is touches the precision alone: the nearer to theta, the more even the weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np

from ...errors import ModelError
from ...numerics.swaps import swapped
from .choice_sets import AtRisk, Choice, ChoiceSet, PairTable

Array = np.ndarray

MAX_SUBSETS = 3_000_000  # 4 of 92 bodies; their features and codes take half a gigabyte
ALTERNATIVES = 200
SWEEPS = 5
UNKNOWN = -1e4  # log weight of a pair with a missing feature: such subsets are no alternatives


@dataclass(frozen=True)
class Sampling:
    """Up to which size all subsets are enumerated, and how alternatives of longer lists are drawn.

    ``alternatives`` a list, at the ends of chains of ``sweeps`` times its size swaps.
    """

    exact_to: int = 4
    alternatives: int = ALTERNATIVES
    seed: int = 1
    sweeps: int = SWEEPS

    def __post_init__(self) -> None:
        if self.alternatives < 1:
            raise ModelError(f"alternatives {self.alternatives}: at least one must be drawn for a list")

    def enumerates(self, n: int, size: int) -> bool:
        """Whether every subset of ``size`` among n bodies is an alternative."""
        subsets = comb(n, size)
        return subsets <= self.alternatives or (size <= self.exact_to and subsets <= MAX_SUBSETS)


@dataclass(frozen=True, eq=False)
class Cell:
    """The lists of one period and size with the bodies at risk then."""

    risk: AtRisk
    lists: tuple[Choice, ...]

    @property
    def size(self) -> int:
        """Members of its lists."""
        return len(self.lists[0].members)

    def is_enumerated(self, sampling: Sampling) -> bool:
        """Whether the alternatives of its lists are all subsets."""
        return sampling.enumerates(len(self.risk.who), self.size)

    @cached_property
    def everything(self) -> ChoiceSet:
        """All subsets, made once."""
        return self.risk.enumerated(self.lists)


@dataclass(frozen=True)
class Law:
    """Where alternatives are drawn: beta (K,), alpha (A,) in the order of the bodies (empty: mentions)."""

    beta: Array
    alpha: Array

    def on(self, risk: AtRisk) -> tuple[Array, Array]:
        """Strength (n,) of each body at risk and proximity (n, n) of each pair."""
        k = risk.x.shape[2]
        proximity = risk.x @ self.beta[:k]
        proximity = np.where(np.isfinite(proximity), proximity, UNKNOWN)
        if risk.node is not None:
            return risk.node * self.beta[k], proximity
        return self.alpha[risk.numbers], proximity


def cells(
    observed: Sequence[Choice], table: PairTable, bodies: Array, node_terms: Array | None
) -> list[Cell]:
    """The lists by period and size, in this order, each with the bodies at risk."""
    found = []
    for period, size in sorted({(choice.period, len(choice.members)) for choice in observed}):
        mine = tuple(each for each in observed if (each.period, len(each.members)) == (period, size))
        found.append(Cell(AtRisk.of(period, table, bodies, node_terms, mine[0]), mine))
    return found


def swap_sets(cell: Cell) -> Iterator[ChoiceSet]:
    """For each member of each list: the list with this member, and with each other body in its stead."""
    for choice in cell.lists:
        rows = cell.risk.rows(choice)
        others = np.setdiff1d(np.arange(len(cell.risk.who)), rows)
        for place in range(len(rows)):
            subsets = np.tile(rows, (len(others) + 1, 1))
            subsets[1:, place] = others
            yield _first_observed(cell.risk, choice, subsets)


def drawn_sets(cell: Cell, law: Law, sampling: Sampling) -> Iterator[ChoiceSet]:
    """For each list of the cell: itself and the alternatives drawn for it at ``law``.

    What is drawn depends on the list and the seed, and on other lists through ``law`` alone.
    """
    strength, proximity = law.on(cell.risk)
    steps = sampling.sweeps * cell.size
    for choice in cell.lists:
        rng = generator(sampling.seed, choice.list_id)
        rows = cell.risk.rows(choice)
        start = np.zeros((1, len(strength)), dtype=bool)
        start[0, rows] = True
        hub = swapped(start, strength, proximity, steps, rng)
        ends = swapped(np.repeat(hub, sampling.alternatives, axis=0), strength, proximity, steps, rng)
        subsets = np.vstack([rows, np.nonzero(ends)[1].reshape(-1, cell.size)])
        yield _first_observed(cell.risk, choice, subsets).drawn_at(law.beta, law.alpha)


def generator(seed: int, list_id: str) -> np.random.Generator:
    """Random numbers of one list: neither its place among the lists nor the other lists matter."""
    own = int.from_bytes(hashlib.sha256(list_id.encode()).digest()[:16], "big")
    return np.random.default_rng([seed, own])


def _first_observed(risk: AtRisk, choice: Choice, subsets: Array) -> ChoiceSet:
    """A choice set whose first subset was observed, all drawn alike."""
    return risk.choice_set([choice], subsets, np.array([0]), np.zeros(len(subsets)))

"""The likelihood of a history of which only some events are seen, by the forward recursion.

A pair is in state 0 (never tied) or 1 (tied before). In each period an event happens with the hazard of its
state, h_0 or h_1, moves the pair to state 1 for good, and is seen with probability v, seen or not:

    from 0:  seen  v h_0 -> 1      not seen  (1 - v) h_0 -> 1,  1 - h_0 -> 0
    from 1:  seen  v h_1 -> 1      not seen  1 - v h_1 -> 1

It is a hidden Markov chain with an absorbing state (Rabiner 1989, Proceedings of the IEEE 77); first and
second derivatives go along with the recursion (Lystig & Hughes 2002, Journal of Computational and Graphical
Statistics 11), so that score and observed information are exact.
Shapes: R rows (periods of histories), H histories, k parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Jet:
    """Values (n,) with their gradients (n, k) and Hessians (n, k, k) in the parameters."""

    value: Array
    slope: Array
    curve: Array

    def __add__(self, other: Jet) -> Jet:
        return Jet(self.value + other.value, self.slope + other.slope, self.curve + other.curve)

    def __mul__(self, other: Jet) -> Jet:
        """The product, by the rule of Leibniz."""
        one, two = self.value[:, None], other.value[:, None]
        cross = self.slope[:, :, None] * other.slope[:, None, :]
        return Jet(
            self.value * other.value,
            one * other.slope + two * self.slope,
            one[:, :, None] * other.curve + two[:, :, None] * self.curve + cross + cross.transpose(0, 2, 1),
        )

    def affine(self, constant: Array, factor: Array) -> Jet:
        """``constant + factor`` (n,) times the values."""
        return Jet(
            constant + factor * self.value, factor[:, None] * self.slope, factor[:, None, None] * self.curve
        )

    def scaled(self, factor: Array) -> Jet:
        """All of it times ``factor`` (n,), which does not depend on the parameters."""
        return self.affine(np.zeros(len(factor)), factor)

    def rows(self, which: slice) -> Jet:
        """Some of the rows."""
        return Jet(self.value[which], self.slope[which], self.curve[which])

    @classmethod
    def constant(cls, value: Array, k: int) -> Jet:
        """Values (n,) that do not depend on the k parameters."""
        return cls(value, np.zeros((len(value), k)), np.zeros((len(value), k, k)))


def hazard(parts: tuple[Array, Array, Array], design: Array) -> Jet:
    """The hazards of rows in k parameters, from those in the predictor and the design (n, k).

    ``parts`` holds the hazard (n,), its slope (n, 1) and its curvature (n, 1, 1) in the linear predictor.
    """
    value, slope, curve = parts
    outer = design[:, :, None] * design[:, None, :]
    return Jet(value, slope[:, :1] * design, curve[:, :1] * outer)


def forward(
    seen: Array, known: Array, hazards: Sequence[Jet], sizes: Sequence[int], visibility: float
) -> Jet:
    """Log-likelihood of each row given the rows before it of its history: (R,), (R, k), (R, k, k).

    Rows lie step by step: the first ``sizes[0]`` = H rows are the first ones of the histories, the next
    ``sizes[1]`` the second ones of those that have one, which come first, and so on. ``seen`` (R,) says
    whether an event was seen; ``known`` (R,) that the pair is known to have been tied before the row;
    ``hazards`` are those of the two states. A history's log-likelihood is the sum over its rows.
    """
    k = hazards[0].slope.shape[1]
    never, before = Jet.constant(np.ones(sizes[0]), k), Jet.constant(np.zeros(sizes[0]), k)
    last = Jet.constant(np.zeros(sizes[0]), k)
    found = []
    for rows in steps(sizes):
        here = slice(0, rows.stop - rows.start)
        never, before = _informed(never.rows(here), before.rows(here), known[rows])
        never, before = _moved(never, before, seen[rows], [h.rows(rows) for h in hazards], visibility)
        total = never + before
        with np.errstate(divide="ignore", invalid="ignore"):
            inverse = 1.0 / total.value  # the sums are scaled to one at every step: nothing underflows
            never, before, total = (jet.scaled(inverse) for jet in (never, before, total))
            now = Jet(-np.log(inverse), total.slope, total.curve - _square(total.slope))
        # the slope and the curvature of the whole history so far, of which those before are taken off
        past = last.rows(here)
        found.append(Jet(now.value, now.slope - past.slope, now.curve - past.curve))
        last = now
    return Jet(
        *(np.concatenate([getattr(jet, name) for jet in found]) for name in ("value", "slope", "curve"))
    )


def steps(sizes: Sequence[int]) -> Iterator[slice]:
    """Where the rows of each step stand."""
    begin = 0
    for size in sizes:
        yield slice(begin, begin + size)
        begin += size


def _informed(never: Jet, before: Jet, known: Array) -> tuple[Jet, Jet]:
    """Where a pair is known to have been tied, both states become the second."""
    if not known.any():
        return never, before
    return never.scaled((~known).astype(float)), before + never.scaled(known.astype(float))


def _moved(
    never: Jet, before: Jet, seen: Array, hazards: Sequence[Jet], visibility: float
) -> tuple[Jet, Jet]:
    """The states after a period, joint with what was seen in it."""
    blank = (~seen).astype(float)
    none = np.zeros(len(seen))
    stays = hazards[0].affine(blank, -blank)
    emerges = hazards[0].affine(none, np.where(seen, visibility, 1.0 - visibility))
    recurs = hazards[1].affine(blank, np.where(seen, visibility, -visibility))
    return never * stays, never * emerges + before * recurs


def _square(slope: Array) -> Array:
    outer: Array = slope[:, :, None] * slope[:, None, :]
    return outer

"""Separation: combinations of terms along which the likelihood climbs for ever, found before fitting.

A logit has no finite estimate if some combination z = X gamma has z >= 0 on every event and z <= 0 on every
other row without being zero throughout (Albert & Anderson 1984, Biometrika 71); a Poisson or NB2
regression if z = 0 on every row with a count and z <= 0 on the zeros (Santos Silva & Tenreyro 2010,
Economics Letters 107; Correia, Guimaraes & Zylkin 2019, arXiv:1903.01633); an ordered logit if z lies in
order between moving cut points. Konis (2007, Computational algorithms for detecting linear separation)
asks a linear programme: maximise the sum of s z subject to s z >= 0 and |gamma| <= 1. Here it is given
a few thousand rows, and then those that violate its answer, until none does: the answer is exact and
memory is that of the rows it needs. Shapes: k columns, b rows of a block, which lie side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

import numpy as np

from .. import parallel
from .formula import Design
from .likelihood import block_rows, blocks, tiles
from .profile import Profile, staged
from .rows.batches import Batch
from .rows.data import Data
from .stages import Stage

Array = np.ndarray
S = TypeVar("S", bound=parallel.Sum)

FIRST_ROWS = 2_000  # of either sign
MORE_ROWS = 1_000
LARGEST = 50_000
SLACK = 1e-6  # of z, in columns scaled to [-1, 1]; the programme's own tolerance is 1e-7


@dataclass(frozen=True)
class Signs:
    """Rows of a stage as signs: in the arrays of ``climbing`` (k, b) z must be >= 0, in ``fixed`` 0."""

    climbing: tuple[Array, ...]
    fixed: Array

    def of(self, keep: Array) -> Signs:
        """Without all columns but some."""
        return Signs(tuple(side[keep] for side in self.climbing), self.fixed[keep])


@dataclass
class Sample:
    """The Gram matrix of the fixed rows (k, k), and climbing rows (k, b) taken evenly."""

    gram: Array
    held: list[Array] = field(default_factory=list)

    @classmethod
    def zero(cls, k: int) -> Sample:
        """Of no rows."""
        return cls(np.zeros((k, k)))

    def add(self, other: Sample) -> None:
        """Add those of other rows."""
        self.gram += other.gram
        self.held += other.held


@dataclass
class Violations:
    """The rows (k, b) that a direction violates most, with their z (b,)."""

    z: Array
    rows: Array

    def add(self, other: Violations) -> None:
        """Those of both that are violated most."""
        z = np.concatenate([self.z, other.z])
        worst = np.argsort(z, kind="stable")[:MORE_ROWS]
        self.z, self.rows = z[worst], np.concatenate([self.rows, other.rows], axis=1)[:, worst]


@dataclass(frozen=True)
class Question:
    """The rows of a stage, walked as often as needed, in columns that are scaled to [-1, 1].

    ``keep`` says which of the ``names`` are asked about; the columns behind those of the design, without
    a name, are cut points. ``every`` gives the stride at which the first rows of each sign are taken.
    """

    design: Design
    data: Data
    outcome: str
    stage: Stage
    classes: int
    middle: Array
    half: Array
    names: tuple[str, ...]
    keep: Array
    every: tuple[int, ...]

    def without(self, left_out: Sequence[int]) -> Question:
        """The same without some columns."""
        return replace(self, keep=np.setdiff1d(np.arange(len(self.names)), left_out))

    def total(self, work: Callable[[Signs], S], zero: Callable[[], S]) -> S:
        """The sum of ``work`` over the rows, block by block."""
        return self.data.total(tiles, partial(self._tile, work, zero), zero)

    def sample(self) -> Sample:
        """Some rows of each sign, taken evenly, and the Gram matrix of the fixed ones."""
        zero = partial(Sample.zero, len(self.keep))
        if self.stage.pull != "both":
            return self.total(partial(_sample, self.every), zero)
        return self.data.total(tiles, self._few, zero)

    def _few(self, batch: Batch, tile: range) -> Sample:
        """The sample of a tile where no row is fixed: only the rows that are taken are filled."""
        which, y, event = staged(self.outcome, self.stage, batch, tile)
        sides = [
            np.flatnonzero(side)[::stride] for side, stride in zip((event, ~event), self.every, strict=True)
        ]
        rows = np.concatenate(sides)
        taken = rows + which.start if isinstance(which, slice) else which[rows]
        X = np.empty((len(self.middle), len(rows)))
        self.design.fill(batch.columns.parts(self.design.columns, taken), X)
        X = (X - self.middle[:, None]) / self.half[:, None]
        signs = _signed(X, y[rows], event[rows], self.stage.pull, self.classes).of(self.keep)
        return Sample(np.zeros((len(self.keep),) * 2), list(signs.climbing))

    def _tile(self, work: Callable[[Signs], S], zero: Callable[[], S], batch: Batch, tile: range) -> S:
        found = zero()
        for signs in self._blocks(batch, tile):
            found.add(work(signs if len(self.keep) == len(self.names) else signs.of(self.keep)))
        return found

    def _blocks(self, batch: Batch, tile: range) -> Iterator[Signs]:
        which, y, event = staged(self.outcome, self.stage, batch, tile)
        part = batch.columns.parts(self.design.columns, which)
        room = np.empty((len(self.middle), block_rows(len(self.middle))))
        for low, high in blocks(range(len(y)), room.shape[1]):
            here, X = slice(low, high), room[:, : high - low]
            self.design.fill({name: values[here] for name, values in part.items()}, X)
            X -= self.middle[:, None]
            X /= self.half[:, None]
            yield _signed(X, y[here], event[here], self.stage.pull, self.classes)


def separating_terms(
    design: Design, data: Data, outcome: str, stage: Stage, seen: Profile, classes: int = 0
) -> list[str]:
    """Names of the terms (none where there is no separation) of the smallest combination found.

    ``seen`` is the profile of the stage, whose ranges scale the columns.
    """
    question = _question(design, data, outcome, stage, seen, classes)
    if _direction(question) is None:
        return []
    slopes = [place for place, name in enumerate(question.names) if name and name != "Intercept"]
    left_out: list[int] = []
    for place in slopes:  # leave out every term that the separation does not need
        if _direction(question.without([*left_out, place])) is not None:
            left_out.append(place)
    return [question.names[place] for place in slopes if place not in left_out]


def _question(
    design: Design, data: Data, outcome: str, stage: Stage, seen: Profile, classes: int
) -> Question:
    names, low, high = design.names, seen.minimum, seen.maximum
    centred = "Intercept" in names or stage.pull == "order"
    middle = np.where(np.array(names) == "Intercept", 0.0, 0.5 * (low + high)) if centred else 0.0 * low
    half = np.maximum(np.abs(high - middle), np.abs(low - middle))
    half = np.where(half > 0, half, 1.0)
    if stage.pull == "order":
        names = (*names, *("" for _ in range(classes - 1)))
    events, others = seen.event_rows, seen.rows - seen.event_rows
    sides = {"both": (events, others), "below": (others,), "order": (events, seen.rows)}[stage.pull]
    every = tuple(max(rows // FIRST_ROWS, 1) for rows in sides)
    keep = np.arange(len(names))
    return Question(design, data, outcome, stage, classes, middle, half, names, keep, every)


def _signed(X: Array, y: Array, event: Array, pull: str, classes: int) -> Signs:
    """The rows of a block (k, b) with the sign that z must have."""
    if pull == "order":
        cuts = np.eye(classes - 1)
        lower, upper = y > 0, y < classes - 1
        above = np.concatenate([X[:, lower], -cuts[:, y[lower].astype(int) - 1]])
        below = np.concatenate([-X[:, upper], cuts[:, y[upper].astype(int)]])
        return Signs((above, below), np.zeros((len(above), 0)))
    if pull == "both":
        return Signs((X[:, event], -X[:, ~event]), np.zeros((len(X), 0)))
    return Signs((-X[:, ~event],), X[:, event])


def _direction(question: Question) -> Array | None:
    """A direction gamma (k,) that separates, or None."""
    k, sample = len(question.keep), question.sample()
    basis = _free_basis(sample.gram)
    if basis.shape[1] == 0:
        return None
    known = np.unique(np.concatenate([part.T for part in sample.held]), axis=0)
    while len(known) <= LARGEST:
        gamma = _programme(known, basis)
        looked = [gamma] if gamma is not None else _unseen(known, basis)
        more = [question.total(partial(_violated, at), partial(_no_violations, k)).rows.T for at in looked]
        if not any(map(len, more)):
            return gamma
        before, known = len(known), np.unique(np.concatenate([known, *more]), axis=0)
        if len(known) == before:  # what is left is rounding
            return None
    return None  # too many rows to settle it: the record of convergence will tell


def _unseen(known: Array, basis: Array) -> list[Array]:
    """A direction that is zero on all known rows, and its opposite: another row may climb along either."""
    A = known @ basis
    none = _free_basis(A.T @ A)
    return [sign * (basis @ none[:, 0]) for sign in (1.0, -1.0)] if none.shape[1] else []


def _sample(every: tuple[int, ...], signs: Signs) -> Sample:
    """Rows taken evenly from a block."""
    held = [side[:, ::stride].copy() for side, stride in zip(signs.climbing, every, strict=True)]
    return Sample(signs.fixed @ signs.fixed.T, held)


def _no_violations(k: int) -> Violations:
    return Violations(np.zeros(0), np.zeros((k, 0)))


def _violated(gamma: Array, signs: Signs) -> Violations:
    """The rows of a block that a direction violates most."""
    found = _no_violations(len(gamma))
    for side in signs.climbing:
        z = gamma @ side
        worst = np.flatnonzero(z < -SLACK)
        found.add(Violations(z[worst], side[:, worst]))
    return found


def _free_basis(gram: Array) -> Array:
    """Directions (k, f) along which z is zero on every fixed row."""
    values, vectors = np.linalg.eigh(gram)
    return vectors[:, values <= 1e-10 * max(float(values[-1]), 1e-300)] if gram.any() else np.eye(len(gram))


def _programme(rows: Array, basis: Array) -> Array | None:
    """Konis' programme over ``rows`` in the span of ``basis``; None if its top is zero."""
    from scipy.optimize import linprog

    A = rows @ basis
    found = linprog(-A.sum(axis=0), A_ub=-A, b_ub=np.zeros(len(A)), bounds=(-1, 1), method="highs")
    if found.x is None:
        return None
    gamma = basis @ found.x
    z = rows @ gamma
    return gamma if len(z) and z.max() > 100 * SLACK else None

"""Separation: combinations of terms along which the likelihood climbs for ever, found before fitting.

A logit has no finite estimate if some combination z = X gamma has z >= 0 on every event and z <= 0 on every
other row without being zero throughout (Albert & Anderson 1984, Biometrika 71); a Poisson or NB2
regression if z = 0 on every row with a count and z <= 0 on the zeros (Santos Silva & Tenreyro 2010,
Economics Letters 107; Correia, Guimaraes & Zylkin 2019, arXiv:1903.01633); an ordered logit if z lies in
order between moving cut points. Konis (2007, Computational algorithms for detecting linear separation)
asks a linear programme: maximise the sum of s z subject to s z >= 0 and |gamma| <= 1. Here it is given
a few thousand rows, and then those that violate its answer, until none does: the answer is exact and
memory is that of the rows it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .data import Data
from .formula import Design
from .stages import Stage

Array = np.ndarray

FIRST_ROWS = 1_000  # of either sign, from every batch
MORE_ROWS = 1_000
ENOUGH = 4_000  # in one pass; the rest come when they violate an answer
LARGEST = 50_000
SLACK = 1e-6  # of z, in columns scaled to [-1, 1]; the programme's own tolerance is 1e-7


@dataclass(frozen=True)
class Rows:
    """Rows of a stage as signs: ``climbing`` (n, k) must have z >= 0, ``fixed`` (f, k) z = 0."""

    climbing: Array
    fixed: Array


@dataclass(frozen=True)
class Question:
    """The rows of a stage, walked as often as needed, with the names of the columns."""

    walk: Callable[[], Iterator[Rows]]
    names: tuple[str, ...]

    def without(self, left_out: Sequence[int]) -> Question:
        """The same without some columns."""
        keep = [position for position in range(len(self.names)) if position not in set(left_out)]

        def walk() -> Iterator[Rows]:
            for rows in self.walk():
                yield Rows(rows.climbing[:, keep], rows.fixed[:, keep])

        return Question(walk, tuple(self.names[position] for position in keep))


def separating_terms(
    design: Design, data: Data, outcome: str, stage: Stage, low: Array, high: Array, classes: int = 0
) -> list[str]:
    """Names of the terms (none where there is no separation) of the smallest combination found.

    ``low`` and ``high`` (k,) are the least and greatest value of each column, which scale it.
    """
    question = _question(design, data, outcome, stage, low, high, classes)
    if _direction(question) is None:
        return []
    slopes = [place for place, name in enumerate(question.names) if name and name != "Intercept"]
    left_out: list[int] = []
    for place in slopes:  # leave out every term that the separation does not need
        if _direction(question.without([*left_out, place])) is not None:
            left_out.append(place)
    return [question.names[place] for place in slopes if place not in left_out]


def _question(
    design: Design, data: Data, outcome: str, stage: Stage, low: Array, high: Array, classes: int
) -> Question:
    names = design.names
    centred = "Intercept" in names or stage.pull == "order"
    middle = np.where(np.array(names) == "Intercept", 0.0, 0.5 * (low + high)) if centred else 0.0 * low
    half = np.maximum(np.abs(high - middle), np.abs(low - middle))
    half = np.where(half > 0, half, 1.0)

    def walk() -> Iterator[Rows]:
        for batch in data.batches():
            y = batch.columns[outcome]
            inside = stage.rows(y)
            X = (design.matrix(dict(batch.columns))[inside] - middle) / half
            yield _signed(X, y[inside], stage, classes)

    return Question(walk, names if stage.pull != "order" else (*names, *("" for _ in range(classes - 1))))


def _signed(X: Array, y: Array, stage: Stage, classes: int) -> Rows:
    if stage.pull == "order":
        cuts = np.eye(classes - 1)
        lower, upper = y > 0, y < classes - 1
        above = np.concatenate([X[lower], -cuts[y[lower].astype(int) - 1]], axis=1)
        below = np.concatenate([-X[upper], cuts[y[upper].astype(int)]], axis=1)
        return Rows(np.concatenate([above, below]), np.zeros((0, above.shape[1])))
    event = stage.event(y)
    if stage.pull == "both":
        return Rows(np.where(event[:, None], X, -X), np.zeros((0, X.shape[1])))
    return Rows(-X[~event], X[event])


def _direction(question: Question) -> Array | None:
    """A direction gamma (k,) that separates, or None."""
    k = len(question.names)
    gram, known = np.zeros((k, k)), np.zeros((0, k))
    for rows in question.walk():
        gram += rows.fixed.T @ rows.fixed
        if len(known) < ENOUGH:
            known = np.concatenate([known, _spread_out(rows.climbing)])
    basis = _free_basis(gram)
    if basis.shape[1] == 0:
        return None
    while len(known) <= LARGEST:
        gamma = _programme(known, basis)
        if gamma is None:
            return None
        more = _against(question, gamma)
        if len(more) == 0:
            return gamma
        known = np.unique(np.concatenate([known, more]), axis=0)
    return None  # too many rows to settle it: the record of convergence will tell


def _against(question: Question, gamma: Array) -> Array:
    """Rows that violate a direction, enough of them to turn it."""
    found = np.zeros((0, len(gamma)))
    for rows in question.walk():
        found = np.concatenate([found, _violated(rows.climbing, gamma)])
        if len(found) >= ENOUGH:
            break
    return found


def _spread_out(rows: Array) -> Array:
    """Rows taken evenly from a batch, each once."""
    every = max(len(rows) // (2 * FIRST_ROWS), 1)
    return np.unique(rows[::every], axis=0)


def _violated(rows: Array, gamma: Array) -> Array:
    z = rows @ gamma
    worst = np.flatnonzero(z < -SLACK)
    return rows[worst[np.argsort(z[worst], kind="stable")[:MORE_ROWS]]]


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

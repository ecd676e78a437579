"""Replications of a cell: one world each, fitted, with the error of every covariance; and the truth.

The truth is the pseudo-true value: the fit to very many worlds at once, with the effects of clusters and of
pairs left out of the model as they are in every replication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import InterclustError
from ...inference.covariance import Covariance
from ...models.fit import fit
from ...models.lists.fit import fit_lists
from ...models.lists.inference import ListInference
from .cells import TRUTH, WORLDS, Cell
from .worlds import LIST_TERMS, SLOPES, TERMS, draw, list_world

if TYPE_CHECKING:
    import pandas as pd

FORMULA = "y ~ " + " + ".join(TERMS)
DRAWS = 199  # of the bootstrap
COLUMNS = ("replication", "kind", "term", "estimate", "std_error", "df", "repaired")


def block(cell: Cell, replications: Iterable[int]) -> pd.DataFrame:
    """Estimates and standard errors of some replications, a row a covariance and term (``COLUMNS``).

    A replication that cannot be fitted, or a covariance that cannot be had, leaves one row without term,
    its reason in ``kind``'s stead after a colon: nothing is dropped in silence.
    """
    import pandas as pd

    rows = [row for number in replications for row in _replication(cell, number)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _replication(cell: Cell, number: int) -> Iterator[tuple[Any, ...]]:
    rng = cell.generator(WORLDS, number)
    try:
        found = _list_choice(cell, rng) if cell.of_lists else _panel_model(cell, rng, number)
    except InterclustError as error:
        yield _failure(number, "fit", error)
        return
    for kind in cell.kinds(number):
        try:
            covariance = found.covariance(kind)
        except InterclustError as error:
            yield _failure(number, kind, error)
            continue
        std_errors = np.sqrt(np.diag(covariance.matrix)).tolist()
        repaired = [covariance.clipped > 0 or k in covariance.floored for k in range(len(std_errors))]
        df = np.broadcast_to(covariance.df, len(std_errors)).tolist()
        lines = zip(found.terms, found.estimates, std_errors, df, repaired, strict=True)
        for term, estimate, std_error, freedom, mended in lines:
            yield number, kind, term, estimate, std_error, freedom, mended


@dataclass(frozen=True)
class Estimated:
    """One fit of a replication: its terms, what it estimates, and its covariances by name."""

    terms: list[str]
    estimates: list[float]
    covariance: Callable[[str], Covariance]


def _failure(number: int, kind: str, error: InterclustError) -> tuple[Any, ...]:
    return number, f"{kind}: {error}", None, np.nan, np.nan, np.nan, False


def _panel_model(cell: Cell, rng: np.random.Generator, number: int) -> Estimated:
    frame = draw(cell, rng)
    project = "projects" if "projects" in frame else None
    found = fit(FORMULA, frame, cell.family, project=project, threads=1)
    _require(found.converged)
    covariance = partial(found.covariance, replications=DRAWS, seed=number)
    return Estimated(found.terms, found.coefficients.tolist(), covariance)


def _list_choice(cell: Cell, rng: np.random.Generator) -> Estimated:
    world = list_world(cell, rng)
    if len(world.lists) == 0:
        raise InterclustError("no list was drawn")
    found = fit_lists(list(LIST_TERMS), world.lists, world.pairs)
    _require(found.optimum.converged)
    return Estimated(found.terms, found.coefficients.tolist(), ListInference(found).covariance)


def _require(converged: bool) -> None:
    if not converged:
        raise InterclustError("the search did not converge")


def truth(cell: Cell) -> pd.DataFrame:
    """The pseudo-true value of each term (term, value, std_error), from ``cell.truth_worlds`` worlds at once.

    Its standard error is the dyadic one: clusters and projects of different worlds are different. Of list
    choice, whose lists are drawn from the model itself, it is what they were drawn with.
    """
    import pandas as pd

    if cell.of_lists:
        return pd.DataFrame({"term": LIST_TERMS, "value": SLOPES[1:], "std_error": 0.0})
    worlds = [
        _apart(draw(cell, cell.generator(TRUTH, number)), number, cell) for number in range(cell.truth_worlds)
    ]
    project = "projects" if cell.lists else None
    found = fit(FORMULA, pd.concat(worlds, ignore_index=True), cell.family, project=project)
    errors = np.sqrt(np.diag(found.covariance("dyadic").matrix))
    return pd.DataFrame({"term": found.terms, "value": found.coefficients, "std_error": errors})


def _apart(frame: pd.DataFrame, world: int, cell: Cell) -> pd.DataFrame:
    """The frame with its clusters and projects numbered apart from those of other worlds."""
    first = world * cell.clusters
    frame = frame.assign(**{end: frame[end] + first for end in ("cluster_i", "cluster_j")})
    if "projects" in frame:
        frame["projects"] = [[(world, name) for name in names] for names in frame["projects"]]
    return frame

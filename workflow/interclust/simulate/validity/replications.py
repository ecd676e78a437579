"""Replications of a cell: one world each, fitted, with the interval of every covariance; and the truth.

The truth is the pseudo-true value: the fit to very many worlds at once, with the effects of clusters and of
pairs left out of the model as they are in every replication.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import InterclustError
from ...models.fit import Fit, fit
from .cells import TRUTH, WORLDS, Cell
from .worlds import TERMS, draw

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
    frame = draw(cell, cell.generator(WORLDS, number))
    try:
        found = _fitted(cell, frame)
    except InterclustError as error:
        yield _failure(number, "fit", error)
        return
    for kind in cell.kinds(number):
        try:
            covariance = found.covariance(kind, replications=DRAWS, seed=number)
        except InterclustError as error:
            yield _failure(number, kind, error)
            continue
        std_errors = np.sqrt(np.diag(covariance.matrix)).tolist()
        repaired = [covariance.clipped > 0 or k in covariance.floored for k in range(len(std_errors))]
        lines = zip(found.terms, found.coefficients.tolist(), std_errors, repaired, strict=True)
        for term, estimate, std_error, mended in lines:
            yield number, kind, term, estimate, std_error, covariance.df, mended


def _failure(number: int, kind: str, error: InterclustError) -> tuple[Any, ...]:
    return number, f"{kind}: {error}", None, np.nan, np.nan, np.nan, False


def _fitted(cell: Cell, frame: pd.DataFrame) -> Fit:
    project = "projects" if "projects" in frame else None
    found = fit(FORMULA, frame, cell.family, project=project, threads=1)
    if not found.converged:
        raise InterclustError("the search did not converge")
    return found


def truth(cell: Cell) -> pd.DataFrame:
    """The pseudo-true value of each term (term, value, std_error), from ``cell.truth_worlds`` worlds at once.

    Its standard error is the dyadic one: clusters of different worlds are different.
    """
    import pandas as pd

    worlds = [
        _apart(draw(cell, cell.generator(TRUTH, number)), number, cell) for number in range(cell.truth_worlds)
    ]
    found = fit(FORMULA, pd.concat(worlds, ignore_index=True), cell.family)
    errors = np.sqrt(np.diag(found.covariance("dyadic").matrix))
    return pd.DataFrame({"term": found.terms, "value": found.coefficients, "std_error": errors})


def _apart(frame: pd.DataFrame, world: int, cell: Cell) -> pd.DataFrame:
    """The frame without its projects, the clusters numbered apart from those of other worlds."""
    first = world * cell.clusters
    ends = {end: frame[end] + first for end in ("cluster_i", "cluster_j")}
    return frame.drop(columns="projects", errors="ignore").assign(**ends)

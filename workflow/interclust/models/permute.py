"""A panel model over all active dyads, tested by permutations of clusters (inference/mrqap.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError, NotEstimable
from ..inference.mrqap import INTERCEPT, mrqap, no_terms
from ..inference.permutations import Progress
from .formula import Design, Formula, learn
from .rows.batches import Batch
from .rows.data import Data
from .specification import panel_data, parts_of

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray
Spec = Mapping[str, Any]

COHORT = "cohort"
# Numbers in all matrices of a model (2 GB): permutations are for networks that fit in memory.
MOST_NUMBERS = 2**28


def permute(
    spec: Spec, folder: Path, threads: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """The MRQAP of a specification from the files of results/<study>, in the columns of ``inference.mrqap``.

    ``permutations`` of the specification gives ``number``, ``seed``, and ``within``: with ``cohort`` clusters
    change places with those only that came to the panel in the same period. Period effects and duration stay
    in the regression and are not tested. The rows are those of the fit; a dyad that is not active in a
    period, or lacks a feature, is missing there. A sample that cannot bear the model gives a table without
    rows.
    """
    formula = parts_of(spec)[1]
    matrices = Matrices.of(formula, panel_data(spec, formula, folder, None, threads, ["period"]))
    chosen = spec["permutations"]
    cohorts = None
    if chosen.get("within") == COHORT:
        every = Formula(formula.outcome, ((),))  # without terms no row is dropped for a missing one
        first = first_periods(panel_data(spec, every, folder, None, threads, ["period"]))
        cohorts = first[matrices.nodes]
    try:
        return mrqap(
            matrices.outcome,
            matrices.terms,
            family=spec["family"],
            permutations=chosen.get("number", 2000),
            seed=chosen.get("seed", 1),
            cohorts=cohorts,
            threads=threads,
            progress=progress,
            untested=matrices.of_time,
        )
    except NotEstimable:
        return no_terms()


@dataclass(frozen=True)
class Matrices:
    """Outcome and terms (T, n, n) of the n clusters that have rows, and the number (n,) of each cluster.

    ``of_time`` names the terms that describe the period, or the time of the dyad in the panel.
    """

    outcome: Array
    terms: dict[str, Array]
    nodes: Array
    of_time: list[str]

    @classmethod
    def of(cls, formula: Formula, data: Data) -> Matrices:
        """From the rows of a model; NaN where a dyad has none."""
        batches = list(data.batches())
        if not batches:
            raise ModelError("permutations: no dyad and period has all terms; see features/moments.json")
        design = Design(formula, learn(formula, (batch.columns for batch in batches)))
        period, y = (_joined(batches, name) for name in ("period", str(formula.outcome)))
        X = np.concatenate([design.matrix(batch.columns) for batch in batches])
        ends = np.concatenate([*(batch.i for batch in batches), *(batch.j for batch in batches)])
        periods, t = np.unique(period, return_inverse=True)
        nodes, place = np.unique(ends, return_inverse=True)
        _check_size(len(periods), len(nodes), len(design.names))
        i, j = place[: len(y)], place[len(y) :]

        def matrix(values: Array) -> Array:
            filled = np.full((len(periods), len(nodes), len(nodes)), np.nan)
            filled[t, i, j] = filled[t, j, i] = values
            return filled

        terms = {name: matrix(X[:, k]) for k, name in enumerate(design.names) if name != INTERCEPT}
        return cls(matrix(y), terms, nodes, of_time(formula, design))


def _joined(batches: Sequence[Batch], name: str) -> Array:
    """One column of all rows."""
    return np.concatenate([batch.columns[name] for batch in batches])


def first_periods(data: Data) -> Array:
    """The first period (N,) in which each cluster has a row; infinite for one that has none."""
    first = np.full(data.n_nodes, np.inf)
    for batch in data.batches():
        for end in (batch.i, batch.j):
            np.minimum.at(first, end, batch.columns["period"])
    return first


def of_time(formula: Formula, design: Design) -> list[str]:
    """The names of columns made of the period or of a duration alone."""
    clock = ("period", "periods_at_risk", "periods_since_first_tie", "periods_since_last_tie")
    terms = tuple(term for term in formula.terms if term and all(factor.column in clock for factor in term))
    if not terms:
        return []
    return [name for name in Design(Formula(None, ((), *terms)), design.moments).names if name != INTERCEPT]


def _check_size(periods: int, nodes: int, terms: int) -> None:
    """Raise ModelError for matrices that would not fit in memory."""
    if periods * nodes**2 * (terms + 1) > MOST_NUMBERS:
        raise ModelError(
            f"permutations: {nodes} clusters in {periods} periods are too many for whole matrices; leave the "
            "key out, the dyadic jackknife has no such limit"
        )

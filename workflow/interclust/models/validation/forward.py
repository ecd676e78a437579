"""Forward chaining: a model fitted to the periods before t forecasts t, for every t with enough before.

What a forecast knows is what was known then: coefficients, the means of centred terms and the levels of
factors come from the rows of earlier periods alone, and the features of t are of what was known before t
(panel/history.py). Whether a period is forecast depends on the periods before it, never on its own events:
to leave out periods without an event would choose rows by their outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ModelError, NotEstimable
from ...numerics.families import Family
from ..fit import Fit, fit_data
from ..formula import Formula, Moments
from ..parts import needed_columns
from ..rows.batches import Batch, Columns
from ..rows.data import Data
from ..rows.derived import select

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray
# The forecast (m,) of the rows of the second batch by what the rows of the first taught.
Predictor = Callable[[Batch, Batch], Array]

FAMILIES = ("logit", "cloglog", "firth")
MODEL = "model"


@dataclass(frozen=True)
class Question:
    """What is forecast: a model of a binary outcome, and the column that orders its rows in time."""

    formula: Formula
    family: Family
    period: str = "period"
    offset: str | None = None
    weights: str | None = None

    def __post_init__(self) -> None:
        """Refuse what has no probability to forecast."""
        if self.family.name not in FAMILIES:
            raise ModelError(
                f"validation is of forecast probabilities: family {self.family.name!r} gives none; "
                f"there are {', '.join(FAMILIES)}"
            )

    @property
    def outcome(self) -> str:
        """The column of the outcome."""
        return str(self.formula.outcome)

    @property
    def columns(self) -> list[str]:
        """The columns that a row must have to be forecast."""
        return needed_columns(self.formula, None, self.outcome, self.offset, self.weights, self.period)

    @property
    def carries(self) -> bool:
        """Whether it has an effect of every period, of which a new one has none."""
        factors = (factor for term in self.formula.terms for factor in term)
        return any(factor.kind == "C" and factor.column == self.period for factor in factors)


@dataclass(frozen=True)
class Forecasts:
    """The rows that were forecast, their outcomes (n,) and forecasts (n,) by predictor, the model first.

    ``missed`` says of every period that was to be forecast and could not be, why.
    """

    rows: Batch
    period: Array
    outcome: Array
    by: Mapping[str, Array]
    n_nodes: int
    missed: Mapping[Any, str] = field(default_factory=dict)

    def of(self, keep: Array) -> Forecasts:
        """The rows flagged (n,)."""
        by = {name: values[keep] for name, values in self.by.items()}
        return Forecasts(self.rows.select(keep), self.period[keep], self.outcome[keep], by, self.n_nodes)


def forward(
    question: Question,
    data: Data,
    baselines: Mapping[str, Predictor],
    start: Any = None,
    min_events: int = 10,
) -> Forecasts:
    """Forecast every period from ``start`` on (None: the first) that has ``min_events`` events before it.

    ``data`` hold ``question.columns`` and what the baselines read; all rows that are forecast, with the
    columns of the baselines, stand in memory. Every predictor forecasts the same rows. Raises NotEstimable
    if no period can be forecast, with the reason of the last.
    """
    rows = gathered(data)
    when, outcome = rows.columns[question.period], rows.columns[question.outcome]
    found: dict[str, list[Array]] = {name: [] for name in (MODEL, *baselines)}
    kept: list[Array] = []
    missed: dict[Any, str] = {}
    for period in _periods(when, start):
        before, here = np.flatnonzero(when < period), np.flatnonzero(when == period)
        events = int(outcome[before].sum())
        if events < max(min_events, 1):
            missed[period] = f"{events} events before it, at least {max(min_events, 1)} are needed"
            continue
        past, new = rows.select(when < period), rows.select(when == period)
        try:
            found[MODEL].append(by_model(question, data, period, new))
        except NotEstimable as error:
            missed[period] = str(error)
            continue
        for name, predictor in baselines.items():
            found[name].append(predictor(past, new))
        kept.append(here)
    if not kept:
        raise NotEstimable(f"no period can be forecast: {_last(missed)}", {"rows": len(rows)})
    return _assembled(rows, when, outcome, np.concatenate(kept), found, data.n_nodes, missed)


def _periods(when: Array, start: Any) -> list[Any]:
    """The periods to be forecast, in order."""
    periods = np.unique(when).tolist()
    return [period for period in periods if start is None or period >= start]


def _last(missed: Mapping[Any, str]) -> str:
    if not missed:
        return "there is none from the first on that is asked for"
    period, reason = list(missed.items())[-1]
    return f"of {named(period)}, {reason}"


def named(period: Any) -> str:
    """A period as it is printed: whole numbers without a decimal point."""
    return str(int(period)) if isinstance(period, float) and period.is_integer() else str(period)


def _assembled(
    rows: Batch,
    when: Array,
    outcome: Array,
    order: Array,
    found: Mapping[str, Sequence[Array]],
    n_nodes: int,
    missed: Mapping[Any, str],
) -> Forecasts:
    """Forecasts in the order of the rows of the data."""
    keep = np.zeros(len(rows), dtype=bool)
    keep[order] = True
    place = np.argsort(order, kind="stable")
    by = {name: np.concatenate(parts)[place] for name, parts in found.items()}
    return Forecasts(rows.select(keep), when[keep], outcome[keep], by, n_nodes, missed)


def by_model(question: Question, data: Data, period: Any, new: Batch) -> Array:
    """Probabilities (m,) of the rows ``new`` of ``period`` by the fit to the rows before it.

    Firth's are those of FLIC, which sum to the events of the rows fitted. Raises NotEstimable where the
    rows before cannot bear the model, or the search does not converge.
    """
    past = select(data, partial(_before, question.period, period))
    beside = (question.offset, question.weights)
    fit = fit_data(question.formula, question.outcome, question.family, past, *beside)
    if not fit.converged:
        raise NotEstimable("the search did not converge")
    return fit.predict(_frame(question, fit, new), "flic" if question.family.jeffreys else None)


def _before(column: str, period: Any, batch: Batch) -> Array:
    earlier: Array = batch.columns[column] < period
    return earlier


def _frame(question: Question, fit: Fit, new: Batch) -> pd.DataFrame:
    """The columns that a fit predicts from, with known levels only."""
    import pandas as pd

    names = [*question.formula.columns, *([question.offset] if question.offset else [])]
    frame = pd.DataFrame({name: new.columns[name] for name in names}, index=range(len(new)))
    moments: Moments = fit.likelihood.designs[0].moments
    for column, levels in moments.levels.items():
        frame[column] = carried(frame[column].to_numpy(), levels, column, ordered=column == question.period)
    return frame


def carried(values: Array, levels: Sequence[Any], column: str, ordered: bool) -> Array:
    """Levels of a factor as an earlier fit knows them: a new one is forecast by the last known before it.

    So a new period has the effect of the period before, and a new duration that of the longest seen. Below
    all known levels it is the lowest. Raises NotEstimable for a new level in words, which has no order
    (``ordered`` says that it has).
    """
    known = np.array(levels, dtype=object if isinstance(levels[0], str) else float)
    new = ~np.isin(values, known)
    if not new.any():
        return values
    if known.dtype == object and not ordered:
        raise NotEstimable(
            f"{column} = {values[new][0]!r} is new in it, so that it has no effect to forecast by"
        )
    place = np.maximum(np.searchsorted(known, values[new], side="right") - 1, 0)
    filled = values.copy()
    filled[new] = known[place]
    return filled


def gathered(data: Data) -> Batch:
    """All rows of data as one batch."""
    batches = list(data.batches())
    if not batches:
        raise ModelError("no row is left to forecast; look at the sample and at missing values")
    names = list(batches[0].columns)
    columns = {name: np.concatenate([_stored(batch, name) for batch in batches]) for name in names}
    starts = np.cumsum([0, *(len(batch) for batch in batches)])
    pieces = [batch.piece_rows + begin for batch, begin in zip(batches, starts[:-1], strict=True)]
    left, right = (np.concatenate([getattr(batch, end) for batch in batches]) for end in ("i", "j"))
    projects = np.concatenate([batch.piece_projects for batch in batches])
    return Batch(Columns(columns), left, right, np.concatenate(pieces), projects)


def _stored(batch: Batch, name: str) -> Array:
    return batch.columns.stored[name][batch.columns.rows]

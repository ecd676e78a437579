"""The table of scores of every predictor, over all periods and by period, with errors that respect dyads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ...inference.covariance import by_dyad, dyadic
from ...inference.intervals import critical_value
from ...inference.rows import Rows
from ...inference.sums import ScoredRows, gather
from . import influence
from .baselines import PREVALENCE
from .forward import MODEL, Forecasts, named
from .influence import Score

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

POOLED = "pooled"
COLUMNS = ("predictor", "period", "metric", "estimate", "conf_low", "conf_high", "n_rows", "n_events", "note")
# With fewer events an interval would say more than it knows.
INTERVAL_EVENTS = 10
FEW_EVENTS, ONE_CLASS, NOT_FORECAST, CARRIED = "few_events", "one_class", "not_forecast", "level_carried"


def score_table(forecasts: Forecasts, carries: bool = False, level: float = 0.95) -> pd.DataFrame:
    """Rows of ``COLUMNS``: scores over all forecast periods (``pooled``), then by period.

    ``note`` says what to mind: few_events (no interval), one_class (no area, for the rows are all events or
    none), level_carried (``carries``: the model's level is that of the period before), not_forecast: why (one
    row a period). ``<score>_lead`` is the model's score minus that of the predictor.
    """
    import pandas as pd

    rows = list(_lines(forecasts, POOLED, _pooled(forecasts), level, CARRIED if carries else ""))
    for period in np.unique(forecasts.period).tolist():
        own = forecasts.of(forecasts.period == period)
        rows += _lines(own, named(period), _of_period(own), level, "")
    for period, reason in forecasts.missed.items():
        rows.append({"predictor": MODEL, "period": named(period), "note": f"{NOT_FORECAST}: {reason}"})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n_rows": "Int64", "n_events": "Int64"})


def _pooled(forecasts: Forecasts) -> dict[tuple[str, str], Score]:
    """Every score over all rows, by predictor and name."""
    found: dict[tuple[str, str], Score] = {}
    y, reference = forecasts.outcome, forecasts.by.get(PREVALENCE)
    for predictor, p in forecasts.by.items():
        intercept, slope = influence.calibration(y, p)
        own = {
            "roc_auc": influence.roc_auc(y, p),
            "roc_auc_within": influence.roc_auc_within(y, p, forecasts.period),
            "pr_auc": influence.pr_auc(y, p),
            "brier": influence.brier(y, p),
            "log_score": influence.log_score(y, p),
            "calibration_intercept": intercept,
            "calibration_slope": slope,
        }
        if predictor == PREVALENCE:  # the same for all rows of a period
            del own["calibration_slope"]
        elif reference is not None:
            own["brier_skill"] = influence.brier_skill(y, p, reference)
        found |= {(predictor, metric): score for metric, score in own.items()}
    for predictor in forecasts.by:
        for metric in ("roc_auc_within", "pr_auc") if predictor != MODEL else ():
            lead = found[MODEL, metric].minus(found[predictor, metric])
            found[predictor, f"{metric}_lead"] = lead
    return found


def _of_period(forecasts: Forecasts) -> dict[tuple[str, str], Score]:
    """The scores that a single period can have."""
    metrics = {
        "roc_auc": influence.roc_auc,
        "pr_auc": influence.pr_auc,
        "brier": influence.brier,
        "log_score": influence.log_score,
    }
    return {
        (predictor, metric): score(forecasts.outcome, p)
        for predictor, p in forecasts.by.items()
        for metric, score in metrics.items()
    }


def _lines(
    forecasts: Forecasts, period: str, found: Mapping[tuple[str, str], Score], level: float, note: str
) -> Iterator[dict[str, Any]]:
    rows, events = len(forecasts.outcome), int(forecasts.outcome.sum())
    few = min(events, rows - events) < INTERVAL_EVENTS
    limits = [(np.nan, np.nan)] * len(found) if few else intervals(list(found.values()), forecasts, level)
    if few:
        note = FEW_EVENTS if 0 < events < rows else ONE_CLASS
    for ((predictor, metric), score), (low, high) in zip(found.items(), limits, strict=True):
        own = "" if note == CARRIED and predictor != MODEL else note
        values = (predictor, period, metric, score.value, low, high, rows, events, own)
        yield dict(zip(COLUMNS, values, strict=True))


def intervals(scores: list[Score], forecasts: Forecasts, level: float = 0.95) -> list[tuple[float, float]]:
    """Limits of each score: Student's with clusters - 1, of its log odds where it lies between 0 and 1."""
    errors, df = standard_errors(scores, forecasts)
    width = critical_value(df, level)
    return [_limits(score, width * error) for score, error in zip(scores, errors.tolist(), strict=True)]


def standard_errors(scores: list[Score], forecasts: Forecasts) -> tuple[Array, float]:
    """Errors (k,) of scores whose rows depend when they share a cluster or a project, and degrees of freedom.

    The dyadic sandwich of docs/methods.md (2) with the influences for scores; a variance below that of pairs
    alone is raised to it. It takes the forecasts as they are: that another past would have taught others
    is not in it.
    """
    effects = np.column_stack([np.nan_to_num(score.influence) for score in scores])
    rows = forecasts.rows
    batch = ScoredRows(
        rows.i, rows.j, rows.piece_rows, rows.piece_projects, lambda which: Rows.of_scores(effects[which])
    )
    sums = gather([lambda: batch], np.eye(len(scores)), forecasts.n_nodes, jackknife=False)
    whole = dyadic(sums, clip=False)
    variance = np.maximum(np.diag(whole.matrix), np.diag(by_dyad(sums).matrix))
    return np.sqrt(variance), float(np.min(whole.df))


def _limits(score: Score, reach: float) -> tuple[float, float]:
    """No interval for a score that no row moves, such as an area of one."""
    value = score.value
    if np.isnan(value) or reach <= 0 or (score.bounded and not 0 < value < 1):
        return np.nan, np.nan
    if not score.bounded:
        return value - reach, value + reach
    odds, wide = np.log(value / (1 - value)), reach / (value * (1 - value))
    low, high = 1 / (1 + np.exp(-(odds - wide))), 1 / (1 + np.exp(-(odds + wide)))
    return float(low), float(high)

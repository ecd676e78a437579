"""The calibration curve: in bins of the forecast, how often the event came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import betaincinv

from ...inference.intervals import critical_value
from .forward import Forecasts
from .influence import Score
from .scores import standard_errors

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

COLUMNS = ("predictor", "bin", "forecast", "observed", "conf_low", "conf_high", "n_rows", "n_events")


def calibration_curve(forecasts: Forecasts, bins: int = 10, level: float = 0.95) -> pd.DataFrame:
    """Rows of ``COLUMNS``: mean forecast and share of events in bins that hold about as many forecasts each.

    Rows with the same forecast stand in one bin, so that there may be fewer. Limits are those of Korn &
    Graubard (1998, Survey Methodology 24): Clopper and Pearson's with the number of independent rows that
    would have the error found, which shared clusters and projects make smaller.
    """
    import pandas as pd

    rows = [row for name, p in forecasts.by.items() for row in _bins(forecasts, name, p, bins, level)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _bins(forecasts: Forecasts, name: str, p: Array, bins: int, level: float) -> Iterator[dict[str, Any]]:
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, p, side="left")
    held = [place == number for number in np.unique(place)]
    shares = [_share(forecasts.outcome, inside) for inside in held]
    errors, df = standard_errors(shares, forecasts)
    for number, (inside, share, error) in enumerate(zip(held, shares, errors.tolist(), strict=True), start=1):
        n, events = int(inside.sum()), int(forecasts.outcome[inside].sum())
        low, high = _limits(events, n, error, df, level)
        values = (name, number, float(p[inside].mean()), share.value, low, high, n, events)
        yield dict(zip(COLUMNS, values, strict=True))


def _share(y: Array, inside: Array) -> Score:
    """The share of events in a bin."""
    value = float(y[inside].mean())
    return Score(value, np.where(inside, y - value, 0.0) / inside.sum(), bounded=True)


def _limits(events: int, n: int, error: float, df: float, level: float) -> tuple[float, float]:
    """Clopper and Pearson's limits with the effective number of rows (never above n)."""
    share, tail = events / n, (1.0 - level) / 2.0
    effective = float(n)
    if error > 0:
        spread = (critical_value(max(n - 1, 1), level) / critical_value(df, level)) ** 2
        effective = min(n, share * (1 - share) / error**2 * spread)
    hits = share * effective
    low = betaincinv(hits, effective - hits + 1, tail) if hits > 0 else 0.0
    high = betaincinv(hits + 1, effective - hits, 1 - tail) if hits < effective else 1.0
    return float(low), float(high)

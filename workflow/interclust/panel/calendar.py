"""The periods of a panel and the place of every project in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from ..records import Records
    from .settings import PanelSettings

Array = np.ndarray

# Numbers of calls stay below; periods from here on are years.
FIRST_YEAR = 1000


@dataclass(frozen=True)
class Calendar:
    """periods (T,) int16 increasing; reference (T,) datetime64[D]; panel (T,) the periods with rows.

    Periods before ``panel`` are history only (``first`` and ``burn_in`` of the settings). ``derived``: the
    periods are years made from records by call.
    """

    periods: Array
    reference: Array
    panel: Array
    derived: bool

    def position(self, period: int) -> int:
        """Place of a period; ConfigError if the study has no such period."""
        place = int(np.searchsorted(self.periods, period))
        if place == len(self.periods) or self.periods[place] != period:
            raise ConfigError(f"there is no period {period}; the periods are {_span(self.periods)}")
        return place

    def positions(self, period: Array) -> Array:
        """Places of many periods, -1 where null or outside (NaN is null)."""
        given = np.asarray(period, dtype=float)
        known = np.isfinite(given) & np.isin(given, self.periods)
        place = np.full(len(given), -1, dtype=np.int32)
        place[known] = np.searchsorted(self.periods, given[known].astype(np.int64))
        return place


def of(records: Records, settings: PanelSettings) -> Calendar:
    """The calendar of the study's unit.

    Records by call give years too: the reference day of a year is then ``year_reference`` (1 January:
    an announcement in the middle of a year, less six months), and its projects are those of that year.
    ``settings.years`` reaches further than the projects, where the outcome does.
    """
    derived = _derived(records, settings)
    if derived:
        years = np.array([*records.projects["year"].dropna(), *(settings.years or ())], dtype=np.int64)
        periods = np.arange(years.min(), years.max() + 1) if len(years) else np.zeros(0)
        days = [f"{year:04d}-{settings.year_reference}" for year in periods.astype(int)]
        reference = np.array(days, dtype="datetime64[D]")
    else:
        periods = records.periods["period"].to_numpy()
        reference = records.periods["reference"].to_numpy().astype("datetime64[D]")
    order = np.argsort(periods, kind="stable")
    return _limited(periods[order].astype(np.int16), reference[order], derived, settings)


def project_period(records: Records, settings: PanelSettings, calendar: Calendar) -> Array:
    """Place of every project in the calendar (P,) int32, -1 where it has no period the study accepts.

    With ``undated`` first or last, a project without a period has the first or last one that its window,
    as ingest has narrowed it (for derived years: as it was announced), allows.
    """
    projects = records.projects
    if calendar.derived:
        place = calendar.positions(_floats(projects["year"]))
        limits = [_year(projects[f"announced_{limit}"]) for limit in ("low", "high")]
    else:
        accepted = projects["period_basis"].isin(settings.period_basis).to_numpy()
        place = np.where(accepted, calendar.positions(_floats(projects["period"])), -1)
        limits = [_floats(projects[f"period_{limit}"]) for limit in ("low", "high")]
    if settings.undated != "out":
        limited = ~np.isnan(limits[0]) & ~np.isnan(limits[1]) & (place < 0)
        limited &= (projects["period_basis"] == "none").to_numpy() | calendar.derived
        bound = calendar.positions(limits[0 if settings.undated == "first" else 1])
        place = np.where(limited, bound, place)
    return place.astype(np.int32)


def _limited(periods: Array, reference: Array, derived: bool, settings: PanelSettings) -> Calendar:
    """Drop what lies after ``last`` and mark which periods have rows."""
    if (np.diff(reference) < np.timedelta64(0, "D")).any():
        raise ConfigError("the reference days of the periods decrease; check the dates of the calls")
    for name, limit in (("first", settings.first), ("last", settings.last)):
        if limit is not None and limit not in periods:
            raise ConfigError(f"panel.{name} is {limit}; the records have the periods {_span(periods)}")
    kept = periods <= settings.last if settings.last is not None else np.ones(len(periods), bool)
    periods, reference = periods[kept], reference[kept]
    start = int(np.searchsorted(periods, settings.first)) if settings.first is not None else 0
    panel = np.arange(len(periods)) >= start + settings.burn_in
    return Calendar(periods, reference, panel, derived)


def _derived(records: Records, settings: PanelSettings) -> bool:
    in_years = len(records.periods) > 0 and int(records.periods["period"].min()) >= FIRST_YEAR
    return settings.unit == "year" and (not in_years or settings.years is not None)


def _floats(column: pd.Series) -> Array:
    return column.astype("float64").to_numpy(dtype=float, na_value=np.nan)


def _year(column: pd.Series) -> Array:
    return column.dt.year.astype("float64").to_numpy(dtype=float, na_value=np.nan)


def _span(periods: Array) -> str:
    return f"{periods.min()} to {periods.max()}" if len(periods) else "none"

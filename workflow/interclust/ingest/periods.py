"""Periods and their reference days: the day by which labels were given and registry facts are taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import ConfigError, InputError
from .cells import interval, number
from .dates import FIRST_YEAR, LAST_YEAR, Interval, months_before
from .rows import Refusal, Row
from .tables import Once, Table, read_table

LABEL_MONTHS = 6  # labels are given before the deposit closes, about half a year before the announcement

MOST = 2_000_000_000  # of a count: its column holds little more
COUNTS = ("period", "financed", "financed_low", "financed_high", "colabelled", "cumulative")

Settings = Mapping[str, Any]
Periods = dict[int, dict[str, Any]]


def read_periods(root: Path, spec: Settings) -> tuple[Periods, list[Table]]:
    """The periods ``first`` to ``last`` of the study with reference day, basis and published totals.

    ``spec`` is ``ingest.periods``: unit (call or year), first, last and, for calls, a file. A year's
    reference day is its first. Raises InputError if a period is missing or reference days decrease.
    """
    for key in ("first", "last"):
        if key not in spec:
            raise ConfigError(
                f"panel.{key} is not set; give the number of the {key} {spec.get('unit', 'period')}"
            )
    wanted = range(spec["first"], spec["last"] + 1)
    if "file" not in spec or spec["unit"] == "year":
        if spec["unit"] != "year":
            raise ConfigError(
                "ingest.periods has no file; a study by calls needs their dates, or set panel.unit: year"
            )
        for key in ("first", "last"):
            if not FIRST_YEAR <= spec[key] <= LAST_YEAR:
                raise ConfigError(
                    f"panel.{key} is {spec[key]}, expected a year between {FIRST_YEAR} and {LAST_YEAR}"
                )
        return {year: _year(year) for year in wanted}, []
    table = read_table(root, spec, "ingest.periods", ("period",), COUNTS)
    once = Once("period")

    def call(row: Row) -> tuple[int, dict[str, Any]]:
        period, values = _call(row)
        once.check(period, row)
        return period, values

    found = dict(table.accept(call))
    for period in wanted:
        if period not in found:
            first = min(table.refused, key=lambda item: item.line, default=None)
            why = f" (line {first.line} cannot be used: {first.reason})" if first else ""
            raise InputError(
                f"the call {period} is missing{why}",
                file=table.file,
                remedy="add its row or narrow the panel",
            )
    periods = {period: found[period] for period in wanted}
    _check_order(periods, table.file)
    return periods, [table]


def _year(year: int) -> dict[str, Any]:
    row = {
        "period": year,
        "label": str(year),
        "reference": date(year, 1, 1),
        "reference_basis": "start of the year",
    }
    return {
        **row,
        "n_financed_low": None,
        "n_financed_high": None,
        "n_colabelled": None,
        "cumulative": None,
        "announced_low": None,
    }


def _call(row: Row) -> tuple[int, dict[str, Any]]:
    period = _count(row, "period")
    if period is None:
        raise Refusal("period", "the period has no number", "number it")
    opened, closed, announced = (interval(row, key) for key in ("opened", "closed", "announced"))
    reference, basis = reference_day(opened, closed, announced)
    if reference is None:
        raise Refusal(
            "announced", "the call has no date at all", "give the day it closed, was announced or opened"
        )
    financed = _count(row, "financed")
    low, high = _count(row, "financed_low"), _count(row, "financed_high")
    low, high = (financed if one is None else one for one in (low, high))
    if low is not None and high is not None and low > high:
        raise Refusal("financed_high", "less than the lower bound", "correct one of the two")
    return period, {
        "period": period,
        "label": row["label"] or f"call {period}",
        "reference": reference,
        "reference_basis": basis,
        "n_financed_low": low,
        "n_financed_high": high,
        "announced_low": announced.low if announced else None,
        "n_colabelled": _count(row, "colabelled"),
        "cumulative": _count(row, "cumulative"),
    }


def reference_day(
    opened: Interval | None, closed: Interval | None, announced: Interval | None
) -> tuple[date | None, str]:
    """The day by which labels were given, and its basis.

    The closing; else the middle of the announcement less six months, but not before the call opened;
    else the opening. Intervals count by their middle, the opening by its first day.
    """
    start = opened.low or opened.high if opened else None
    if closed:
        return closed.middle, "closing"
    if announced:
        day = months_before(announced.middle, LABEL_MONTHS)
        if start and day < start:
            return start, "opening (announcement - 6 months falls before it)"
        return day, "announcement - 6 months"
    return start, "opening"


def _count(row: Row, column: str) -> int | None:
    value = number(row, column)
    if value is not None and (value < 0 or value != int(value)):
        raise Refusal(column, "not a count", "give a whole number")
    if value is not None and value > MOST:
        raise Refusal(column, f"more than {MOST}", "correct the number")
    return None if value is None else int(value)


def _check_order(periods: Periods, file: str) -> None:
    before: dict[str, Any] | None = None
    for row in periods.values():
        if before and row["reference"] < before["reference"]:
            raise InputError(
                f"the reference day of period {row['period']} ({row['reference']}, {row['reference_basis']}) "
                f"falls before that of period {before['period']} ({before['reference']})",
                file=file,
                remedy="correct the dates of one of them",
            )
        before = row

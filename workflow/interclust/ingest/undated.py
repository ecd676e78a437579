"""Projects without a period: the first and last one that dates, names and lives allow."""

from __future__ import annotations

from datetime import date
from typing import Any

from .dates import BEGINNING, Interval, months_before
from .names.known_names import Name
from .periods import Periods
from .projects import Project

# What a page prints (an announcement, a new name) follows the reference day by so many months at most.
LONGEST_DELAY_MONTHS = 12


def set_window(project: Project, periods: Periods) -> None:
    """Set ``window`` of a project that has no period and names none outside the study.

    A period is possible if its reference day lies within a year before what the row prints of time, if
    the printed names were in use, and if every body named was active. Nothing is set if no period is.
    """
    stated = project.call is not None or project.inferred is not None
    if project.period is not None or stated:
        return
    printed = printed_time(project)
    possible = [
        number
        for number, row in periods.items()
        if (printed is None or _announced(row, printed)) and _named(project, row["reference"])
    ]
    if possible and (printed is not None or len(possible) < len(periods)):
        project.window = (possible[0], possible[-1])


def label_time(project: Project, periods: Periods) -> Interval | None:
    """When names are read: the period's reference day, else the days that the row's own time allows."""
    if project.period is not None:
        reference: date = periods[project.period]["reference"]
        return Interval(reference, reference)
    return printed_time(project)


def printed_time(project: Project) -> Interval | None:
    """The days that the row's own date or year allows."""
    if project.announced is not None or project.year is None:
        return project.announced
    return Interval(date(project.year, 1, 1), date(project.year, 12, 31))


def _announced(row: dict[str, Any], printed: Interval) -> bool:
    """Whether projects of the period may be printed with that time."""
    begun = row["announced_low"] or row["reference"]
    earliest = months_before(printed.low or BEGINNING, LONGEST_DELAY_MONTHS)
    return bool(begun <= printed.high and earliest <= row["reference"] <= printed.high)


def _named(project: Project, reference: date) -> bool:
    """Whether every body named was active at the reference day and its name in use then, or soon after."""
    day = Interval(reference, reference)
    return all(
        mention.resolution.body.active(day) and any(map(_in_use(reference), mention.resolution.names))
        for mention in project.mentions
        if mention.resolution.body is not None
    )


def _in_use(reference: date) -> Any:
    def check(name: Name) -> bool:
        begun = name.valid_from is None or months_before(name.valid_from, LONGEST_DELAY_MONTHS) <= reference
        return begun and (name.valid_to is None or reference <= name.valid_to)

    return check

"""Printed dates of any precision as closed intervals of days."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from .text import plain

FIRST_YEAR, LAST_YEAR = 1800, 2100
BEGINNING = date(1900, 1, 1)  # stands for "no known beginning" where a table needs a day
ABOUT_YEARS = 1  # "c.2014" is taken as 2013 to 2015

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv january jan",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept september sep",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}
BY = re.compile(r"^(?:by|au plus tard|d'ici|jusqu'a|until|no later than)\s+(.+)$")
BEFORE = re.compile(r"^(?:before|avant)\s+(.+)$")
ABOUT = re.compile(r"^(?:c\.|ca\.?|circa|vers|about|environ|~)\s*(\d{4})$")
RANGE = re.compile(
    r"^(\d{4}(?:-\d{1,2}(?:-\d{1,2})?)?)\s*(?:/|\.\.|–|—|\s(?:to|a|-)\s)\s*(\d{4}(?:-\d{1,2}(?:-\d{1,2})?)?)$"
)
YEARS = re.compile(r"^(\d{4})-(\d{4})$")
ISO = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[t ]\d{2}:\d{2}.*)?$")
DAY_FIRST = re.compile(r"^(?:(\d{1,2})[-/.])?(\d{1,2})[-/.](\d{4})$")
WORDS = re.compile(r"^(?:(\d{1,2})(?:er|st|nd|rd|th)?\s+)?([a-z]+)\.?,?\s+(\d{4})$")


@dataclass(frozen=True)
class Interval:
    """The days a printed date may mean, both ends included; ``low`` is None for "by 2018"."""

    low: date | None
    high: date

    @property
    def middle(self) -> date:
        """The middle day (the last one where the beginning is not known)."""
        return self.high if self.low is None else self.low + (self.high - self.low) // 2


def parse_date(text: str) -> Interval | None:
    """Read a printed date; None for an empty cell.

    Understood: a day, month or year (2006-07-21, 21/07/2006, juillet 2006, 2006), a range
    (2014/2015), "by 2018", "before 2018", "c.2014". Raises ValueError with the reason otherwise.
    """
    cleaned = plain(text) if text else ""
    if not cleaned:
        return None
    if match := BY.match(cleaned):
        return Interval(None, _known(match[1]).high)
    if match := BEFORE.match(cleaned):
        after = _known(match[1]).low
        return Interval(None, (after or BEGINNING) - timedelta(days=1))
    if match := ABOUT.match(cleaned):
        year = int(match[1])
        return Interval(_days(year - ABOUT_YEARS).low, _days(year + ABOUT_YEARS).high)
    if match := YEARS.match(cleaned) or RANGE.match(cleaned):
        return _between(_known(match[1]), _known(match[2]))
    return _known(cleaned)


def _between(first: Interval, last: Interval) -> Interval:
    if first.low is not None and first.low > last.high:
        raise ValueError("the range ends before it begins")
    return Interval(first.low, last.high)


def _known(text: str) -> Interval:
    """A single day, month or year."""
    if match := ISO.match(text):
        return _days(*(int(part) for part in match.groups() if part))
    if match := DAY_FIRST.match(text):
        return _days(*(int(part) for part in (match[3], match[2], match[1]) if part))
    if (match := WORDS.match(text)) and match[2] in MONTHS:
        parts = [int(match[3]), MONTHS[match[2]]]
        return _days(*parts, *([int(match[1])] if match[1] else []))
    raise ValueError("not a date that can be read; write it as 2006, 2006-07 or 2006-07-21")


def _days(year: int, month: int | None = None, day: int | None = None) -> Interval:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the year {year} lies outside {FIRST_YEAR}-{LAST_YEAR}")
    if month is None:
        return Interval(date(year, 1, 1), date(year, 12, 31))
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    last = monthrange(year, month)[1]
    if day is None:
        return Interval(date(year, month, 1), date(year, month, last))
    if not 1 <= day <= last:
        raise ValueError(f"there is no day {day} in month {month} of {year}")
    return Interval(date(year, month, day), date(year, month, day))


def months_before(day: date, months: int) -> date:
    """The same day of the month ``months`` earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

"""Printed dates of any precision as closed intervals of days."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .text import plain, tidy

FIRST_YEAR, LAST_YEAR = 1800, 2100
LONGEST = 200  # signs of a printed date, remarks included; looking for spans in more would take long
UNREADABLE = "not a date that can be read; write it as 2006, 2006-07 or 2006-07-21"
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
SEASONS = {
    "printemps": (3, 6),
    "spring": (3, 6),
    "ete": (6, 9),
    "summer": (6, 9),
    "automne": (9, 12),
    "autumn": (9, 12),
}
WEEKDAY = re.compile(
    r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day),?\s+"
)
REMARK = re.compile(r"\s*\([^()]*\)$")
BY = re.compile(r"^(?:by|au plus tard|d'ici|jusqu'a|until|no later than)\s+(.+)$")
BEFORE = re.compile(r"^(?:before|avant)\s+(.+)$")
ABOUT = re.compile(r"^(?:c\.|ca\.?|circa|vers|about|environ|~)\s*(\d{4})$")
WITHIN = re.compile(r"^(?:debut|mi|fin|courant|early|mid|late|end of|beginning of|during)[\s-]+(.+)$")
SPAN = re.compile(r"^(?:entre|between|from|de|du)\s+(.+?)\s+(?:et|and|to|a|au)\s+(.+)$")
RANGES = tuple(
    map(re.compile, (r"\s*(?:\.\.|–|—)\s*", r"\s+(?:-|/|to|a|au)\s+", r"(?<=\d{4})\s*/\s*(?=\d{4}\b)"))
)
YEARS = re.compile(r"^(\d{4})\s*-\s*(\d{4})$")
ISO_RANGE = re.compile(r"^(\d{4}-\d{1,2}(?:-\d{1,2})?)\s*/\s*(\d{4}-\d{1,2}(?:-\d{1,2})?)$")
DAYS = re.compile(r"^(\d{1,2})(?:er)?\s*(?:-|/|–|et|and|au|to)\s*(\d{1,2})\s+([a-z]+)\.?\s+(\d{4})$")
MONTH_SPAN = re.compile(r"^([a-z]+)\s*(?:-|/|–|et|and|a|to)\s*([a-z]+)\s+(\d{4})$")
ISO = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[t ]\d{2}:\d{2}.*)?$")
FRACTION = re.compile(r"^\d{4}[.,]\d$")  # of a number: October is written 2014.10, of which 2014.1 is left
WHOLE_YEAR = re.compile(r"^(\d{4})\.0$")
COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
SIGNS = re.compile(r"^(?:(\d{1,2})[-/.])?(\d{1,2})[-/.](\d{4})(?:[t ]\d{1,2}:\d{2}.*)?$")
WORDS = re.compile(r"^(?:(\d{1,2})(?:er|st|nd|rd|th)?\s+)?([a-z]+)\.?,?\s+(\d{4})$")
MONTH_FIRST = re.compile(r"^([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")
QUARTER = re.compile(
    r"^(?:[qt]\s*([1-4])|([1-4])(?:er|e|eme|st|nd|rd|th)?\s+(?:trimestre|quarter))[\s/-]*(\d{4})$"
)
HALF = re.compile(r"^(?:[sh]\s*([12])|([12])(?:er|e|eme|st|nd)?\s+(?:semestre|semester|half))[\s/-]*(\d{4})$")
FORMAT_PARTS = {"day": ("%d", "%j", "%x", "%c"), "month": ("%m", "%b", "%B")}


@dataclass(frozen=True)
class Interval:
    """The days a printed date may mean, both ends included; ``low`` is None for "by 2018"."""

    low: date | None
    high: date

    @property
    def middle(self) -> date:
        """The middle day (the last one where the beginning is not known)."""
        return self.high if self.low is None else self.low + (self.high - self.low) // 2

    def meets(self, other: Interval) -> bool:
        """Whether some day may be meant by both."""
        mine, theirs = self.low or date.min, other.low or date.min
        return mine <= other.high and theirs <= self.high

    def __str__(self) -> str:
        if self.low == self.high:
            return self.high.isoformat()
        return f"{self.low.isoformat() if self.low else ''}..{self.high.isoformat()}"


def parse_date(text: str, writing: str | Sequence[str] = "day_first") -> Interval | None:
    """Read a printed date; None for an empty cell.

    Understood: a day, month, quarter, half or year (2006-07-21, 21/07/2006, 21 juillet 2006, July 2006,
    T3 2006, 2006), spans (2014/2015, entre mai et juin 2006, 12-14 mai 2009), "fin 2006" (the year),
    "by 2018", "before 2018", "c.2014". ``writing`` says whether 03/04/2006 begins with the day
    (``day_first``) or the month (``month_first``), or is a list of strptime formats that are tried first.
    Raises ValueError with the reason otherwise.
    """
    if len(text) > LONGEST:
        raise ValueError(UNREADABLE)
    formats = () if isinstance(writing, str) else writing
    for one in formats:
        found = _formatted(tidy(text), one)
        if found is not None:
            return found
    cleaned = plain(text) if text else ""
    cleaned = WEEKDAY.sub("", REMARK.sub("", cleaned))
    if not cleaned:
        return None
    return _read(cleaned, month_first=writing == "month_first")


def _formatted(text: str, form: str) -> Interval | None:
    """The day, month or year that a strptime format finds, whichever the format states."""
    try:
        when = datetime.strptime(text, form)
    except (ValueError, re.error):  # the latter for a format that names a part twice
        return None
    day = any(part in form for part in FORMAT_PARTS["day"])
    month = any(part in form for part in FORMAT_PARTS["month"])
    return _days(when.year, when.month if day or month else None, when.day if day else None)


def _read(text: str, month_first: bool) -> Interval:
    def known(part: str) -> Interval:
        return _known(part.strip(), month_first)

    if match := BY.match(text):
        return Interval(None, known(match[1]).high)
    if match := BEFORE.match(text):
        return Interval(None, (known(match[1]).low or BEGINNING) - timedelta(days=1))
    if match := ABOUT.match(text):
        year = int(match[1])
        return Interval(_days(year - ABOUT_YEARS).low, _days(year + ABOUT_YEARS).high)
    return _span(text, known) or known(text)


def _span(text: str, known: Callable[[str], Interval]) -> Interval | None:
    """Two dates with the time between them; None where the text is a single one."""
    if match := YEARS.match(text) or ISO_RANGE.match(text):
        return _between(known(match[1]), known(match[2]))
    if match := DAYS.match(text):
        return _between(
            known(f"{match[1]} {match[3]} {match[4]}"), known(f"{match[2]} {match[3]} {match[4]}")
        )
    if (match := MONTH_SPAN.match(text)) and match[1] in MONTHS:
        return _between(known(f"{match[1]} {match[3]}"), known(f"{match[2]} {match[3]}"))
    if match := SPAN.match(text):
        year = "" if re.search(r"\d{4}", match[1]) else " " + match[2][-4:]
        return _between(known(match[1] + year), known(match[2]))
    for sign in RANGES:
        parts = sign.split(text)
        if len(parts) == 2:
            return _between(known(parts[0]), known(parts[1]))
    return None


def _between(first: Interval, last: Interval) -> Interval:
    if first.low is not None and first.low > last.high:
        raise ValueError("the range ends before it begins")
    return Interval(first.low, last.high)


def _known(text: str, month_first: bool) -> Interval:
    """A single day, month, quarter, half, season or year; of "fin 2006" the year."""
    if FRACTION.match(text) and not WHOLE_YEAR.match(text):
        raise ValueError("a number with decimals and no date; write months as 2006-07, in cells of text")
    if match := WHOLE_YEAR.match(text) or ISO.match(text) or COMPACT.match(text):
        return _days(*(int(part) for part in match.groups() if part))
    if match := SIGNS.match(text):
        day, month = (match[2], match[1]) if month_first and match[1] else (match[1], match[2])
        return _days(*(int(part) for part in (match[3], month, day) if part))
    if (match := WORDS.match(text)) and match[2] in MONTHS:
        return _days(int(match[3]), MONTHS[match[2]], int(match[1]) if match[1] else None)
    if (match := MONTH_FIRST.match(text)) and match[1] in MONTHS:
        return _days(int(match[3]), MONTHS[match[1]], int(match[2]))
    if (match := WORDS.match(text)) and match[2] in SEASONS and not match[1]:
        return _months(int(match[3]), *SEASONS[match[2]])
    for pattern, length in ((QUARTER, 3), (HALF, 6)):
        if match := pattern.match(text):
            first = (int(match[1] or match[2]) - 1) * length + 1
            return _months(int(match[3]), first, first + length - 1)
    if match := WITHIN.match(text):
        return _known(match[1], month_first)
    raise ValueError(UNREADABLE)


def _months(year: int, first: int, last: int) -> Interval:
    return Interval(_days(year, first).low, _days(year, last).high)


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

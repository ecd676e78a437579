"""One cell: its date, number, flag or list; a Refusal with reason and remedy where it cannot be read."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite

from .dates import Interval, parse_date
from .numbers import ALWAYS_DECIMAL, Signs, parse_integer, parse_number
from .readers import ITEM
from .rows import Refusal, Row
from .text import plain

YES = ("1", "true", "yes", "oui", "vrai", "x")
DATE_REMEDY = "correct the date"
# What tables print where there is no date or number; in other columns such texts may be names.
NOTHING = frozenset(
    [
        "-",
        "--",
        "–",
        "—",
        ".",
        "..",
        "...",
        "…",
        "?",
        "??",
        "na",
        "n/a",
        "n.a.",
        "n.a",
        "#n/a",
        "nd",
        "n.d.",
        "n.d",
        "n/d",
        "nc",
        "n.c.",
        "n.c",
        "n/c",
        "ns",
        "n.s.",
        "s.d.",
        "s.d",
        "sd",
        "s/d",
        "nan",
        "null",
        "none",
        "nil",
        "inconnu",
        "inconnue",
        "unknown",
        "tbd",
    ]
) | {"non communique", "non precise", "non renseigne", "not available", "not stated", "(blank)", "(vide)"}


_date = lru_cache(maxsize=65536)(parse_date)  # tables print few dates many times


def interval(row: Row, column: str) -> Interval | None:
    """The printed date of a cell as an interval of days, by the table's ``dates``; None where blank."""
    text = row[column]
    if not text or plain(text) in NOTHING:
        return None
    try:
        return _date(text, row.layout.dates)
    except ValueError as error:
        raise Refusal(column, str(error), DATE_REMEDY) from None


def number(row: Row, column: str) -> float | None:
    """The printed number of a cell times the table's ``scale`` of the column; None where blank."""
    return _number(row, column, row.layout.signs.get(column))


def coordinate(row: Row, column: str, most: int) -> float | None:
    """Degrees of latitude (``most`` 90) or longitude (180), which have no thousands; None where blank."""
    value = _number(row, column, ALWAYS_DECIMAL)
    if value is not None and abs(value) > most:
        problem = f"not between -{most} and {most} degrees"
        raise Refusal(column, problem, "give degrees with decimals, or leave it blank")
    return value


def _number(row: Row, column: str, signs: Signs | None) -> float | None:
    text = row[column]
    if not text or plain(text) in NOTHING:
        return None
    try:
        parsed = parse_number(text, row.layout.decimal, signs)
    except ValueError as error:
        raise Refusal(column, str(error), "correct the number") from None
    return None if parsed is None else scaled(parsed.value, (row.layout.scale or {}).get(column, 1), column)


def scaled(value: float, scale: float, column: str) -> float:
    """The value times the scale; Refusal where no number holds it."""
    if not isfinite(value * scale):
        raise Refusal(column, "a number beyond all measure", "correct the number")
    return value * scale


def whole(row: Row, column: str) -> int | None:
    """The whole number of a cell, 0 to 32767 (what int16 holds); None where blank."""
    text = row[column]
    if not text or plain(text) in NOTHING:
        return None
    try:
        value = parse_integer(text)
    except ValueError as error:
        raise Refusal(column, str(error), "give a whole number or leave it blank") from None
    if value is not None and not 0 <= value <= 32767:
        raise Refusal(column, "out of range", "give a number between 0 and 32767")
    return value


def flag(row: Row, column: str) -> bool:
    """Whether a cell says yes (1, true, yes, oui, vrai, x)."""
    return plain(row[column]) in YES


def pieces(cell: str, separator: str = ";") -> list[str]:
    """The parts of a delimited cell, without blanks."""
    parts = (part for item in cell.split(ITEM) for line in item.split("\n") for part in line.split(separator))
    return [part.strip() for part in parts if part.strip()]

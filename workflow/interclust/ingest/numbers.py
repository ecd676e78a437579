"""Printed numbers: French or English writing, and remarks such as "(more than)" kept as a bound."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .text import plain, tidy

BOUNDS = (  # the weakest statement prevails
    ("planned", re.compile(r"planned|prevu|objectif|target|expected")),
    ("at_least", re.compile(r"more than|at least|over|plus de|au moins|>")),
    ("about", re.compile(r"about|environ|approx|circa|vers|pres de|nearly|~")),
)
LONGEST = 400  # signs of a printed number with its remark
PARTS = re.compile(r"^([^\d(+-]*)([+-]?\d[\d\s.,'’]*)\s*(%?)\s*(.*)$", re.DOTALL)
THOUSANDS = {
    ".": re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$"),
    ",": re.compile(r"^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?$"),
}


@dataclass(frozen=True)
class Number:
    """A value and what is said of it: ``bound`` exact, about, at_least or planned; ``note`` as printed."""

    value: float
    bound: str = "exact"
    note: str | None = None


def parse_number(text: str, decimal: str = ".") -> Number | None:
    """Read a printed number; None for an empty cell.

    ``decimal`` is the sign before the decimals where a cell leaves it open ("1,234"). Understood:
    1 234,5; 1.234,5; 1,234.5; 440 (more than); environ 60. Raises ValueError otherwise.
    """
    cleaned = tidy(text)
    if not cleaned:
        return None
    match = PARTS.match(cleaned) if len(cleaned) <= LONGEST else None
    if match is None:
        raise ValueError("not a number")
    before, digits, _, after = match.groups()
    remark = " ".join(part for part in (before.strip(), after.strip(" ()")) if part)
    unexplained = before.strip() or (after and not after.startswith("("))
    if unexplained and not _bound(remark):
        raise ValueError("not a number")
    return Number(_value(digits, decimal), _bound(remark) or "exact", remark or None)


def _bound(remark: str) -> str | None:
    words = plain(remark)
    return next((bound for bound, pattern in BOUNDS if pattern.search(words)), None)


def _value(digits: str, decimal: str) -> float:
    compact = re.sub(r"[\s'’]", "", digits).rstrip(".,")
    if "," in compact and "." in compact:
        decimal = "," if compact.rfind(",") > compact.rfind(".") else "."
    elif "," in compact and not THOUSANDS["."].match(compact):
        decimal = ","
    elif "." in compact and not THOUSANDS[","].match(compact):
        decimal = "."
    group = "." if decimal == "," else ","
    return float(compact.replace(group, "").replace(",", "."))


def parse_integer(text: str) -> int | None:
    """Read a whole number ("14", "14.0"); None for an empty cell; ValueError otherwise."""
    cleaned = tidy(text)
    if not cleaned:
        return None
    if not re.fullmatch(r"[+-]?\d{1,9}(?:[.,]0+)?", cleaned):
        raise ValueError("not a whole number")
    return int(re.split(r"[.,]", cleaned)[0])

"""Printed numbers: French or English writing, and remarks such as "(more than)" kept as a bound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from .text import plain, tidy

BOUNDS = (  # the weakest statement prevails
    ("planned", re.compile(r"planned|prevu|objectif|target|expected")),
    ("at_least", re.compile(r"more than|at least|over|plus de|au moins|>")),
    ("about", re.compile(r"about|environ|approx|circa|vers|pres de|nearly|~")),
)
LONGEST = 400  # signs of a printed number with its remark
PARTS = re.compile(r"^([^\d(+-]*)([+-]?\d[\d\s.,'’]*)\s*(%?)\s*(.*)$", re.DOTALL)
GROUPED = re.compile(r"^[+-]?[1-9]\d{0,2}(?:([,.])\d{3})(?:\1\d{3})*$")  # 1,234: perhaps thousands

Role = Literal["decimal", "group", "either"]
Signs = Mapping[str, Role]  # what "," and "." are in a column
ALWAYS_DECIMAL: Signs = {",": "decimal", ".": "decimal"}


@dataclass(frozen=True)
class Number:
    """A value and what is said of it: ``bound`` exact, about, at_least or planned; ``note`` as printed."""

    value: float
    bound: str = "exact"
    note: str | None = None


def parse_number(text: str, decimal: str = ".", signs: Signs | None = None) -> Number | None:
    """Read a printed number; None for an empty cell.

    ``signs`` say what comma and full stop are where a cell leaves it open ("1,234"), without them
    ``decimal`` does. Understood: 1 234,5; 1.234,5; 1,234.5; 440 (more than); environ 60. Raises ValueError
    otherwise.
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
    value = _value(digits, signs or _by_setting(decimal))
    return Number(value, _bound(remark) or "exact", remark or None)


def _bound(remark: str) -> str | None:
    words = plain(remark)
    return next((bound for bound, pattern in BOUNDS if pattern.search(words)), None)


def signs_of(texts: Iterable[str], decimal: str = ".") -> Signs:
    """What comma and full stop are in a column: "1,5" or "0,123" anywhere makes the comma of "1,234" decimal.

    ``decimal`` is what the study says of cells that leave it open; "either" where a column contradicts
    itself or the study.
    """
    seen: dict[str, set[str]] = {",": set(), ".": set()}
    for text in texts:
        match = PARTS.match(tidy(text)) if len(text) <= LONGEST else None
        compact = _compact(match[2]) if match else ""
        first, last = (sorted(",.", key=compact.rfind)) if "," in compact and "." in compact else ("", "")
        if last:
            seen[first].add("group")
            seen[last].add("decimal")
            continue
        for sign in (sign for sign in seen if sign in compact):
            if compact.count(sign) > 1:
                seen[sign].add("group")
            elif not GROUPED.match(compact):
                seen[sign].add("decimal")
    return {sign: _role(seen[sign], seen[other], sign == decimal) for sign, other in ((",", "."), (".", ","))}


def _role(mine: set[str], other: set[str], stated: bool) -> Role:
    if mine:
        return "either" if len(mine) > 1 else "decimal" if "decimal" in mine else "group"
    if other == {"group"}:
        return "decimal"
    if "decimal" in other and stated:
        return "either"
    return "decimal" if stated else "group"


def _by_setting(decimal: str) -> Signs:
    return {sign: "decimal" if sign == decimal else "group" for sign in ",."}


def _compact(digits: str) -> str:
    return re.sub(r"[\s'’]", "", digits).rstrip(".,")


def _value(digits: str, signs: Signs) -> float:
    compact = _compact(digits)
    if "," in compact and "." in compact:
        decimal = max(",.", key=compact.rfind)
    elif match := GROUPED.match(compact):
        if compact.count(match[1]) == 1 and signs[match[1]] == "either":
            raise ValueError(
                f"{compact} is a number with decimals or one of thousands: its column, or the setting "
                "decimal, says both"
            )
        is_decimal = compact.count(match[1]) == 1 and signs[match[1]] == "decimal"
        decimal = match[1] if is_decimal else ""
    else:
        decimal = next((sign for sign in ",." if sign in compact), "")
    whole, _, part = compact.rpartition(decimal) if decimal else (compact, "", "")
    if decimal and decimal in whole:
        raise ValueError("a number with more than one decimal sign")
    value = float(f"{whole.replace(',', '').replace('.', '') or '0'}.{part or '0'}")
    if not isfinite(value):
        raise ValueError("a number beyond all measure")
    return value


def parse_integer(text: str) -> int | None:
    """Read a whole number ("14", "14.0"); None for an empty cell; ValueError otherwise."""
    cleaned = tidy(text)
    if not cleaned:
        return None
    if not re.fullmatch(r"[+-]?\d{1,9}(?:[.,]0+)?", cleaned):
        raise ValueError("not a whole number")
    return int(re.split(r"[.,]", cleaned)[0])

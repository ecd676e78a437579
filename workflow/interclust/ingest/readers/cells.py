"""Typed values to text cells, so that all that follows is the same for every format.

Nothing is blank, yes is 1 and no is 0, whole numbers have no decimals ("14"), other numbers are written
as short as their value allows, without exponent and with the study's decimal sign; days are ISO.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from ..headers import plain_header
from .limits import NESTING
from .record import ITEM, Record

TRUE, FALSE = "1", "0"


class Flaw(Exception):  # noqa: N818  (not an error of the run: one row is set aside)
    """Raised for a value that is no cell; its text is the reason."""


Cell = str | Flaw


class Doubled(dict[str, Any]):
    """An object of a file that names one of its keys twice."""


def text_of(value: Any, decimal: str = ".") -> str:
    """A single value as text; ``decimal`` is the sign before decimals.

    Raises Flaw for bytes that are no text and numbers that are not finite.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, (float, Decimal)):
        return number_text(value, decimal)
    if isinstance(value, (date, time)):
        return _moment(value)
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, (bytes, bytearray)):
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise Flaw("bytes that are no text") from None
    return str(value)


def number_text(value: float | Decimal, decimal: str = ".") -> str:
    """A number as the shortest decimal text that reads back to it: "14", "0.000001", "1,5"."""
    if not isfinite(value):
        raise Flaw(f"the number {value}")
    text = repr(value) if isinstance(value, float) else str(value)
    if "e" in text or "E" in text:
        text = format(Decimal(text), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if decimal == "." else text.replace(".", decimal)


def _moment(value: date | time) -> str:
    """ISO; a moment at midnight is its day."""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return value.isoformat()


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def cell_of(value: Any, decimal: str = ".") -> Cell:
    """``text_of``, with the Flaw itself where the value is no cell."""
    try:
        return text_of(value, decimal)
    except Flaw as flaw:
        return flaw


def spread(value: Any, name: str = "", decimal: str = ".", depth: int = 0) -> Iterator[tuple[str, Cell]]:
    """Name and cell of all that an object holds: names of what it nests are dotted ("label.fr").

    A list is one cell, its items joined with ITEM; a list of objects gives one such cell a key. Raises
    Flaw for what is nested too deeply or names a key twice.
    """
    if depth > NESTING:
        raise Flaw(f"objects nested more than {NESTING} deep")
    if isinstance(value, dict):
        if isinstance(value, Doubled):
            raise Flaw("an object that names a key twice")
        for key, item in value.items():
            yield from spread(item, f"{name}.{key}" if name else key, decimal, depth + 1)
    elif isinstance(value, list):
        yield from _joined((spread(item, name, decimal, depth + 1) for item in value), name)
    elif isinstance(value, tuple):  # one entry of a map of Parquet
        yield from spread({"key": value[0], "value": value[1]}, name, decimal, depth)
    else:
        yield name, cell_of(value, decimal)


def _joined(items: Iterable[Iterable[tuple[str, Cell]]], name: str) -> Iterator[tuple[str, Cell]]:
    cells: dict[str, list[Cell]] = {}
    for item in items:
        for key, cell in item:
            cells.setdefault(key, []).append(cell)
    for key, found in (cells or {name: []}).items():
        flaw = next((cell for cell in found if isinstance(cell, Flaw)), None)
        yield key, flaw or ITEM.join(str(cell) for cell in found if cell)


def cells_of(value: dict[str, Any], decimal: str = ".") -> dict[str, Cell]:
    """The cells of an object by their names; Flaw as ``spread`` raises it."""
    cells: dict[str, Cell] = {}
    for name, cell in spread(value, "", decimal):
        cells[name] = Flaw(f"two values of {name}") if name in cells else cell
    return cells


class Watch:
    """Which columns of a file count: a flaw in a column that no setting maps spoils no row."""

    def __init__(self, header: Sequence[str], wanted: Iterable[str]) -> None:
        self.header = header
        names = {plain_header(name) for name in wanted}
        self.all = not names
        self.places = {place for place, name in enumerate(header) if self.all or plain_header(name) in names}

    def record(self, line: int, cells: list[Cell]) -> Record:
        """The record of these cells; its problem is the first flaw in a column that counts."""
        if all(cell.__class__ is str for cell in cells):
            return Record(line, cells)  # type: ignore[arg-type]
        texts = ["" if isinstance(cell, Flaw) else cell for cell in cells]
        for place, cell in enumerate(cells):
            if isinstance(cell, Flaw) and place in self.places:
                return Record(line, texts, str(cell), self.header[place])
        return Record(line, texts)

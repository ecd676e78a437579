"""Sheets of XLSX files to records: cells as their types mean them, one row in memory at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache, reduce
from typing import Any, NamedTuple

from ...config.suggest import did_you_mean
from ...errors import InputError
from .cells import Cell, Flaw, Watch, number_text, text_of
from .limits import BLANKS, COLUMNS
from .package import SAVE, Package
from .record import Record, Settings
from .source import AGAIN, Source
from .workbook import Sheet, Texts, Workbook, read_workbook, unescaped

LAST_ROW = 1_048_576
LETTERS, DIGITS = re.compile("[A-Z]{1,3}"), "0123456789"
NO_VALUE = "a formula whose value is not stored: open the file in a spreadsheet and save it again"


class SheetRow(NamedTuple):
    """A row: its number in the sheet and those of its cells that are not blank, by column from 0."""

    number: int
    cells: dict[int, Cell]


def read_xlsx(source: Source, spec: Settings, wanted: Iterable[str], notes: list[str]) -> Iterator[Record]:
    """Yield the header and then every row that is not blank, as wide as the header.

    A cell is what its type and number format say; of merged cells only the first holds the value; of a
    formula the value stored with it counts. Errors stay text ("#REF!"). Settings: ``sheet`` (name or
    number; default the first visible one with cells), ``header`` (row). Raises InputError for a damaged
    or protected file, one beyond the limits and one without cells.
    """
    with source.seekable() as raw:
        book = read_workbook(Package(raw, source.file))
        rows = _chosen(book, spec, notes)
        first = next(rows)
        width = max(first.cells) + 1
        flaw = next((str(cell) for cell in first.cells.values() if isinstance(cell, Flaw)), None)
        header = [str(first.cells.get(place, "")) for place in range(width)]
        yield Record(first.number, header, flaw)
        watch, beyond = Watch(header, wanted), 0
        for row in rows:
            beyond += max(row.cells) >= width
            yield watch.record(row.number, [row.cells.get(place, "") for place in range(width)])
        if beyond:
            notes.append(f"{source.file}: {beyond} rows have cells right of the last header, left out")


def _chosen(book: Workbook, spec: Settings, notes: list[str]) -> Iterator[SheetRow]:
    """The rows of the sheet that is meant, the header first."""
    file, header, decimal = book.package.file, spec.get("header"), spec.get("decimal", ".")
    tables = [sheet for sheet in book.sheets if sheet.cells and sheet.visible]
    asked = spec.get("sheet")
    for sheet in [_named(book.sheets, asked, file)] if asked is not None else tables:
        rows = _rows(book, sheet, decimal)
        first = next(rows, None)
        if first is None:
            continue
        while first is not None and header and first.number < header:
            first = next(rows, None)
        if first is None or (header and first.number != header):
            remedy = "correct the setting header"
            raise InputError("holds no headers", file=file, line=header, remedy=remedy)
        if asked is None and len(tables) > 1:
            others = ", ".join(repr(other.name) for other in tables if other is not sheet)[:200]
            notes.append(f"{file}: the sheet {sheet.name!r} was read, not {others}")
        yield first
        yield from rows
        return
    problem = f"the sheet {asked!r} holds no cells" if asked is not None else "no visible sheet holds cells"
    raise InputError(problem, file=file, remedy="say in the setting sheet which one is meant")


def _named(sheets: list[Sheet], asked: str | int, file: str) -> Sheet:
    """The sheet of this name, else of this number (from 1)."""
    found = [sheet for sheet in sheets if sheet.name == str(asked)]
    number = whole(str(asked))
    if not found and number is not None and 1 <= number <= len(sheets):
        found = [sheets[number - 1]]
    if not found:
        near = did_you_mean(str(asked), [sheet.name for sheet in sheets])
        raise InputError(f"there is no sheet {asked!r}{near}", file=file, remedy="correct the setting sheet")
    if not found[0].cells:
        raise InputError(f"the sheet {asked!r} is a chart or macros, not cells", file=file, remedy=SAVE)
    return found[0]


def _rows(book: Workbook, sheet: Sheet, decimal: str) -> Iterator[SheetRow]:
    """The rows of a sheet that are not blank. What is blank in all sheets of the book has a limit."""
    for row in book.package.read(sheet.part, _Rows(book, decimal)):
        if row.cells:
            yield row


class _Rows:
    """Takes the XML of a sheet; ``ready`` gets its rows."""

    def __init__(self, book: Workbook, decimal: str) -> None:
        self.ready: list[Any] = []
        self.book, self.values = book, Values(book, decimal)
        self.refuse = book.package.refuse
        self.row, self.column, self.cells = 0, -1, dict[int, Cell]()
        self.cell: dict[str, str] = {}
        self.value: list[str] = []
        self.in_value = self.formula = False
        self.texts = Texts()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """The parser meets the beginning of an element."""
        if tag == "c":
            self.cell, self.value, self.formula = attributes, [], False
            self.texts.found.clear()
        elif tag == "v":
            self.in_value = True
        elif tag == "f":
            self.formula = True
        elif tag == "row":
            stated = attributes.get("r", str(self.row + 1))
            number = whole(stated)
            if number is None or not 1 <= number <= LAST_ROW:
                self.refuse(f"is damaged: it has a row {stated[:20]}", AGAIN)
            self.row, self.column, self.cells = number, -1, {}
        else:
            self.texts.start(tag)

    def text(self, text: str) -> None:
        if self.in_value:
            self.value.append(text)
        elif self.texts.open:
            self.texts.found.append(text)

    def end(self, tag: str) -> None:
        if tag == "v":
            self.in_value = False
        elif tag == "c":
            self._place(self.values.of(self.cell, "".join(self.value), self.texts, self.formula))
        elif tag == "row":
            self.ready.append(SheetRow(self.row, self.cells))
            if not self.cells:
                self._blank()
        else:
            self.texts.end(tag)

    def _place(self, cell: Cell) -> None:
        """Put a cell into its column, which is the next one unless the cell says otherwise."""
        reference = self.cell.get("r")
        self.column = column_of(reference.rstrip(DIGITS)) if reference else self.column + 1
        if not 0 <= self.column < COLUMNS:
            where = f"row {self.row}" if reference is None else reference[:20]
            self.refuse(f"is damaged: {where} has a cell outside the {COLUMNS} columns of a sheet", AGAIN)
        if isinstance(cell, Flaw) or cell.strip():
            self.cells[self.column] = cell
        else:
            self._blank()

    def _blank(self) -> None:
        """Count what holds nothing: the little that packs it may stand for any number of rows."""
        self.book.blanks += 1
        if self.book.blanks > BLANKS:
            remedy = "delete the rows and sheets without values, or save the table as CSV"
            self.refuse(f"has more than {BLANKS} blank rows and cells", remedy)


def whole(text: str) -> int | None:
    """The number that digits write; None for other text and for what is larger than any row or place."""
    digits = text.lstrip("0") or text[-1:]
    return int(digits) if text.isdecimal() and len(digits) < 10 else None


@lru_cache(COLUMNS)
def column_of(letters: str) -> int:
    """The column, from 0, that letters name; -1 for what names none."""
    if not LETTERS.fullmatch(letters):
        return -1
    return reduce(lambda column, letter: column * 26 + ord(letter) - 64, letters, 0) - 1


class Values:
    """The text of a cell by its type, its style and the value stored with it."""

    def __init__(self, book: Workbook, decimal: str) -> None:
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

        self.strings, self.dates, self.decimal = book.strings, book.dates, decimal
        self.epoch, self.from_excel = MAC_EPOCH if book.since_1904 else WINDOWS_EPOCH, from_excel

    def of(self, cell: dict[str, str], value: str, texts: Texts, formula: bool) -> Cell:
        """``cell`` are its attributes; a Flaw where nothing is stored that could be read."""
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return texts.taken()
        if not value:
            return Flaw(NO_VALUE) if formula and kind != "str" else ""
        if kind == "n":
            style = cell.get("s")
            return self._moment(value, style) if style in self.dates else self._number(value)
        if kind == "s":
            number = whole(value)
            if number is None or number >= len(self.strings):
                return Flaw("a text that the workbook does not hold")
            return self.strings[number]
        if kind == "d":
            return _iso(value)
        return unescaped(value)

    def _number(self, value: str) -> Cell:
        if value.removeprefix("-").isdecimal():
            return value
        try:
            return number_text(float(value), self.decimal)
        except ValueError:
            return value
        except Flaw as flaw:
            return flaw

    def _moment(self, value: str, style: str) -> Cell:
        """A day or time; the number itself where there is no such day."""
        try:
            return text_of(self.from_excel(float(value), self.epoch, self.dates[style]))
        except (ValueError, OverflowError):
            return self._number(value)


def _iso(value: str) -> str:
    try:
        return text_of(datetime.fromisoformat(value))
    except ValueError:
        return value

"""One model of a table, from which CSV, HTML, LaTeX and Typst are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["body", "group", "total"]
# A table with more signs in its cells may be cut by the end of a page, whatever its rows.
MOST_WHOLE = 3000


@dataclass(frozen=True)
class Column:
    """A column: ``share`` 0 is as wide as its content; above 0 it takes that part of the space left."""

    key: str
    title: str
    align: Literal["left", "right", "center"] = "left"
    share: float = 0.0


@dataclass(frozen=True)
class Cell:
    """A cell: the text that people read, of one line or several, and the value that a CSV file keeps."""

    text: str
    value: object = None

    @property
    def stored(self) -> object:
        """The value for a CSV file."""
        return self.text if self.value is None else self.value


@dataclass(frozen=True)
class Row:
    """A row; a ``group`` row has one cell that heads the rows below it, a ``total`` row closes them."""

    cells: tuple[Cell, ...]
    kind: Kind = "body"


@dataclass(frozen=True)
class Table:
    """A table with its caption and notes; cells hold plain text, the writers escape it."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())
    narrow: bool = False  # no wider than its cells, where their texts fit on a line

    @property
    def grouped(self) -> bool:
        """Whether some rows head others."""
        return any(row.kind == "group" for row in self.rows)

    @property
    def lines(self) -> int:
        """Lines of its rows, those of their tallest cells."""
        return sum(1 + max(cell.text.count("\n") for cell in line.cells) for line in self.rows)

    @property
    def full(self) -> bool:
        """Whether the cells hold more text than a page bears."""
        return sum(len(cell.text) for line in self.rows for cell in line.cells) > MOST_WHOLE


def row(*cells: Cell | str, kind: Kind = "body") -> Row:
    """A row from cells or plain texts."""
    return Row(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells), kind)


def group(text: str) -> Row:
    """A row that heads those below it."""
    return Row((Cell(text),), "group")


def left(key: str, title: str, share: float = 0.0) -> Column:
    """A column of text."""
    return Column(key, title, "left", share)


def right(key: str, title: str) -> Column:
    """A column of numbers."""
    return Column(key, title, "right")


def records(table: Table) -> tuple[list[str], list[list[object]]]:
    """Header and rows for CSV: the group of a row becomes a column of its own."""
    header = (["group"] if table.grouped else []) + [column.key for column in table.columns]
    lines: list[list[object]] = []
    heading: Sequence[object] = [""] if table.grouped else []
    for line in table.rows:
        if line.kind == "group":
            heading = [line.cells[0].stored]
        else:
            lines.append([*heading, *(cell.stored for cell in line.cells)])
    return header, lines

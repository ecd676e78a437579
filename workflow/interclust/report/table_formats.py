"""A table as CSV, HTML, LaTeX (booktabs) and Typst."""

from __future__ import annotations

import csv
import io as text_io
from collections.abc import Callable
from pathlib import Path

from .. import io
from . import escape
from .latex_table import to_latex
from .table import Column, Row, Table, records

# Where a document puts the number of a table: in HTML "Table 3.", in Typst the number alone.
NUMBER = '<span class="number"></span>'
TYPST_NUMBER = 'number: ""'
# A table with more rows may be cut by the end of a page.
LONGEST_WHOLE = 24
# A table with more rows is set smaller.
DENSE = 30


def to_csv(table: Table) -> str:
    """Values at full precision under the keys of the columns; formulas neutralised."""
    header, lines = records(table)
    stream = text_io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    for line in lines:
        writer.writerow(["" if cell is None else io.neutral(cell) for cell in line])
    return stream.getvalue()


def to_html(table: Table) -> str:
    """A figure that scrolls sideways in itself on a narrow screen."""
    head = "".join(
        f'<th scope="col" class="{column.align}">{escape.html(column.title)}</th>' for column in table.columns
    )
    body = "\n".join(_html_row(line, table) for line in table.rows)
    notes = "".join(f"<p>{escape.html(note)}</p>" for note in table.notes)
    narrow = ' class="narrow"' if table.narrow else ""
    return (
        f'<figure class="table" id="table-{table.name}">\n'
        f"<figcaption>{NUMBER}{escape.html(table.caption)}</figcaption>\n"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape.html(table.caption)}">\n'
        f"<table{narrow}>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>\n"
        + (f'<div class="notes">{notes}</div>\n' if notes else "")
        + "</figure>\n"
    )


def _html_row(line: Row, table: Table) -> str:
    if line.kind == "group":
        text = escape.html(line.cells[0].text)
        return f'<tr class="group"><th scope="rowgroup" colspan="{len(table.columns)}">{text}</th></tr>'
    cells = "".join(
        _html_cell(cell.text, column, first=position == 0)
        for position, (cell, column) in enumerate(zip(line.cells, table.columns, strict=True))
    )
    return f'<tr class="{line.kind}">{cells}</tr>'


def _html_cell(text: str, column: Column, *, first: bool) -> str:
    wide = " wide" if column.share else ""
    body = "<br>".join(map(escape.html, text.split("\n")))
    if first:
        return f'<th scope="row" class="{column.align}{wide}">{body}</th>'
    return f'<td class="{column.align}{wide}">{body}</td>'


def to_typst(table: Table) -> str:
    """A call of ``exhibit-table`` of the template, which holds the look."""
    stretched = (column.share and not table.narrow for column in table.columns)
    shares = zip(table.columns, stretched, strict=True)
    columns = ", ".join(f"{column.share:g}fr" if wide else "auto" for column, wide in shares)
    align = ", ".join(column.align for column in table.columns)
    head = ", ".join(f"[{escape.typst(column.title)}]" for column in table.columns)
    notes = ", ".join(f"[{escape.typst(note)}]" for note in table.notes)
    body = "\n".join(f"  {_typst_row(line, len(table.columns))}," for line in table.rows)
    return (
        f'#exhibit-table(\n  name: "{table.name}",\n  {TYPST_NUMBER},\n'
        f"  caption: [{escape.typst(table.caption)}],\n"
        f"  columns: ({columns},),\n  align: ({align},),\n  head: ({head},),\n"
        f"  dense: {str(table.lines > DENSE).lower()},\n"
        f"  long: {str(table.lines > LONGEST_WHOLE or table.full).lower()},\n"
        f"  notes: ({notes}{',' if notes else ''}),\n{body}\n)\n"
    )


def _typst_row(line: Row, width: int) -> str:
    if line.kind == "group":
        return f"group-row({width}, [{escape.typst(line.cells[0].text)}])"
    return f"({', '.join(f'[{_typst_lines(cell.text)}]' for cell in line.cells)},)"


def _typst_lines(text: str) -> str:
    return "#linebreak()".join(map(escape.typst, text.split("\n")))


WRITERS: dict[str, Callable[[Table], str]] = {"html": to_html, "tex": to_latex, "typ": to_typst}


def write(table: Table, folder: Path, language: str) -> None:
    """Write one table for people to ``folder/name.language.{html,tex,typ}``."""
    for suffix, writer in WRITERS.items():
        io.write_text(writer(table), folder / f"{table.name}.{language}.{suffix}")


def write_values(table: Table, folder: Path) -> None:
    """Write the values of a table to ``folder/name.csv`` (the same in every language)."""
    io.write_text(to_csv(table), folder / f"{table.name}.csv")

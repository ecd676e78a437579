"""Raw tables: every row is accepted or goes to the quarantine, none is lost.

A table is opened, its header checked at once, and its rows are streamed through ``Table.accept``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ..config.paths import inside
from ..errors import InputError
from . import readers
from .headers import mapping
from .numbers import signs_of
from .readers import ITEM, Record, Settings
from .rows import Layout, Refusal, Row
from .text import tidy

CELL_LIMIT = 1_000_000  # characters
SHOWN = 200  # characters of a refused value
MARKERS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
# Cells that hold several names: their items and lines stay apart until they are split.
LISTS = ("clusters", "keywords", "neighbours", "source")
NAMES = (*LISTS, "lead", "cluster", "name", "alias", "other")  # cells that name bodies
ERRORS = "#REF! #N/A #NAME? #NOM? #VALUE! #VALEUR! #DIV/0! #NULL! #NUL! #NUM! #NOMBRE! #SPILL! #CALC! "
ERRORS += "#FIELD! #BLOCKED! #CONNECT! #UNKNOWN! #BUSY! #GETTING_DATA #BEZUG! #WERT! #ZAHL! #NV #N/D"
ERROR_CELLS = frozenset(ERRORS.split())
ERROR_NAME = re.compile(r"(?<!\w)#(?:N/[AD]|[A-Z/0]{2,}[!?])(?!\w)")  # one of the names of a cell is none

Item = TypeVar("Item")


@dataclass(frozen=True)
class Refused:
    """One line of quarantine.csv."""

    file: str
    line: int
    column: str | None
    value: str
    reason: str
    remedy: str


@dataclass
class Once:
    """Lets each key pass once: a later row with it is refused, naming the line of the first."""

    column: str
    lines: dict[Any, int] = field(default_factory=dict)

    def check(self, key: Any, row: Row) -> None:
        """Raise Refusal if another row had the key."""
        line = self.lines.setdefault(key, row.line)
        if line != row.line:
            raise Refusal(self.column, f"stands in line {line} already", "keep one of the two rows")


@dataclass
class Table:
    """The rows of one file with what was refused; ``columns`` maps our names to the file's headers.

    The rows can be taken once, by ``accept``.
    """

    file: str
    columns: Mapping[str, tuple[str, ...]]
    header: tuple[str, ...]
    rows: Iterator[Row | Refused]
    n_read: int = 0
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    n_accepted: int = 0
    joined: list[Table] = field(default_factory=list)

    def accept(self, make: Callable[[Row], Item]) -> list[Item]:
        """Apply ``make`` to every row; rows for which it raises Refusal go to the quarantine.

        Rows read = accepted + quarantined is asserted. Raises InputError where the file turns out to be
        unusable further down (a line beyond the limit, a damaged archive).
        """
        made: list[Item] = []
        for row in self.rows:
            self.n_read += 1
            if isinstance(row, Refused):
                self.refused.append(row)
                continue
            try:
                made.append(make(row))
            except Refusal as refusal:
                self._refuse(row, refusal)
        self.n_accepted = len(made)
        if self.n_read != self.n_accepted + len(self.refused):
            raise AssertionError(
                f"{self.file}: {self.n_read} rows read, {self.n_accepted} accepted, "
                f"{len(self.refused)} quarantined"
            )
        return made

    def withdraw(self, row: Row, refusal: Refusal) -> None:
        """Set an accepted row aside after all, for a reason that other rows gave."""
        self.n_accepted -= 1
        self._refuse(row, refusal)

    def with_joined(self) -> list[Table]:
        """The table and those joined to it."""
        return [self, *self.joined]

    def _refuse(self, row: Row, refusal: Refusal) -> None:
        column = refusal.column
        name = " + ".join(self.columns.get(column, (column,))) if column else None
        value = shown(row[column]) if column else ""
        reason = refusal.reason
        for table, other in row.others:
            if column and column in table.columns and other[column] == row[column]:
                name = " + ".join(table.columns[column])
                reason = f"{table.file}, line {other.line}: {reason}"
                break
        self.refused.append(Refused(self.file, row.line, name, value, reason, refusal.remedy))


def read_table(
    root: Path,
    spec: Settings,
    where: str,
    required: tuple[str, ...] = (),
    numbers: tuple[str, ...] = (),
) -> Table:
    """Open ``root/spec["file"]`` with the columns that ``spec["columns"]`` maps.

    ``where`` is the setting that messages name ("ingest.projects"); ``required`` are our names that must
    be given, ``numbers`` those whose cells are looked through for what their commas and full stops are.
    Without ``columns`` they are found by their usual headers. ``spec["constants"]`` fills
    columns with one value, ``spec["join"]`` takes further columns from other files. Raises InputError
    where the file as a whole cannot be used: missing, a folder, empty, binary, without a mapped column.
    """
    file = spec["file"]
    constants = {key: str(value) for key, value in spec.get("constants", {}).items()}
    joins = [_Join(root, join, f"{where}.join[{place}]") for place, join in enumerate(spec.get("join", []))]
    given = {name for join in joins for name in join.gives}
    notes: list[str] = []
    asked = spec.get("columns")
    further = spec.get("further", {})  # columns beside those found by their usual headers
    wanted = [header for value in (asked or {}).values() for header in _headers(value)]
    records = readers.records(inside(root, file), file, spec, wanted, notes)
    first = next(records)
    header = [tidy(cell) for cell in first.cells]
    columns = mapping(header, asked, file, where, first.line, notes)
    columns |= mapping(header, further, file, where, first.line, notes)
    for target in required:
        if target not in columns and target not in constants and target not in given:
            raise InputError(
                f"{where}.columns does not say which column holds {target}",
                file=file,
                remedy=f"the columns are {', '.join(name for name in header if name)[:300]}",
            )
    places = {target: tuple(header.index(name) for name in names) for target, names in columns.items()}
    layout = Layout.of(places, constants, spec)
    rows = _rows(records, len(header), layout, file, columns, frozenset(spec.get("missing", [])))
    for join in joins:
        rows = join.fill(rows)
    if numbers:
        rows = _with_signs(list(rows), numbers)
    return Table(file, columns, tuple(header), rows, notes=notes, joined=[join.table for join in joins])


class _Join:
    """Further columns of rows from another file, found by a key that both hold."""

    def __init__(self, root: Path, spec: Settings, where: str) -> None:
        (self.key, header), *_ = spec["key"].items()
        self.gives = [name for name in spec["columns"] if name != self.key]
        columns = {**spec["columns"], self.key: header}
        self.table = read_table(root, {**spec, "columns": columns}, where)
        once = Once(self.key)

        def keyed(row: Row) -> tuple[str, Row]:
            if not row[self.key]:
                raise Refusal(self.key, "the row has no key", "give the key of the row it belongs to")
            once.check(row[self.key], row)
            return row[self.key], row

        self.found = dict(self.table.accept(keyed))

    def fill(self, rows: Iterator[Row | Refused]) -> Iterator[Row | Refused]:
        """The rows with the joined columns, filled in where they are blank."""
        used: set[str] = set()
        wide: Layout | None = None
        for row in rows:
            if isinstance(row, Row):
                wide = wide or row.layout.widened(self.gives)
                other = self.found.get(row[self.key])
                others = row.others
                if other is not None:
                    used.add(row[self.key])
                    others = (*others, (self.table, other))
                cells = (row.printed(name) or (other[name] if other else "") for name in wide.places)
                row = Row(row.line, tuple(cells), wide, others)
            yield row
        unused = len(self.found) - len(used)
        if unused:
            self.table.notes.append(f"{self.table.file}: {unused} rows belong to no row that they could fill")


def _with_signs(rows: list[Row | Refused], numbers: tuple[str, ...]) -> Iterator[Row | Refused]:
    """The rows, whose layout is told what the signs of these columns are."""
    read = [row for row in rows if isinstance(row, Row)]
    for column in numbers if read else ():
        layout = read[0].layout
        layout.signs[column] = signs_of((row[column] for row in read), layout.decimal)
    return iter(rows)


def shown(text: str) -> str:
    """A value as messages show it: short, on one line, its items and NUL bytes visible.

    A lone CR would begin a line of quarantine.csv, and with it a cell.
    """
    return " ".join(text[:SHOWN].replace(ITEM, "; ").replace("\0", "␀").splitlines())


def _headers(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _rows(
    records: Iterable[Record],
    width: int,
    layout: Layout,
    file: str,
    columns: Mapping[str, tuple[str, ...]],
    missing: frozenset[str],
) -> Iterator[Row | Refused]:
    targets = list(layout.sources)
    for record in records:
        fault = _fault(record, width)
        if fault:
            where = tidy(record.column) if record.column and record.problem == fault[0] else None
            yield Refused(file, record.line, where, shown(" ".join(record.cells)), *fault)
            continue
        cells = tuple(
            _cell(record.cells, places, target, missing) for target, places in layout.sources.items()
        )
        bad = next(
            (place for place, cell in enumerate(cells) if "#" in cell and _is_error(cell, targets[place])),
            None,
        )
        if bad is None:
            yield Row(record.line, cells, layout)
            continue
        name = " + ".join(columns[targets[bad]])
        remedy = "correct the formula of the spreadsheet or clear the cell"
        yield Refused(file, record.line, name, shown(cells[bad]), "an error of a spreadsheet", remedy)


def _is_error(cell: str, target: str) -> bool:
    """Whether a cell is an error of a spreadsheet, or one of the names in it is."""
    return cell in ERROR_CELLS or (target in NAMES and ERROR_NAME.search(cell) is not None)


def _cell(cells: list[str], places: tuple[int, ...], target: str, missing: frozenset[str]) -> str:
    """The tidy text of a column, or of several joined; only lists keep their items and lines apart."""
    if target not in LISTS:
        text = tidy(cells[places[0]].replace(ITEM, "; ") if ITEM in cells[places[0]] else cells[places[0]])
        return "" if text in missing else text
    texts = []
    for place in places:
        for item in cells[place].split(ITEM):
            lines = [line for line in map(tidy, item.splitlines()) if line and line not in missing]
            texts.append("\n".join(lines))
    return ITEM.join(text for text in texts if text)


def _fault(record: Record, width: int) -> tuple[str, str] | None:
    """Reason and remedy of a record that is no row, if so."""
    cells = record.cells
    if cells and cells[0].lstrip().startswith(MARKERS):
        return "a mark of an unfinished merge", "finish the merge and delete the marks"
    if record.problem:
        return record.problem, "mend this row"
    if len(cells) < width:
        return f"{len(cells)} cells under {width} headers", "add the cells that are missing, blank ones too"
    if any(cell.strip() for cell in cells[width:]):
        return f"{len(cells)} cells under {width} headers", "quote the cells that hold the delimiter"
    text = "".join(cells)
    if "\0" in text:
        return "NUL bytes", "write the row again"
    if len(text) > CELL_LIMIT and max(map(len, cells)) > CELL_LIMIT:
        return f"a cell of more than {CELL_LIMIT} characters", "check the quotes of this line"
    return None

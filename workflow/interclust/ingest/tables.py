"""Raw tables: every row is accepted or goes to the quarantine, none is lost.

CSV and TSV, plain or gzipped; another format is one more entry of ``READERS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ..config.paths import inside
from ..config.suggest import did_you_mean
from ..errors import InputError
from .readers import READERS, Record, Settings
from .readers import SUFFIXES
from .text import tidy

COLUMN_LIMIT = 5_000
CELL_LIMIT = 1_000_000  # characters
MARKERS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")

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


class Refusal(Exception):  # noqa: N818  (not an error of the run: one row is set aside)
    """Raised while a row is being read: this row goes to the quarantine.

    ``column`` is the mapped name of the cell that cannot be used.
    """

    def __init__(self, column: str | None, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.column, self.reason, self.remedy = column, reason, remedy


@dataclass(frozen=True)
class Row:
    """One row: its first physical line and its mapped cells, "" where blank or not mapped."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


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
    """The rows of one file with what was refused; ``columns`` maps our names to the file's."""

    file: str
    columns: dict[str, str]
    n_read: int = 0
    rows: list[Row] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    n_accepted: int = 0

    def accept(self, make: Callable[[Row], Item]) -> list[Item]:
        """Apply ``make`` to every row; rows for which it raises Refusal go to the quarantine.

        Rows read = accepted + quarantined is asserted.
        """
        made: list[Item] = []
        for row in self.rows:
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

    def _refuse(self, row: Row, refusal: Refusal) -> None:
        name = self.columns.get(refusal.column, refusal.column) if refusal.column else None
        value = row[refusal.column] if refusal.column else ""
        self.refused.append(Refused(self.file, row.line, name, value[:200], refusal.reason, refusal.remedy))


def read_table(root: Path, spec: Settings, where: str, required: tuple[str, ...] = ()) -> Table:
    """Read ``root/spec["file"]`` with the columns that ``spec["columns"]`` maps.

    ``where`` is the setting that messages name ("ingest.projects"); ``required`` are mapped names that
    must be given. ``spec["constants"]`` fills columns with one value. Raises InputError where the file
    as a whole cannot be used: missing, a folder, empty, binary, without a column that the study maps.
    """
    table = Table(spec["file"], {target: str(source) for target, source in spec.get("columns", {}).items()})
    constants = {key: str(value) for key, value in spec.get("constants", {}).items()}
    for target in required:
        if target not in table.columns and target not in constants:
            raise InputError(f"{where}.columns does not say which column holds {target}", file=table.file)
    records = _records(root, spec, table)
    header = _header(next(records).cells, table, where)
    places = {target: header.index(source) for target, source in table.columns.items()}
    for record in records:
        table.n_read += 1
        fault = _fault(record, len(header))
        if fault:
            printed = " ".join(record.cells)[:200].replace("\0", "␀")
            table.refused.append(Refused(table.file, record.line, None, printed, *fault))
            continue
        cells = {target: tidy(record.cells[place]) for target, place in places.items()}
        table.rows.append(Row(record.line, {**constants, **cells}))
    return table


def _records(root: Path, spec: Settings, table: Table) -> Iterator[Record]:
    suffixes = [suffix.lower() for suffix in Path(table.file).suffixes]
    kind = next((suffix for suffix in reversed(suffixes) if suffix != ".gz"), "")
    if kind not in SUFFIXES:
        raise InputError(
            f"a file {'of the kind ' + kind if kind else 'without a suffix'} is not read",
            file=table.file,
            remedy=f"save it as one of {', '.join(sorted(SUFFIXES))}, plain or .gz",
        )
    return READERS[SUFFIXES[kind]](inside(root, table.file), table.file, spec, table.columns.values(), table.notes)


def _header(cells: list[str], table: Table, where: str) -> list[str]:
    if len(cells) > COLUMN_LIMIT:
        raise InputError(f"has {len(cells)} columns, more than {COLUMN_LIMIT}", file=table.file)
    header = [tidy(cell) for cell in cells]
    for target, source in table.columns.items():
        if source not in header:
            raise InputError(
                f"there is no column {source!r}{did_you_mean(source, [name for name in header if name])}",
                file=table.file,
                remedy=f"correct {where}.columns.{target}",
            )
        if header.count(source) > 1:
            problem = f"the column {source!r} stands {header.count(source)} times in the header"
            raise InputError(problem, file=table.file, line=1, remedy="rename all but one")
    return header


def _fault(record: Record, width: int) -> tuple[str, str] | None:
    """Reason and remedy of a record that is no row, if so."""
    cells = record.cells
    if cells and cells[0].lstrip().startswith(MARKERS):
        return "a mark of an unfinished merge", "finish the merge and delete the marks"
    if record.problem:
        return record.problem, "mend the quotes of this line"
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        return f"{len(cells)} cells under {width} columns", "quote the cells that hold the delimiter"
    if any("\0" in cell for cell in cells):
        return "NUL bytes", "write the row again"
    if max(map(len, cells)) > CELL_LIMIT:
        return f"a cell of more than {CELL_LIMIT} characters", "check the quotes of this line"
    if not any(cell.strip() for cell in cells):
        return "the row is blank", "delete the line"
    return None

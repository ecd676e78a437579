"""Files of every kind to records of text cells; another format is one more entry of ``READERS``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ...errors import InputError
from .delimited import read_csv
from .excel import read_xlsx
from .jsontable import read_json, read_jsonl
from .kinds import SUFFIXES, kind_of
from .limits import CELLS, ROWS, check_columns
from .parquet import read_parquet
from .record import ITEM, Record, Settings
from .source import Source, opened

__all__ = ["ITEM", "READERS", "SUFFIXES", "Record", "Settings", "records"]

Reader = Callable[[Source, Settings, Iterable[str], list[str]], Iterator[Record]]
READERS: dict[str, Reader] = {
    "csv": read_csv,
    "xlsx": read_xlsx,
    "parquet": read_parquet,
    "json": read_json,
    "jsonl": read_jsonl,
}


def records(
    path: Path, file: str, spec: Settings, wanted: Iterable[str], notes: list[str]
) -> Iterator[Record]:
    """Yield the header of a raw file and then every record that is not entirely blank.

    ``file`` is how messages name it and ``wanted`` the headers that the study maps (may be empty).
    ``spec`` may hold ``format``, ``encoding``, ``delimiter``, ``quote``, ``header``, ``sheet``,
    ``records`` and ``decimal``, each honoured where the format has it. Cells are text whatever the
    format (see ``cells``), and every one can be written as UTF-8. Remarks are added to ``notes``.
    Raises InputError where the file as a whole cannot be read: missing, no regular file, damaged,
    protected, of another kind, or beyond what ``limits`` allows.
    """
    source = opened(path, file)
    found = READERS[kind_of(source, spec, notes)](source, spec, list(wanted), notes)
    header = next(found)
    if header.problem:
        raise InputError(f"the header has {header.problem}", file=file, line=header.line, remedy="correct it")
    check_columns(len(header.cells), file)
    yield _writable(header, "".join(header.cells))
    cells = 0
    for count, record in enumerate(found):
        if count == ROWS:
            raise InputError(f"has more than {ROWS} rows", file=file, remedy="split it")
        cells += len(record.cells)
        if cells > CELLS:
            raise InputError(
                f"has more than {CELLS} cells", file=file, remedy="keep the columns that are needed"
            )
        text = "".join(record.cells)
        if record.problem or text.strip():
            yield _writable(record, text)


def _writable(record: Record, text: str) -> Record:
    """The record, its problem said if it holds halves of characters, which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        cells = [cell.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for cell in record.cells]
        return Record(record.line, cells, record.problem or "half a character", record.column)
    return record

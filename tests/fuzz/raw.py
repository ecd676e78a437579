"""A raw file in the making: a sheet of cells, then text, then bytes; and a small study made of such files."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from .workbook import workbook

TEXT_FORMS = ("csv", "json", "jsonl")


@dataclass
class Sheet:
    """Headers and rows of cells: text in CSV, any value in typed formats."""

    header: list[str]
    rows: list[list[Any]]

    def column(self, name: str) -> int | None:
        """The place of a header, if it is there."""
        return self.header.index(name) if name in self.header else None


@dataclass
class Raw:
    """One file: what it holds and how it is to be written.

    ``n_rows`` is the number of records written, as long as it is known for certain; ``data`` replaces
    everything else; ``state`` says what stands in the place of the file.
    """

    path: str
    sheet: Sheet
    form: str = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL  # or csv.QUOTE_ALL
    packed: bool = False
    lines: list[str] | None = None
    data: bytes | None = None
    n_rows: int | None = None
    state: str = "file"  # file | missing | folder
    first_header: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.first_header = list(self.sheet.header)

    def text(self) -> list[str]:
        """The records of a text format as text, one item a record (a quoted cell may hold line ends)."""
        if self.lines is None:
            made = {"csv": _csv, "jsonl": _jsonl, "json": _json}[self.form]
            self.lines = made(self)
        return self.lines

    def content(self) -> bytes:
        """The bytes, unpacked."""
        if self.data is None:
            if self.form in TEXT_FORMS:
                text = "".join(line.removesuffix("\n") + self.newline for line in self.text())
                self.data = text.encode(self.encoding, "replace")
            else:
                self.data = {"xlsx": workbook, "parquet": _parquet}[self.form](
                    self.sheet.header, self.sheet.rows
                )
        return self.data

    def write(self, root: Path) -> bytes | None:
        """Write the file below ``root``; its bytes, or None where there is no file."""
        path = root / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.state == "missing":
            return None
        if self.state == "folder":
            path.mkdir()
            return None
        data = self.content()
        if self.packed:
            data = gzip.compress(data, 1, mtime=0)
        path.write_bytes(data)
        return data


@dataclass
class World:
    """A study and its files by path; ``main`` is the file of projects, ``done`` says what was done."""

    name: str
    study: dict[str, Any]
    files: dict[str, Raw]
    main: str
    done: list[str] = field(default_factory=list)

    @property
    def spec(self) -> dict[str, Any]:
        """The section ``ingest`` of the study."""
        section: dict[str, Any] = self.study["ingest"]
        return section

    def settings_of(self, path: str) -> list[dict[str, Any]]:
        """The settings of the tables read from a file."""
        tables = [value for value in self.spec.values() if isinstance(value, dict)]
        tables += [join for table in tables for join in table.get("join", [])]
        return [table for table in tables if table.get("file") == path]

    def rename(self, raw: Raw, path: str) -> None:
        """Let a file have another name, in the study too."""
        for table in self.settings_of(raw.path):
            table["file"] = path
        self.files = {path if name == raw.path else name: item for name, item in self.files.items()}
        self.main = path if self.main == raw.path else self.main
        raw.path = path


def _csv(raw: Raw) -> list[str]:
    lines = []
    for row in [raw.sheet.header, *raw.sheet.rows]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=raw.delimiter, quoting=raw.quoting, lineterminator="\n")
        writer.writerow(["" if cell is None else cell for cell in row])
        lines.append(buffer.getvalue())
    return lines


def records(sheet: Sheet) -> list[dict[str, Any]]:
    """The rows by header; a row shorter than the header leaves keys out."""
    return [dict(zip(sheet.header, row, strict=False)) for row in sheet.rows]


def _jsonl(raw: Raw) -> list[str]:
    return [json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in records(raw.sheet)]


def _json(raw: Raw) -> list[str]:
    text = json.dumps(records(raw.sheet), ensure_ascii=False, default=str, indent=1)
    return [line + "\n" for line in text.split("\n")]


def _parquet(header: list[str], rows: list[list[Any]]) -> bytes:
    """A column whose values do not share one type is written as text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns, names = [], []
    for place, name in enumerate(header):
        values = [row[place] if place < len(row) else None for row in rows]
        try:
            columns.append(pa.array(values))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
            columns.append(pa.array([None if value is None else _clean(str(value)) for value in values]))
        names.append(name)
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, names=[_clean(name) for name in names]), sink)
    return sink.getvalue()


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def mojibake(text: str) -> str:
    """UTF-8 read as cp1252."""
    return text.encode("utf-8", "replace").decode("cp1252", "replace")


def decomposed(text: str) -> str:
    """Accents apart from their letters."""
    return unicodedata.normalize("NFD", text)


BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)

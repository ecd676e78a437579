"""Raw files made for the tests of readers, and how those tests read them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from fuzz.workbook import MAIN, workbook
from interclust.ingest import readers
from interclust.ingest.readers import Record

SHEET = "xl/worksheets/sheet1.xml"


def read(
    tmp_path: Path, content: bytes, file: str = "t.csv", wanted: tuple[str, ...] = (), **spec: Any
) -> tuple[list[Record], list[str]]:
    path = tmp_path / file
    path.write_bytes(content)
    notes: list[str] = []
    return list(readers.records(path, file, spec, wanted, notes)), notes


def cells(*args: Any, **spec: Any) -> list[list[str]]:
    return [record.cells for record in read(*args, **spec)[0]]


def xlsx(*sheets: list[list[Any]], **names: str) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(names.get(f"name{number}", f"S{number}"))
        for row in rows:
            sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def parquet(table: dict[str, Any] | pa.Table, **settings: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), sink, **settings)
    return sink.getvalue()


def lines(*records: Any) -> bytes:
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


def sheet(header: list[str], rows: str, **parts: str) -> bytes:
    """A workbook whose rows are given as XML."""
    cells = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in header)
    text = f'<worksheet {MAIN}><sheetData><row r="1">{cells}</row>{rows}</sheetData></worksheet>'
    return workbook([], [], **{SHEET: text, **parts})


def written() -> dict[str, bytes]:
    rows = [{"a": "é", "b": "2"}, {"a": "x;y", "b": "3"}]
    table = [["a", "b"], *(list(row.values()) for row in rows)]
    return {
        "csv": 'a;b\né;2\n"x;y";3\n'.encode(),
        "xlsx": xlsx(table),
        "parquet": parquet(pa.Table.from_pylist(rows)),
        "json": json.dumps(rows).encode(),
        "jsonl": lines(*rows),
    }

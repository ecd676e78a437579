"""A second reading of a spoilt file, by other rules than those of ingest: how many records it must give.

Of a CSV file of any bytes these rules hold, whatever its cells are:

- a record begins on a line that is not blank, and no two begin on the same one; the first is the header;
- a line whose quotes are even in number is a record of its own, unless a quote is open above it;
- so a file in which no line has an odd number of quotes gives exactly one record a line, and one in which
  some do loses at most the lines between the first and the last of these to cells with line ends in them.

What counts as a line end (CR alone?) or as blank (a line of control signs?) is open to judgement in a spoilt
file, so both readings are taken, as a lower and an upper bound. Of a file written by its records (``Raw``)
the number is known; rows of blank cells may be counted or not, for nothing is lost with them.
"""

from __future__ import annotations

import csv
import gzip
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .raw import Raw, records

RETURNS = re.compile(r"\r\n|\r|\n")
MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# Settings that let ingest read another part of a file than all of it, or as what it is not.
OTHER_READING = ("header", "quote", "format", "records", "sheet", "encoding")
SPAN = 200  # lines that ingest lets one quoted cell span


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest number of records; ``last`` is the number of lines."""

    low: int
    high: int
    last: int | None = None


def unpacked(data: bytes) -> bytes | None:
    """The bytes of a file that may be packed; None where it is damaged."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, ValueError, gzip.zlib.error):  # type: ignore[attr-defined]
        return None


def decoded(data: bytes) -> str:
    """Text by its byte order mark, else UTF-8 with cp1252 for the lines that are not."""
    for mark, name in MARKS.items():
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    lines = []
    for line in data.split(b"\n"):
        try:
            lines.append(line.decode())
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", "replace"))
    return "\n".join(lines)


def bounds(raw: Raw, data: bytes, tables: Sequence[dict[str, Any]]) -> Bounds | None:
    """How many records ingest must read; None where nothing is known for certain."""
    if any(key in table for table in tables for key in OTHER_READING):
        return None
    if raw.n_rows is not None and raw.form != "csv":
        return Bounds(_filled(raw), raw.n_rows)
    if raw.form != "csv":
        return None
    content = unpacked(data)
    if content is None:
        return None
    found = of_text(decoded(content))
    return Bounds(_filled(raw), len(raw.sheet.rows), found.last) if _as_written(raw, tables) else found


def of_text(text: str) -> Bounds:
    """The bounds of a CSV text by its lines."""
    parted = [text.split("\n"), RETURNS.split(text)]
    fewer, more = parted if "\n" in text else (parted[1], parted[1])
    odd = [place for place, line in enumerate(fewer) if line.count('"') % 2]
    swallowed = odd[-1] - odd[0] if len(odd) > 1 else 0
    surely = sum(map(_visible, fewer))
    perhaps = sum(bool(line.strip(" ")) for line in more)
    return Bounds(max(0, surely - 1 - swallowed), max(0, perhaps - 1), len(more))


def rows(raw: Raw, data: bytes, tables: Sequence[dict[str, Any]]) -> dict[int, dict[str, str]]:
    """The cells of a CSV file by line and header, of its plain lines: one line a record, no blank headers."""
    content = unpacked(data)
    if content is None or raw.form != "csv" or any(key in table for table in tables for key in OTHER_READING):
        return {}
    text = decoded(content)
    if "\r" in text.replace("\r\n", "") or "\0" in text:
        return {}
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if any(line.count('"') % 2 for line in lines) or not lines[0].strip():
        return {}
    delimiter = {table.get("delimiter", raw.delimiter) for table in tables}
    if delimiter != {raw.delimiter}:
        return {}
    header = _cells(lines[0], raw.delimiter)
    found = {}
    for number, line in enumerate(lines[1:], start=2):
        cells = _cells(line, raw.delimiter)
        if len(cells) >= len(header) and len(set(header)) == len(header):
            found[number] = dict(zip(header, cells, strict=False))
    return found


def words(text: str) -> set[str]:
    """The words of a text as they must be found again in the names made of it."""
    seen = "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf")
    return set(re.findall(r"[^\W_]+", seen.casefold()))


def _filled(raw: Raw) -> int:
    """The rows that surely hold anything, under a header where cells beyond the headers are not written."""
    rows: list[list[Any]] = raw.sheet.rows
    if raw.form != "csv":
        rows = [list(row.values()) for row in records(raw.sheet)]
    return sum(any(isinstance(cell, str | int) and _visible(str(cell)) for cell in row) for row in rows)


def _as_written(raw: Raw, tables: Sequence[dict[str, Any]]) -> bool:
    """Whether the rows of the sheet are the records of the file, cells with line ends in them included.

    Ingest takes a cell over several lines for one only where the row then has as many cells as the header,
    and finds the delimiter by the headers: with either spoilt such a row may fall apart into its lines.
    """
    if raw.n_rows is None or any("delimiter" in table for table in tables):
        return False
    for row in raw.sheet.rows:
        ends = sum(len(RETURNS.findall(str(cell))) for cell in row)
        if ends and (
            len(row) != len(raw.sheet.header) or ends >= SPAN or raw.sheet.header != raw.first_header
        ):
            return False
    return any(name.strip() for name in raw.sheet.header)


def _cells(line: str, delimiter: str) -> list[str]:
    return next(iter(csv.reader([line], delimiter=delimiter)), [])


def _visible(line: str) -> bool:
    """Whether a line surely holds something: more than quotes, delimiters and signs that are not seen."""
    return any(unicodedata.category(sign)[0] not in "ZC" and sign not in '",;|' for sign in line)

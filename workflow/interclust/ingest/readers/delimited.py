"""Physical lines to records: encodings, delimiters and quotes of real CSV files, in bounded memory."""

from __future__ import annotations

import csv
import gzip
import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from ...config.suggest import did_you_mean
from ...errors import InputError
from ..text import tidy
from .record import Record, Settings

LINE_LIMIT = 4_000_000  # bytes of one physical line
RECORD_LINES = 200  # physical lines that one quoted cell may span
DELIMITERS = (",", ";", "\t", "|")
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def read_csv(
    path: Path, file: str, spec: Settings, wanted: Iterable[str], notes: list[str]
) -> Iterator[Record]:
    """Yield the header and then every record that is not a blank line.

    ``file`` is how messages name the file, ``wanted`` the columns that decide between delimiters;
    remarks on the decoding are added to ``notes``. A quote that does not close spoils its own line only.
    Raises InputError for a missing, empty, damaged or binary file and for lines beyond the limit.
    """
    lines = _Lines(_decoded(path, file, spec, notes))
    first = lines.peek()
    if first is None or not tidy(first):
        raise InputError("the file is empty", file=file, remedy="give a file with a header and rows")
    delimiter = spec.get("delimiter") or _sniffed(first, wanted)
    width = 0
    while (text := lines.pop()) is not None:
        line = lines.number
        if not text.strip():
            continue
        record = _record(text, line, lines, delimiter, width)
        width = width or len(record.cells)
        yield record


class _Lines:
    """Decoded lines that can be taken, looked at and put back."""

    def __init__(self, source: Iterator[str]) -> None:
        self.source, self.ahead, self.number = source, deque[str](), 0

    def peek(self) -> str | None:
        if not self.ahead:
            self.ahead.extend(itertools.islice(self.source, 1))
        return self.ahead[0] if self.ahead else None

    def pop(self) -> str | None:
        if self.peek() is None:
            return None
        self.number += 1
        return self.ahead.popleft()

    def put_back(self, lines: list[str]) -> None:
        self.ahead.extendleft(reversed(lines))
        self.number -= len(lines)


def _record(text: str, line: int, lines: _Lines, delimiter: str, width: int) -> Record:
    """The record that begins with ``text``; it takes further lines while a quote is open."""
    taken: list[str] = []
    quotes = text.count('"')
    while quotes % 2 and len(taken) < RECORD_LINES and (more := lines.pop()) is not None:
        taken.append(more)
        quotes += more.count('"')
    cells = None if quotes % 2 else _parsed([text, *taken], delimiter)
    if cells is not None and (not taken or not width or len(cells) == width):
        return Record(line, cells)
    lines.put_back(taken)
    return Record(line, _bare(text, delimiter), "a quote that does not close")


def _parsed(lines: list[str], delimiter: str) -> list[str] | None:
    csv.field_size_limit(LINE_LIMIT * 2)
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _bare(text: str, delimiter: str) -> list[str]:
    return text.rstrip("\r\n").split(delimiter)


def _sniffed(header: str, wanted: Iterable[str]) -> str:
    """The delimiter that finds most of the wanted columns in the header, then most columns."""
    names = set(wanted)

    def found(delimiter: str) -> tuple[int, int]:
        cells = [tidy(cell) for cell in _parsed([header], delimiter) or _bare(header, delimiter)]
        return len(names.intersection(cells)), len(cells)

    return max(DELIMITERS, key=found)


def _decoded(path: Path, file: str, spec: Settings, notes: list[str]) -> Iterator[str]:
    """Lines as text: by the setting or the byte order mark, else UTF-8 with cp1252 for lines that are not."""
    encoding = spec.get("encoding")
    with _opened(path, file) as stream:
        start = stream.read(4096)
        if not encoding:
            encoding = next((name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark)), None)
        if encoding and encoding.lower().startswith("utf-16"):
            yield from _two_bytes(start + stream.read(), encoding, file)
            return
        if start.count(b"\0") > len(start) // 20:
            raise InputError("is not a text file", file=file, remedy="save it as CSV in UTF-8")
        foreign = 0
        for number, raw in enumerate(_raw_lines(stream, start, file), start=1):
            text, as_cp1252 = _text(raw, None if encoding == "utf-8-sig" else encoding, file, number)
            foreign += as_cp1252
            yield text.removeprefix("\ufeff") if number == 1 else text
        if foreign:
            notes.append(f"{file}: {foreign} lines are not UTF-8 and were read as cp1252")


def _opened(path: Path, file: str) -> BinaryIO:
    if path.is_dir():
        raise InputError("is a folder, not a file", file=file, remedy="give the file inside it")
    if not path.is_file():
        beside = [item.name for item in path.parent.glob("*")] if path.parent.is_dir() else []
        raise InputError(f"there is no such file{did_you_mean(path.name, beside)}", file=file)
    try:
        return cast(BinaryIO, gzip.open(path) if path.suffix == ".gz" else path.open("rb"))
    except OSError as error:
        raise InputError(f"cannot be opened ({error.strerror})", file=file) from None


def _raw_lines(stream: BinaryIO, start: bytes, file: str) -> Iterator[bytes]:
    """Lines as bytes; ``start`` was read already. CR alone ends a line only where there is no LF."""
    rest = b""
    lone_cr = b"\r" in start and b"\n" not in start
    block = start
    while block:
        if lone_cr:
            block = block.replace(b"\r", b"\n")
        rest += block
        *whole, rest = rest.split(b"\n")
        yield from (line + b"\n" for line in whole)
        if len(rest) > LINE_LIMIT:
            raise InputError(
                f"holds a line longer than {LINE_LIMIT} bytes", file=file, remedy="check the line ends"
            )
        try:
            block = stream.read(1 << 20)
        except (OSError, EOFError) as error:
            raise InputError(f"is damaged ({error})", file=file, remedy="fetch the file again") from None
    if rest:
        yield rest


def _text(raw: bytes, encoding: str | None, file: str, number: int) -> tuple[str, bool]:
    try:
        return raw.decode(encoding or "utf-8"), False
    except LookupError:
        raise InputError(
            f"{encoding} is no encoding", file=file, remedy="correct the setting encoding"
        ) from None
    except UnicodeDecodeError:
        if encoding:
            remedy = "correct the setting encoding"
            raise InputError(f"is not {encoding}", file=file, line=number, remedy=remedy) from None
        return raw.decode("cp1252", errors="replace"), True


def _two_bytes(content: bytes, encoding: str, file: str) -> Iterator[str]:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(f"is not {encoding}", file=file, remedy="save it as CSV in UTF-8") from None
    yield from text.removeprefix("\ufeff").splitlines(keepends=True)

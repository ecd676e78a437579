"""Physical lines to records: delimiters and quotes of real CSV files, in bounded memory."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from ...errors import InputError
from ..headers import plain_header
from .limits import COLUMNS, LINE_BYTES, RECORD_LINES, SAMPLE_LINES, SAMPLE_SIGNS
from .lines import Lines, text_lines
from .record import Record, Settings
from .source import Source

DELIMITERS = (",", ";", "\t", "|")
NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|"}
HEADER = 200  # characters by which a header is known
EXCEL_SEPARATOR = re.compile(r'^"?sep=(.)"?$', re.IGNORECASE)
EMPTY = "the file is empty"
GIVE_ROWS = "give a file with a header and rows"


def read_csv(source: Source, spec: Settings, wanted: Iterable[str], notes: list[str]) -> Iterator[Record]:
    """Yield the header and then every record that is not a blank line.

    ``wanted`` are the headers that decide between delimiters; remarks on the decoding are added to
    ``notes``. A quote that does not close spoils its own line only. Settings: ``encoding``,
    ``delimiter``, ``quote``, ``header``. Raises InputError for an empty or damaged file and for lines
    beyond the limit.
    """
    quote = _quote(spec, source.file)
    lines = Lines(text_lines(source, spec, notes))
    stated = _stated_delimiter(lines)
    _to_header(lines, spec.get("header"), source.file)
    delimiter = _delimiter(spec, quote, source.file) or stated or _sniffed(_sample(lines), wanted, quote)
    width = 0
    while (text := lines.pop()) is not None:
        if not text.strip():
            continue
        line = lines.number
        if not quote or quote not in text:
            record = Record(line, _bare(text, delimiter))
        else:
            record = _quoted(text, line, lines, delimiter, quote, width)
        width = width or len(record.cells)
        yield record


def _quote(spec: Settings, file: str) -> str:
    """The sign that quotes cells, "" for none."""
    quote = spec.get("quote", '"')
    if quote not in ('"', "'", "none"):
        raise InputError(f"quote cannot be {quote}", file=file, remedy="set it to \", ' or none")
    return "" if quote == "none" else str(quote)


def _delimiter(spec: Settings, quote: str, file: str) -> str | None:
    asked = spec.get("delimiter")
    delimiter = NAMED.get(asked, asked) if asked else None
    if delimiter and (len(delimiter) != 1 or delimiter in ("\r", "\n", quote)):
        raise InputError(f"the delimiter cannot be {asked!r}", file=file, remedy="set it to one sign, or tab")
    return delimiter


def _stated_delimiter(lines: Lines) -> str | None:
    """The delimiter of the line ``sep=;`` that Excel writes first; the line is taken."""
    found = EXCEL_SEPARATOR.match("".join(lines.peek()).rstrip("\r\n"))
    if found:
        lines.pop()
    return found[1] if found else None


def _to_header(lines: Lines, header: int | None, file: str) -> None:
    """Take what stands above the header: line ``header``, else the first that is not blank."""
    while lines.number < (header or 0) - 1 and lines.pop() is not None:
        pass
    line = lines.pop()
    while header is None and line is not None and not line.strip("\ufeff\r\n\t "):
        line = lines.pop()
    if header is None and line is None:
        raise InputError(EMPTY, file=file, remedy=GIVE_ROWS)
    if line is None or not line.strip():
        problem, remedy = "holds no headers", "correct the setting header"
        raise InputError(problem, file=file, line=header, remedy=remedy)
    lines.put_back([line])


def _quoted(text: str, line: int, lines: Lines, delimiter: str, quote: str, width: int) -> Record:
    """The record that begins with ``text``; it takes further lines while a quote is open."""
    taken: list[str] = []
    quotes, size = text.count(quote), len(text)
    while (
        quotes % 2 and len(taken) < RECORD_LINES and size < LINE_BYTES and (more := lines.pop()) is not None
    ):
        taken.append(more)
        quotes, size = quotes + more.count(quote), size + len(more)
    cells = None if quotes % 2 else _parsed([text, *taken], delimiter, quote)
    if cells is not None and (not taken or not width or len(cells) == width):
        return Record(line, cells)
    lines.put_back(taken)
    return Record(line, _bare(text, delimiter), "a quote that does not close")


def _parsed(lines: list[str], delimiter: str, quote: str) -> list[str] | None:
    """The cells of one record; None where the lines are none or several."""
    csv.field_size_limit(LINE_BYTES * 3)
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, quotechar=quote))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _bare(text: str, delimiter: str) -> list[str]:
    return text.rstrip("\r\n").split(delimiter)


def _sample(lines: Lines) -> list[str]:
    """The first lines, as far as they are not so long that a few decide as well."""
    sample: list[str] = []
    signs = 0
    for line in lines.peek(SAMPLE_LINES):
        signs += len(line)
        if sample and signs > SAMPLE_SIGNS:
            break
        sample.append(line[:SAMPLE_SIGNS])
    return sample


def _sniffed(sample: list[str], wanted: Iterable[str], quote: str) -> str:
    """The delimiter that finds most of the wanted headers, then gives most lines the header's width.

    A delimiter that the header does not hold comes after all that it holds.
    """
    names = {plain_header(name) for name in wanted}

    def fit(delimiter: str) -> tuple[int, float, float, int]:
        rows = [
            (_parsed([line], delimiter, quote) if quote else None) or _bare(line, delimiter)
            for line in sample
            if line.strip()
        ]
        header, width = rows[0], len(rows[0])
        even = sum(len(row) == width for row in rows) / len(rows)
        found = (
            len(names.intersection(plain_header(cell[:HEADER]) for cell in header[:COLUMNS])) if names else 0
        )
        return found, even * (width > 1), even, width

    return max(DELIMITERS, key=fit)

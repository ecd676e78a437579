"""What a Parquet file says of its size, read before Arrow is let at it.

A few bytes can stand for any number of rows, and pyarrow's own look at a damaged description may end the
process without an error, so the few numbers that matter are read here (Apache Thrift's compact protocol).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from ...errors import InputError
from .limits import FOOTER_BYTES, FREE_BYTES
from .source import AGAIN

MAGIC = b"PAR1"
FIXED = {1: 0, 2: 0, 3: 1, 7: 8}  # bytes of kinds whose length is known: true, false, byte, double
BINARY, LIST, SET, STRUCT = 8, 9, 10, 12
DEPTH, VARINT_BYTES = 30, 10
# Places in the description, of parquet.thrift: FileMetaData, RowGroup, ColumnChunk, ColumnMetaData.
ROWS, GROUPS, COLUMNS, GROUP_BYTES, COLUMN, VALUES, UNPACKED, PACKED = 3, 4, 1, 2, 3, 5, 6, 7


@dataclass
class Footer:
    """Rows, bytes once unpacked, and values (items of lists included) of all columns.

    ``chunks`` has values, unpacked and packed bytes of each large part of a column.
    """

    rows: int = 0
    unpacked: int = 0
    values: int = 0
    chunks: list[tuple[int, int, int]] = field(default_factory=list)


def read_footer(raw: BinaryIO, file: str) -> Footer:
    """The numbers of a Parquet file. Raises InputError for one that is damaged or described at length."""
    size = raw.seek(0, 2)
    raw.seek(max(0, size - 8))
    end = raw.read()
    length = int.from_bytes(end[:4], "little")
    if end[4:] != MAGIC or length > size - 12:
        raise InputError("is damaged: it does not end as Parquet does", file=file, remedy=AGAIN)
    if length > FOOTER_BYTES:
        problem, remedy = f"has a description of {length} bytes", "split it, or keep only the columns needed"
        raise InputError(problem, file=file, remedy=remedy)
    raw.seek(size - 8 - length)
    try:
        return _footer(_Compact(raw.read(length)))
    except (IndexError, ValueError):
        raise InputError("is damaged: its description cannot be read", file=file, remedy=AGAIN) from None


def _footer(data: _Compact) -> Footer:
    found = Footer()
    for place, kind in data.fields():
        if place == ROWS:
            found.rows = data.number()
        elif place == GROUPS:
            for _ in data.items():
                _add_group(data, found)
        else:
            data.skip(kind)
    return found


def _add_group(data: _Compact, found: Footer) -> None:
    for place, kind in data.fields():
        if place == GROUP_BYTES:
            found.unpacked += data.number()
        elif place == COLUMNS:
            for _ in data.items():
                _add_column(data, found)
        else:
            data.skip(kind)


def _add_column(data: _Compact, found: Footer) -> None:
    for place, kind in data.fields():
        if place != COLUMN:
            data.skip(kind)
            continue
        numbers = dict.fromkeys((VALUES, UNPACKED, PACKED), 0)
        for inner, inner_kind in data.fields():
            if inner in numbers:
                numbers[inner] = data.number()
            else:
                data.skip(inner_kind)
        found.values += numbers[VALUES]
        if numbers[UNPACKED] > FREE_BYTES:
            found.chunks.append((numbers[VALUES], numbers[UNPACKED], numbers[PACKED]))


class _Compact:
    """Bytes in the compact protocol; IndexError or ValueError where they are none."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """Place and kind of each field; whoever iterates reads or skips its value."""
        place = 0
        while byte := self._byte():
            place = place + (byte >> 4) if byte >> 4 else self.number()
            yield place, byte & 15

    def items(self) -> Iterator[int]:
        """The kind of each item of a list."""
        byte = self._byte()
        count = byte >> 4 if byte >> 4 < 15 else self._varint()
        for _ in range(count):
            yield byte & 15

    def number(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def skip(self, kind: int, depth: int = 0) -> None:
        """Pass over a value."""
        if depth > DEPTH:
            raise ValueError("too deep")
        if kind in FIXED:
            self.at += FIXED[kind]
        elif kind == BINARY:
            length = self._varint()
            self.at += length
        elif kind in (LIST, SET):
            for inner in self.items():
                self.skip(3 if inner in (1, 2) else inner, depth + 1)  # in lists a flag takes a byte
        elif kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        elif kind in (4, 5, 6):
            self._varint()
        else:
            raise ValueError("no map stands in a description, nor any other kind")

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 7 * VARINT_BYTES, 7):
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise ValueError("a number without end")

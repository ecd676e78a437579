"""Physical lines of a text file: encodings and line ends of real files, in bounded memory."""

from __future__ import annotations

import codecs
import itertools
from collections import deque
from collections.abc import Iterator

from ...errors import InputError
from .limits import LINE_BYTES, LINES
from .record import Settings
from .source import Source

BYTE_ORDER_MARKS = {  # UTF-32's begins as UTF-16's does
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
CORRECT = "correct the setting encoding"


class Lines:
    """Decoded lines that can be taken, looked at and put back; ``number`` is that of the last one taken."""

    def __init__(self, source: Iterator[str]) -> None:
        self.source, self.ahead, self.number = source, deque[str](), 0

    def peek(self, count: int = 1) -> list[str]:
        """The next lines, at most ``count``, without taking them."""
        self.ahead.extend(itertools.islice(self.source, max(0, count - len(self.ahead))))
        return list(itertools.islice(self.ahead, count))

    def pop(self) -> str | None:
        """Take the next line; None at the end."""
        line = self.ahead.popleft() if self.ahead else next(self.source, None)
        self.number += line is not None
        return line

    def put_back(self, lines: list[str]) -> None:
        """Give back the lines taken last."""
        self.ahead.extendleft(reversed(lines))
        self.number -= len(lines)


def mark_of(head: bytes) -> str | None:
    """The encoding that a byte order mark tells, if there is one."""
    return next((name for mark, name in BYTE_ORDER_MARKS.items() if head.startswith(mark)), None)


def encoding_of(source: Source, spec: Settings, notes: list[str]) -> str | None:
    """The encoding by the byte order mark, else by the setting, else None.

    Raises InputError for a setting that is no encoding of text.
    """
    asked, marked = spec.get("encoding"), mark_of(source.head)
    if asked:
        try:
            "é".encode(asked, errors="replace")
        except (LookupError, ValueError):  # ValueError: a name with a NUL byte
            raise InputError(f"{asked} is no encoding", file=source.file, remedy=CORRECT) from None
        if marked and not codecs.lookup(asked).name.startswith(marked):
            notes.append(f"{source.file}: begins with the mark of {marked} and was read so, not as {asked}")
    return marked or asked


def text_lines(source: Source, spec: Settings, notes: list[str]) -> Iterator[str]:
    """The lines with their ends. Without setting or mark UTF-8, and cp1252 for the lines that are not.

    Remarks on the decoding are added to ``notes``. Raises InputError for a line beyond the limit and for
    bytes that the encoding does not know.
    """
    encoding, blocks = encoding_of(source, spec, notes), source.blocks()
    if encoding and "\n".encode(encoding, errors="replace") != b"\n":
        blocks, encoding = _as_utf8(blocks, encoding, source.file), "utf-8"
    foreign = 0
    for number, raw in enumerate(_raw_lines(blocks, source.file), start=1):
        try:
            text = raw.decode(encoding or "utf-8")
        except UnicodeDecodeError:
            if encoding:
                problem = f"is not {encoding}"
                raise InputError(problem, file=source.file, line=number, remedy=CORRECT) from None
            text, foreign = raw.decode("cp1252", errors="replace"), foreign + 1
        yield text.removeprefix("\ufeff") if number == 1 else text
    if foreign:
        notes.append(f"{source.file}: {foreign} lines are not UTF-8 and were read as cp1252")


def _as_utf8(blocks: Iterator[bytes], encoding: str, file: str) -> Iterator[bytes]:
    """The same text in UTF-8, where a line end is one byte."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in blocks:
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise InputError(f"is not {encoding}", file=file, remedy=CORRECT) from None


def _raw_lines(blocks: Iterator[bytes], file: str) -> Iterator[bytes]:
    """Lines as bytes; CR alone ends a line only where the file begins without any LF."""
    rest, number, lone_cr = b"", 0, None
    for block in blocks:
        if lone_cr is None:
            lone_cr = b"\r" in block and b"\n" not in block
        *whole, rest = (rest + (block.replace(b"\r", b"\n") if lone_cr else block)).split(b"\n")
        for line in whole:
            yield line + b"\n"
        number += len(whole)
        if len(rest) > LINE_BYTES:
            problem = f"is longer than {LINE_BYTES} bytes"
            raise InputError(problem, file=file, line=number + 1, remedy="check the line ends")
        if number > LINES:
            raise InputError(f"has more than {LINES} lines", file=file, remedy="split it")
    if rest:
        yield rest

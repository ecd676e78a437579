"""The parts of an XLSX file: a ZIP archive of XML, checked before it is unpacked and read as a stream.

The standard library's parser is used with the part's bytes counted and every document type refused, for
entities are what "billion laughs" are made of and no workbook has any.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NoReturn, Protocol
from xml.parsers import expat

from ...errors import InputError
from .limits import DIRECTORY_BYTES, EXPANSION, FREE_BYTES, LINE_BYTES, PARTS, UNPACKED_BYTES
from .source import AGAIN

BLOCK = 1 << 16
DAMAGE = (  # what zipfile raises, whichever part of an archive is spoilt
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    NotImplementedError,
    UnicodeDecodeError,
)
ENCODINGS = ("utf-8", "utf-16", "us-ascii", "iso-8859-1")  # that the parser knows by itself
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # all that the format allows
ENCRYPTED = 1  # bit of a part's flags
OTHERS = {  # what else is a ZIP archive: how its parts' names begin, what it is
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
    "word/": "a Word document",
    "ppt/": "a PowerPoint presentation",
    "content.xml": "an OpenDocument file (.ods or .odt)",
    "index/": "a Numbers or Pages document",
}
SAVE = "save the sheet as .xlsx or CSV"


class Handler(Protocol):
    """Takes what a parser meets; ``ready`` collects what is complete."""

    ready: list[Any]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element below the root; its tag has no prefix."""

    def text(self, text: str) -> None:
        """Take text inside it."""

    def end(self, tag: str) -> None:
        """End it."""


class Package:
    """The parts of the archive by their names."""

    def __init__(self, raw: BinaryIO, file: str) -> None:
        self.file = file
        with self._reading():
            self.archive = zipfile.ZipFile(_Careful(raw))
        parts = self.archive.infolist()
        self.parts = {part.filename.replace("\\", "/").lstrip("/").lower(): part for part in parts}
        packed, unpacked = (
            sum(getattr(part, size) for part in parts) for size in ("compress_size", "file_size")
        )
        if len(parts) > PARTS:
            self.refuse(f"has more than {PARTS} parts", SAVE)
        if unpacked > UNPACKED_BYTES or unpacked > max(FREE_BYTES, EXPANSION * packed):
            self.refuse(f"unpacks from {packed} to {unpacked} bytes, as no workbook does", SAVE)

    def require(self, name: str) -> None:
        """Raise InputError, saying what the archive is instead, unless it has the part."""
        if name.lower() in self.parts:
            return
        for start, kind in OTHERS.items():
            if any(part.startswith(start) for part in self.parts):
                self.refuse(f"is {kind}", SAVE)
        self.refuse("is a ZIP archive, not a workbook", "unpack it and give the file inside")

    def read(self, name: str, handler: Handler, limit: int = LINE_BYTES) -> Iterator[Any]:
        """Yield what the handler has ready while the part is parsed.

        ``limit`` bounds the bytes between two things ready. Raises InputError for a part that is
        missing, damaged, declares a document type or goes beyond the limit.
        """
        pending = 0
        parser = _parser(handler, self.refuse)
        for block in self._blocks(name):
            pending += len(block)
            try:
                parser.Parse(block, not block)
            except expat.ExpatError as error:
                self.refuse(f"is damaged ({name}: {error})", AGAIN)
            if handler.ready:
                pending = 0
                yield from handler.ready
                handler.ready.clear()
            if pending > limit:
                self.refuse(f"has more than {limit} bytes in one piece of {name}", SAVE)

    def _blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, an empty block last."""
        part = self.parts.get(name.lower())
        if part is None:
            self.refuse(f"is damaged: it has no part {name}", AGAIN)
        if part.flag_bits & ENCRYPTED:
            self.refuse("is protected by a password", "save it without one")
        if part.compress_type not in METHODS:
            self.refuse("is packed in a way that no workbook is", SAVE)
        with self._reading(name), self.archive.open(part) as stream:
            yield from iter(lambda: stream.read(BLOCK), b"")
        yield b""

    @contextmanager
    def _reading(self, part: str = "") -> Iterator[None]:
        """What damage raises, as a sentence."""
        try:
            yield
        except DAMAGE as error:
            self.refuse(f"is damaged ({f'{part}: ' if part else ''}{error})", AGAIN)

    def refuse(self, problem: str, remedy: str) -> NoReturn:
        """Raise InputError about the file."""
        raise InputError(problem, file=self.file, remedy=remedy) from None


class _Careful(io.BufferedReader):
    """A file that refuses to be read in one piece as large as only a hostile archive's directory is."""

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__(raw)  # type: ignore[arg-type]

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > DIRECTORY_BYTES:
            raise zipfile.BadZipFile("its directory is too large")
        return super().read(size)


def _parser(handler: Handler, refuse: Any) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def doctype(*_: object) -> None:
        refuse("declares a document type, as no workbook does", SAVE)

    def root(tag: str, attributes: dict[str, str]) -> None:
        """Tags have a prefix everywhere or nowhere; to look for one in each would double the time."""
        start, end = handler.start, handler.end
        if ":" in tag:
            parser.StartElementHandler = lambda tag, found: start(tag.rpartition(":")[2], found)
            parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
        else:
            parser.StartElementHandler, parser.EndElementHandler = start, end

    def declaration(version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower() not in ENCODINGS:
            refuse(f"declares the encoding {encoding[:40]}, as no workbook does", SAVE)

    parser.XmlDeclHandler = declaration
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = root
    parser.CharacterDataHandler = handler.text
    return parser


def beside(part: str, target: str) -> str:
    """The name of the part that another one refers to."""
    folder = "" if target.startswith("/") else posixpath.dirname(part)
    return posixpath.normpath(posixpath.join(folder, target.lstrip("/"))).replace("\\", "/")

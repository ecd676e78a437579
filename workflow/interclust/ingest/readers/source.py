"""One raw file: a regular one, opened safely and unpacked where gzip packed it."""

from __future__ import annotations

import stat
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ...config.suggest import did_you_mean
from ...errors import InputError
from .limits import EXPANSION, FREE_BYTES, UNPACKED_BYTES

BLOCK = 1 << 18
HEAD = 4096
GZIP = b"\x1f\x8b"
GZIP_WINDOW = 31  # zlib's sign for gzip's frame
AGAIN = "fetch or save the file again"


@dataclass(frozen=True)
class Source:
    """A raw file: its path, how messages name it, its first bytes (unpacked), whether gzip packed it."""

    path: Path
    file: str
    head: bytes
    packed: bool

    def blocks(self) -> Iterator[bytes]:
        """The bytes of the file, unpacked, block by block.

        Raises InputError where the file is damaged or unpacks to far more than real tables do.
        """
        with _reading(self.file), self.path.open("rb") as raw:
            yield from _inflated(raw, self.file) if self.packed else iter(lambda: raw.read(BLOCK), b"")

    @contextmanager
    def seekable(self) -> Iterator[BinaryIO]:
        """The file itself, or its bytes unpacked into a temporary one (on disk, not in memory)."""
        if not self.packed:
            with self.path.open("rb") as raw:
                yield raw
            return
        with tempfile.TemporaryFile() as copy:
            for block in self.blocks():
                copy.write(block)
                if copy.tell() > UNPACKED_BYTES:
                    raise InputError(
                        f"unpacks to more than {UNPACKED_BYTES} bytes", file=self.file, remedy="split it"
                    )
            copy.seek(0)
            yield copy


def opened(path: Path, file: str) -> Source:
    """Look at a file and its first bytes.

    Raises InputError unless it is a regular file that can be opened: a pipe or device could keep a run
    waiting for ever.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        beside = [item.name for item in path.parent.iterdir()] if path.parent.is_dir() else []
        raise InputError(f"there is no such file{did_you_mean(path.name, beside)}", file=file) from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be opened ({_reason(error)})", file=file) from None
    if stat.S_ISDIR(mode):
        raise InputError("is a folder, not a file", file=file, remedy="give the file inside it")
    if not stat.S_ISREG(mode):
        remedy = "copy what it gives into a file"
        raise InputError("is a pipe, socket or device, not a file", file=file, remedy=remedy)
    try:
        with path.open("rb") as raw:
            start = raw.read(HEAD)
    except OSError as error:
        remedy = "see that it may be read"
        raise InputError(f"cannot be opened ({_reason(error)})", file=file, remedy=remedy) from None
    if not start.startswith(GZIP):
        return Source(path, file, start, packed=False)
    head = next(Source(path, file, start, packed=True).blocks(), b"")[:HEAD]
    return Source(path, file, head, packed=True)


@contextmanager
def _reading(file: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"is damaged ({_reason(error)})", file=file, remedy=AGAIN) from None


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)


def _inflated(raw: BinaryIO, file: str) -> Iterator[bytes]:
    """What gzip packed, in blocks; several packed files in a row are read as one, as gzip does.

    With zlib alone, for the standard library's gzip takes minutes over a header made to last.
    """
    inflate, given, begun = zlib.decompressobj(GZIP_WINDOW), 0, False
    while packed := raw.read(BLOCK):
        while packed := packed if begun else packed.lstrip(b"\0"):
            block = inflate.decompress(packed, BLOCK)
            given, begun, packed = given + len(block), not inflate.eof, inflate.unconsumed_tail
            if given > FREE_BYTES and given > EXPANSION * raw.tell():
                problem = f"unpacks to more than {EXPANSION} times its size, as no table does"
                raise InputError(problem, file=file, remedy="see where it comes from, or give it unpacked")
            if block:
                yield block
            if inflate.eof:
                packed, inflate = inflate.unused_data, zlib.decompressobj(GZIP_WINDOW)
    if begun:
        raise EOFError("it ends too early")

"""Raw files that stay as they are while they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..config import raw_files
from ..errors import InputError

Stamp = tuple[int, int, int] | None  # inode, bytes, nanoseconds of the last change


@contextmanager
def steady(root: Path, spec: Mapping[str, Any]) -> Iterator[None]:
    """Raise InputError after the block if a raw file of an ``ingest`` section was changed during it.

    Records would then be of neither version, and newer than the file, so that no later run would notice.
    """
    names = raw_files(spec)
    before = {name: _stamp(root / name) for name in names}
    yield
    for name in names:
        if _stamp(root / name) != before[name]:
            raise InputError(
                "was changed while it was read", file=name, remedy="run again when it is complete"
            )


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return None  # whoever reads it says so
    return found.st_ino, found.st_size, found.st_mtime_ns

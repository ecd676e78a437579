"""Reading and writing of small files: whole or not at all, the same bytes every time."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# A spreadsheet runs a cell that begins so as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; rename it into place only if the block succeeds."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(text: str, path: str | Path) -> None:
    """Write UTF-8 text with LF line ends, atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(value: Any, path: str | Path) -> None:
    """Write JSON with sorted keys and shortest round-trip floats; NaN is refused."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    write_text(text + "\n", path)


def read_json(path: str | Path) -> Any:
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def neutral(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula (numbers are left alone)."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return cell


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table for people: UTF-8, LF, shortest round-trip floats, formulas neutralised."""
    text = frame.select_dtypes(include=["object", "str", "category"]).columns
    safe = frame.assign(**{name: frame[name].map(neutral) for name in text})
    with atomic(path) as temporary:
        safe.to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8")

"""Reading and writing of small files: whole or not at all, the same bytes every time."""

from __future__ import annotations

import glob
import json
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ContractError, OutputError

if TYPE_CHECKING:
    import pandas as pd

WORKING = ".interclust-"  # how temporary folders begin
# Control signs but tab and line ends, and those that turn the direction of writing.
COMMANDS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# A spreadsheet runs a cell that begins so as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; rename it into place only if the block succeeds.

    What a killed process left beside it is removed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_strays(path.parent, f".{path.name}.")
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name}.{os.getpid()}-", suffix=path.suffix
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if error.filename in (None, name):  # Arrow names no file, and the temporary one tells nobody anything
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: str | Path, names: Collection[str]) -> Iterator[Path]:
    """Yield a temporary folder that takes the place of ``path`` only if the block succeeds.

    ``names`` are the files that it may hold: a folder with others in it is somebody's and not replaced.
    Raises OutputError, before the block is run, where the folder cannot be written.
    """
    with writing(path):
        target, above = _checked(Path(path), names)
        _remove_strays(above, WORKING)
        temporary = Path(tempfile.mkdtemp(dir=above, prefix=f"{WORKING}{os.getpid()}-"))
    try:
        new = temporary / "new"
        new.mkdir()
        yield new
        with writing(path):
            target.parent.mkdir(parents=True, exist_ok=True)
            _swap(new, target, temporary / "old")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """What the system says of a folder or file that cannot be written, as a sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        remedy = "make room or give another folder"
        raise OutputError(f"cannot be written ({reason})", to=str(path)[:200], remedy=remedy) from None


def check_writable(folder: str | Path) -> None:
    """Raise OutputError where no file can be made in a folder; one that is not there is made."""
    with writing(folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=WORKING):
            pass


def _checked(path: Path, names: Collection[str]) -> tuple[Path, Path]:
    """The folder with its links resolved, and the folder that a temporary one is made in.

    That is the nearest one above that is there, or the folder itself where it cannot be renamed.
    """
    try:
        str(path).encode()
        target = path.resolve()
    except UnicodeEncodeError:
        raise OutputError("is no name in UTF-8", to=str(path), remedy="give another folder") from None
    except RuntimeError as error:
        raise OSError(str(error)) from None
    if not target.exists():
        return target, next(folder for folder in target.parents if folder.exists())
    if not target.is_dir():
        raise OutputError("is a file, not a folder", to=str(path), remedy="give another folder")
    others = [item.name for item in target.iterdir() if not _ours(item.name, names)]
    if others:
        problem = f"holds other files than the tables of this stage ({min(others)})"
        raise OutputError(problem, to=str(path), remedy="give a folder of its own")
    fixed = target.is_mount() or target == Path.cwd() or not os.access(target.parent, os.W_OK)
    return target, target if fixed else target.parent


def _ours(name: str, names: Collection[str]) -> bool:
    return name in names or name.startswith((WORKING, *(f".{own}." for own in names)))


def _swap(new: Path, target: Path, old: Path) -> None:
    """Put a folder in the place of another, which goes to ``old``; what was there stays if that fails.

    Of a folder that cannot be renamed the files are replaced, one by one.
    """
    new.chmod(0o755)
    if new.is_relative_to(target):
        for item in sorted(new.iterdir()):
            item.replace(target / item.name)
        return
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)
        raise


def _remove_strays(folder: Path, start: str) -> None:
    """Remove the temporary files and folders with this beginning whose process is no more."""
    for name in glob.glob(f"{glob.escape(start)}*-*", root_dir=folder):
        number = re.match(r"\d+(?=-)", name.removeprefix(start))
        if number is None or _runs(int(number[0])):
            continue
        stray = folder / name
        if stray.is_dir():
            shutil.rmtree(stray, ignore_errors=True)
        else:
            stray.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def write_text(text: str, path: str | Path) -> None:
    """Write UTF-8 text with LF line ends, atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(value: Any, path: str | Path) -> None:
    """Write JSON with sorted keys and shortest round-trip floats; NaN is refused."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    write_text(text + "\n", path)


def read_json(path: str | Path) -> Any:
    """Read a JSON file that a stage wrote; ContractError if it is damaged."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ContractError(f"{path}: is no whole JSON ({error}); delete the file and run again") from None


def whole_csv(path: str | Path) -> Path:
    """The path of a CSV that a stage wrote; ContractError if it is cut off, empty or no text.

    Rows are whole or not at all: a file that ends within one has no line end.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        text = ""
    if not text.endswith("\n"):
        raise ContractError(f"{path}: is cut off or no table; delete the file and run again")
    return Path(path)


def neutral(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula and no console obeys (numbers are left alone).

    Control signs and those that turn the direction of writing are shown as their escapes.
    """
    if not isinstance(cell, str):
        return cell
    if not cell.isprintable():
        cell = COMMANDS.sub(lambda sign: sign[0].encode("unicode_escape").decode(), cell)
    return "'" + cell if cell.startswith(FORMULA_STARTS) else cell


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table for people: UTF-8, LF, shortest round-trip floats, formulas neutralised."""
    text = frame.select_dtypes(include=["object", "str", "category"]).columns
    safe = frame.assign(**{name: frame[name].map(neutral) for name in text})
    with atomic(path) as temporary:
        safe.to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8")

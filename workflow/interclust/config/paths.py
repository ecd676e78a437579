"""Where the project is, and paths that stay where they belong."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ..errors import ConfigError

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")  # of what names folders, jobs and patterns of the workflow
NAME = 240  # bytes of a file's name without its ending: systems allow 255


@cache
def project_root() -> Path:
    """The folder that holds ``config/config.yaml``: the package's checkout, else above the working folder."""
    here = Path(__file__).resolve()
    for folder in (*here.parents, *(Path.cwd() / "x").parents):
        if (folder / "config" / "config.yaml").is_file() and (folder / "workflow").is_dir():
            return folder
    raise ConfigError("no config/config.yaml in this folder or above it; run inside the project")


def show(path: Path) -> str:
    """A path for messages and records: relative to the project where it lies inside."""
    root = project_root()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def check_name(name: str, setting: str) -> None:
    """Raise ConfigError for what cannot be the name of a file; ``setting`` says where it stands."""
    if len(name.encode(errors="replace")) > NAME or "\0" in name:
        raise ConfigError(f"{setting} names {name[:60]!r}, which is no name of a file; correct it")


def check_plain(name: str, setting: str) -> None:
    """Raise ConfigError for a name that cannot name a folder of results; ``setting`` says where it stands."""
    check_name(name, setting)
    if not PLAIN.fullmatch(name):
        raise ConfigError(f"{setting} names {name[:60]!r}; use letters, digits, _ and - only")


def reason_of(error: Exception) -> str:
    """Why a path or file cannot be used, in the system's words."""
    return str(getattr(error, "strerror", None) or error)


def resolved(path: str | Path) -> Path:
    """The absolute path with links resolved; raise ConfigError where the system cannot look it up."""
    try:
        found = Path(path).resolve()
        found.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise ConfigError(
            f"{str(path)[:80]!r}: cannot be looked up ({reason_of(error)}); correct the path or see that it "
            "may be read"
        ) from None
    return found


def inside(root: str | Path, relative: str | Path) -> Path:
    """Return ``root/relative`` with links resolved; raise ConfigError if it lies outside ``root``."""
    base = resolved(root)
    try:
        path = (base / relative).resolve()
        path.exists()
    except (OSError, ValueError, RuntimeError) as error:
        problem = f"{str(relative)[:80]!r}: cannot be looked up ({reason_of(error)})"
        remedy = "correct the setting file or see that the folder may be read"
        raise ConfigError(f"{problem}; {remedy}") from None
    given = base / relative
    if given.is_symlink() and not path.exists():
        problem = f"is a link to {given.readlink()}, which is not there"
        raise ConfigError(f"{relative}: {problem}; copy the file instead")
    if Path(relative).is_absolute() or not path.is_relative_to(base):
        raise ConfigError(f"{relative}: lies outside the data folder; give a path below it")
    return path

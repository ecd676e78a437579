"""Where the project is, and paths that stay where they belong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..errors import ConfigError


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


def inside(root: str | Path, relative: str | Path) -> Path:
    """Return ``root/relative`` with links resolved; raise ConfigError if it lies outside ``root``."""
    base = Path(root).resolve()
    try:
        path = (base / relative).resolve()
        path.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise ConfigError(f"{str(relative)[:80]!r}: is no path ({error}); correct the setting file") from None
    if Path(relative).is_absolute() or not path.is_relative_to(base):
        raise ConfigError(f"{relative}: lies outside the data folder; give a path below it")
    return path

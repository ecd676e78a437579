"""Where a run comes from: versions, configuration, raw files and commit; the one file with a clock."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from .. import __version__

LIBRARIES = (
    "formulaic",
    "jinja2",
    "matplotlib",
    "numpy",
    "pandas",
    "pandera",
    "pyarrow",
    "pypandoc_binary",
    "rapidfuzz",
    "scikit-learn",
    "scipy",
    "snakemake",
    "statsmodels",
    "typst",
)


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def config_hash(study: Mapping[str, Any]) -> str:
    """The SHA-256 of a resolved study, whatever the order of its keys."""
    text = json.dumps(study, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def raw_names(files: Iterable[str | Path], root: str | Path) -> dict[Path, str]:
    """Name of every raw file: its path below ``root``, or below the folder that holds them all."""
    found = sorted({Path(file).resolve() for file in files})
    base = Path(root).resolve()
    if not all(file.is_relative_to(base) for file in found):
        base = Path(os.path.commonpath([file.parent for file in found]))
    return {file: file.relative_to(base).as_posix() for file in found}


def raw_hashes(files: Iterable[str | Path], root: str | Path) -> dict[str, str]:
    """Hash of every raw file by its name."""
    return {name: sha256(file) for file, name in raw_names(files, root).items()}


def facts(study: Mapping[str, Any], files: Iterable[str | Path], root: str | Path) -> dict[str, Any]:
    """What the report prints of its origin: nothing that changes from one run to the next."""
    return {
        "version": __version__,
        "config": config_hash(study),
        "seed": study.get("seed", ""),
        "raw": raw_hashes(files, root),
    }


def provenance(study: Mapping[str, Any], files: Iterable[str | Path], root: str | Path) -> dict[str, Any]:
    """Everything about a run: origin, commit, versions, machine kind and the time it ended."""
    from datetime import UTC, datetime

    return {
        **facts(study, files, root),
        "study": study.get("name"),
        "commit": commit(Path(root)),
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        "libraries": versions(LIBRARIES),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def versions(names: Iterable[str]) -> dict[str, str]:
    """Installed versions of libraries; absent ones are left out."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def commit(root: Path) -> dict[str, Any] | None:
    """Commit of the working tree and whether it was changed since; None outside git."""
    try:
        head = _git(root, "rev-parse", "HEAD")
        return {"sha": head, "changed": bool(_git(root, "status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        ["git", "-C", str(root), *arguments],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
        timeout=20,
    )
    return done.stdout.strip()

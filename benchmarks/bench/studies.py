"""Whole studies, from raw files to the report: each in a copy of the workflow, so that everything is made."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .measure import ROOT, Usage, environment, watched

STUDIES = ("fui", "fui_synthetic", "h2020", "h2020_full")
EXTERNAL = ("h2020", "h2020_full")  # their data are where INTERCLUST_DATA says
COPIED = ("Snakefile", "pyproject.toml", "config", "data", "profiles", "workflow")
HEAD = (
    "\n| study | seconds | CPU s | largest process, MB | jobs | files | MB of files |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def study_lines(names: Sequence[str], place: Path) -> Iterator[str]:
    """One line a study."""
    yield HEAD
    for name in names:
        if name in EXTERNAL and not os.environ.get("INTERCLUST_DATA"):
            yield f"| {name} | missing: INTERCLUST_DATA does not say where its data are | | | | | |"
            continue
        yield line(name, place / name)


def line(name: str, folder: Path) -> str:
    """Run a study in a folder made for it, and say what it took."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for item in COPIED:
        copy = shutil.copytree if (ROOT / item).is_dir() else shutil.copy2
        copy(ROOT / item, folder / item)
    command = [sys.executable, "-m", "snakemake", "--quiet", "rules", "--config", f"studies={name}"]
    used = watched(command, environment(ours=True) | {"PYTHONPATH": str(folder / "workflow")}, folder=folder)
    found = said(name, used, folder)
    shutil.rmtree(folder)
    return found


def said(name: str, used: Usage, folder: Path) -> str:
    """The line."""
    if used.status:
        last = used.err.strip().splitlines()[-1] if used.err.strip() else f"exit {used.status}"
        return f"| {name} | failed: {last[:120]} | | | | | |"
    files = [path for path in (folder / "results").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 2**20
    jobs = next((text.split()[-1] for text in used.err.splitlines() if text.startswith("total ")), "")
    cells = (
        f"{used.seconds:.0f}",
        f"{used.cpu:.0f}",
        f"{used.peak:,.0f}",
        jobs,
        f"{len(files):,}",
        f"{size:.0f}",
    )
    return f"| {name} | {' | '.join(cells)} |"

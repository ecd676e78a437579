"""Studies of a few lines, written to a folder and read."""

from __future__ import annotations

from pathlib import Path

from interclust import config, ingest

YEARS = "panel: {unit: year, first: 2010, last: 2016}\n"
PROJECTS = "projects: {file: p.csv, columns: {acronym: name, year: year, clusters: members}}"


def study(folder: Path, settings: str, panel: str = YEARS, **files: str) -> Path:
    """A study file beside a folder ``raw`` with the files (``p`` is p.csv); rows are set aside at will."""
    (folder / "raw").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "raw" / f"{name}.csv").write_text(text, encoding="utf-8")
    path = folder / "mine.yaml"
    path.write_text(f"data_dir: raw\n{panel}ingest: {{tolerance: 1, {settings}}}\n", encoding="utf-8")
    return path


def read(folder: Path, settings: str, panel: str = YEARS, **files: str) -> ingest.IngestResult:
    return ingest.run(config.load(study(folder, settings, panel, **files)))


def aside(result: ingest.IngestResult) -> list[tuple[int, str]]:
    """Line and reason of each row set aside."""
    return list(zip(result.quarantine["line"], result.quarantine["reason"], strict=True))

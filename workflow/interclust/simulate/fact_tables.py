"""The raw tables of a synthetic registry: those of the real one, and its drawn facts in their own files."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config import DRAWN, real_files
from ..config.paths import inside
from ..io import atomic
from .facts import Bodies, Row, draw_facts

Study = Mapping[str, Any]

REPLACED = ("director_change", "project_officer")  # real events of what is drawn


def write_registry(study: Study, source: str | Path, folder: str | Path) -> None:
    """Write to ``folder`` every raw file that the study's ingest reads: real ones from ``source``, and facts.

    Without ``simulate.facts`` all files are the real ones. The table of projects is the real one.
    """
    for name in real_files(dict(study)):
        with atomic(Path(folder) / name) as temporary:
            temporary.write_bytes(inside(source, name).read_bytes())
    if study["simulate"].get("facts"):
        _write_facts(study, source, folder)


def real_bodies(study: Study, source: str | Path) -> Bodies:
    """The bodies that can label, as the real tables of ``source`` alone tell of them."""
    from .. import ingest

    real = {key: value for key, value in study["ingest"].items() if key not in DRAWN}
    registry = ingest.read({**study, "ingest": real}, source)
    return Bodies.of(registry, study["panel"].get("eligible_kinds"))


def _write_facts(study: Study, source: str | Path, folder: str | Path) -> None:
    drawn = draw_facts(study["simulate"]["facts"], real_bodies(study, source))
    for section, rows in drawn.items():
        spec = study["ingest"].get(section)
        if spec:
            kept = _real_events(spec, Path(source)) if section == "events" else []
            write_rows(spec, [*kept, *rows], Path(folder) / spec["file"])


def write_rows(spec: Mapping[str, Any], rows: list[Row], path: Path) -> None:
    """Write rows by our columns under the headers that a section of ``ingest`` maps, as CSV.

    Measures are named as the section's ``facts`` name them in raw tables.
    """
    printed = {fact: name for name, fact in reversed(spec.get("facts", {}).items())}
    with atomic(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(spec["columns"].values())
        for row in rows:
            cells = (row.get(column, "") for column in spec["columns"])
            writer.writerow([printed.get(cell, cell) for cell in cells])


def _real_events(spec: Mapping[str, Any], source: Path) -> list[Row]:
    """The real events by our columns, but those of what is drawn."""
    with inside(source, spec["file"]).open(encoding="utf-8-sig", newline="") as file:
        read = [{ours: row[raw] for ours, raw in spec["columns"].items()} for row in csv.DictReader(file)]
    return [row for row in read if row["event"] not in REPLACED]

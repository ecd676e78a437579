"""What ingest.json says: rows, names, rates, checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .bodies import Registry
from .checks import period_checks, source_checks, total_checks, windows
from .frames import with_rates
from .periods import Periods
from .projects import Project
from .tables import Table

Settings = Mapping[str, Any]
PAIRS_AT_ONCE = 4_000_000


@dataclass
class Summary:
    """Content of ingest.json, the table of sources, and the tables read on the way."""

    summary: dict[str, Any]
    sources: list[dict[str, Any]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def summarise(
    root: Path,
    spec: Settings,
    projects: Sequence[Project],
    rows: Sequence[Project],
    registry: Registry,
    periods: Periods,
    tables: Sequence[Table],
) -> Summary:
    """Count what was read and hold it against what is published."""
    found = Summary({})
    checks = period_checks(periods, projects, spec["periods"].get("file", "ingest.periods"))
    spans: list[dict[str, Any]] = []
    if "checks" in spec:
        made, table = total_checks(root, spec["checks"], registry, periods, projects)
        checks += made
        found.tables.append(table)
    if "sources" in spec:
        made, found.sources, table = source_checks(root, spec["sources"], projects)
        checks += made
        found.tables.append(table)
    if "published" in spec:
        spans, table = windows(root, spec["published"], projects)
        found.tables.append(table)
    everything = [*tables, *found.tables]
    found.summary = {
        "files": [_file(table) for table in everything],
        "rows": {key: value for key, value in _file(tables[0]).items() if key not in ("file", "columns")},
        "projects": count_projects(projects, rows, spec["periods"]["unit"]),
        "by_status": dict(sorted(Counter(str(p.values.get("status") or "") for p in projects).items())),
        "by_list_status": dict(sorted(Counter(p.list_status for p in projects).items())),
        "by_period": [_period(row, projects) for row in periods.values()],
        "windows": spans,
        "names": count_names(projects),
        "bodies": {
            "in_registry": len(registry.bodies),
            "named": len({key for project in projects for key in project.clusters}),
        },
        "checks": checks,
        "checks_not_met": sum(not item["ok"] for item in checks),
        "notes": notes(everything, registry),
    }
    return found


def count_projects(projects: Sequence[Project], rows: Sequence[Project], unit: str) -> dict[str, int]:
    """Counts of projects after merging; bodies are distinct bodies after resolution."""
    stated = (
        [p for p in projects if p.year is not None] if unit == "year" else [p for p in projects if _call(p)]
    )
    return {
        "projects": len(projects),
        "rows_merged": len(rows) - len(projects),
        "with_a_body": sum(len(p.clusters) > 0 for p in projects),
        "with_two_bodies": sum(len(p.clusters) > 1 for p in projects),
        "without_a_name": sum(not p.mentions for p in projects),
        "distinct_pairs": distinct_pairs([project.clusters for project in projects]),
        "period_stated": sum(p.period_basis in ("stated", "year") for p in projects),
        "period_inferred": sum(p.period_basis == "inferred" for p in projects),
        "without_period": sum(p.period is None for p in projects),
        "outside_periods": sum(p.period is None for p in stated),
    }


def distinct_pairs(lists: Sequence[Sequence[str]]) -> int:
    """How many pairs of bodies stand together on some list (of distinct bodies).

    Pairs are numbers, worked out a block of equally long lists at a time: sets of pairs take gigabytes.
    """
    import numpy as np

    numbers: dict[str, int] = {}
    by_length: dict[int, list[list[int]]] = {}
    for names in filter(lambda names: len(names) > 1, lists):
        numbered = sorted(numbers.setdefault(name, len(numbers)) for name in names)
        by_length.setdefault(len(numbered), []).append(numbered)
    found = np.empty(0, dtype=np.int64)
    for length, group in by_length.items():
        i, j = np.triu_indices(length, 1)
        step = max(1, PAIRS_AT_ONCE // len(i))
        for start in range(0, len(group), step):
            block = np.array(group[start : start + step], dtype=np.int64)
            found = np.union1d(found, block[:, i] * len(numbers) + block[:, j])
    return len(found)


def count_names(projects: Sequence[Project]) -> dict[str, Any]:
    """Distinct printed names: how many were resolved, and by which method."""
    found = {m.printed: m.resolution for project in projects for m in project.mentions}
    methods = Counter(item.method for item in found.values() if item.body is not None)
    return {
        "printed": len(found),
        "resolved": sum(methods.values()),
        "unresolved": sum(item.body is None for item in found.values()),
        "by_method": {str(name): methods[name] for name in sorted(methods, key=str)},
    }


def notes(tables: Sequence[Table], registry: Registry) -> list[str]:
    """Remarks: how files were decoded, what was not used, what is taken as timeless for want of a date."""
    remarks = [note for table in tables for note in table.notes]
    undated = sum(row["valid_from"] is None for row in registry.territories)
    if undated:
        remarks.append(
            f"{undated} of {len(registry.territories)} territories have no date and hold for all time"
        )
    unborn = sum(row["active_from_basis"] == "not stated" for row in registry.rows.values())
    if unborn:
        remarks.append(
            f"{unborn} of {len(registry.rows)} bodies have no date of entry and count as always active"
        )
    return remarks


def _call(project: Project) -> bool:
    return project.call is not None or project.inferred is not None


def _file(table: Table) -> dict[str, Any]:
    return {
        "file": table.file,
        "read": table.n_read,
        "accepted": table.n_accepted,
        "quarantined": len(table.refused),
        "columns": {target: " + ".join(names) for target, names in table.columns.items()},
    }


def _period(row: dict[str, Any], projects: Sequence[Project]) -> dict[str, Any]:
    dated = with_rates(row, projects)
    shown = {key: value for key, value in dated.items() if key not in ("cumulative", "announced_low")}
    by_basis = Counter(p.period_basis for p in projects if p.period == row["period"])
    return {**shown, "reference": row["reference"].isoformat(), "n_inferred": by_basis["inferred"]}

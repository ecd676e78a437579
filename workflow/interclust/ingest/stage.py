"""The stage: raw tables of a study in, Records and reports out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from ..config import data_dir
from ..errors import InputError
from ..records import Records
from . import frames
from .agreements import read_affiliations, read_agreements
from .bodies import Registry, read_registry
from .conservation import conserved
from .dates import Interval
from .doubles import unite_doubles
from .facts import column_facts, event_facts, read_events, read_measures, read_relations, set_starts, settle
from .members import IDS_GIVEN, Members, gather, registry_of_members, resolve_id
from .merging import contradictory_years, unite
from .names.split import Known
from .periods import Periods, read_periods
from .projects import Project, add_mentions, is_nameless, project_id, read_project, set_period
from .result import IngestResult, report
from .steady import steady
from .summary import summarise
from .tables import Table, read_table
from .undated import label_time, set_window

Settings = Mapping[str, Any]
Rows = list[dict[str, Any]]


def read(study: Settings, data: str | Path | None = None) -> Records:
    """The records of a study (see ``run``)."""
    return run(study, data).records


def run(study: Settings, data: str | Path | None = None) -> IngestResult:
    """Read a study's raw files.

    ``study`` is a resolved study, of which the section ``ingest`` is used; ``data`` is the folder of the
    raw files (default: the study's ``data_dir``). Raises InputError where a file cannot be used, is changed
    meanwhile, or too many rows are quarantined, ConfigError where settings are missing.
    """
    root = Path(data) if data is not None else data_dir(dict(study))
    with steady(root, study["ingest"]):
        result = examine(study, root)
    check_tolerance(result, study["ingest"].get("tolerance", 0.0))
    return result


def examine(study: Settings, data: str | Path | None = None) -> IngestResult:
    """Read a study's raw files however many of their rows are quarantined (see ``run``)."""
    spec: Settings = study["ingest"]
    root = Path(data) if data is not None else data_dir(dict(study))
    periods, tables = read_periods(root, spec["periods"])
    table, rows = read_projects(root, spec)
    registry = read_registry(root, spec) if "file" in spec.get("clusters", {}) else None
    members = gather(root, spec, table, rows, _known(spec, registry))
    rows = members.rows
    registry = registry or registry_of_members(members, spec)
    times = place(rows, members, spec, registry, periods)
    projects, conflicts = unite(rows, spec.get("merged_status"))
    conflicts += members.conflicts
    if spec["periods"]["unit"] == "year":
        conflicts += contradictory_years(rows)
    conflicts += unite_doubles(projects, registry, times)
    for project in projects:
        set_window(project, periods)
    extra, fact_conflicts = read_extra(root, spec, registry)
    read = [*table.with_joined(), *members.tables, *registry.tables, *tables]
    found = summarise(root, spec, projects, rows, registry, periods, read)
    every = [*read, *found.tables]
    found.summary["conservation"] = conserved(every, rows, projects, members)
    columns = registry.alias_columns
    return IngestResult(
        records=frames.records_of(projects, table, registry, periods, extra),
        resolution=report("resolution", frames.resolution_rows(projects)),
        unresolved=report("unresolved", frames.unresolved_rows(projects)),
        quarantine=report("quarantine", [asdict(item) for item in _refused(every)]),
        conflicts=report("conflicts", _named(conflicts, table) + registry.conflicts + fact_conflicts),
        sources=report("sources", found.sources),
        alias_candidates=report("alias_candidates", frames.candidate_rows(projects, *columns), columns[0]),
        summary=found.summary,
    )


def read_projects(root: Path, spec: Settings) -> tuple[Table, list[Project]]:
    """The table of projects and its accepted rows."""
    table = read_table(root, spec["projects"], "ingest.projects")
    _require_members(table, spec)
    _check_status(table, spec)
    make = partial(
        read_project,
        statuses=spec.get("list_status", "unknown"),
        separators=spec.get("source_separators", [";"]),
    )
    rows = table.accept(make)
    alone = sum(map(is_nameless, rows))
    if alone:
        remark = "name one member and no project; where cells were merged, fill them down"
        table.notes.append(f"{table.file}: {alone} rows {remark}")
    if table.n_read == 0:
        raise InputError("has a header and no rows", file=table.file, remedy="give at least one project")
    return table, rows


def _require_members(table: Table, spec: Settings) -> None:
    """Raise InputError where nothing could name a body, so that no result would hold one."""
    if _held(table, spec).isdisjoint(("clusters", "lead")) and "memberships" not in spec:
        remedy = "map the column clusters in ingest.projects.columns, or give a table ingest.memberships"
        raise InputError("no column names the members of the projects", file=table.file, remedy=remedy)


def _check_status(table: Table, spec: Settings) -> None:
    """Raise InputError where statuses are mapped and no column holds them."""
    statuses = spec.get("list_status", "unknown")
    if not isinstance(statuses, str) and "status" not in _held(table, spec) and "" not in statuses:
        raise InputError(
            "ingest.list_status says what each status means, and no column holds the status",
            file=table.file,
            remedy="name its header in ingest.projects.columns.status, or give one list_status for all rows",
        )


def _held(table: Table, spec: Settings) -> set[str]:
    """Our columns that the table of projects has by headers, constants or joined files."""
    joined = {name for join in spec["projects"].get("join", []) for name in join["columns"]}
    return {*table.columns, *spec["projects"].get("constants", {}), *joined}


def place(
    rows: Sequence[Project], members: Members, spec: Settings, registry: Registry, periods: Periods
) -> dict[int, Interval | None]:
    """Give every row its period and its resolved members; return the time of its names by line."""
    resolve = resolve_id(registry) if spec.get("names") == IDS_GIVEN else registry.resolver.resolve
    times = {}
    for project in rows:
        set_period(project, spec["periods"]["unit"], periods)
        times[project.line] = label_time(project, periods)
        lead = members.leads.get(project.line, "")
        names = members.names[project.line]
        members.further_leads += add_mentions(project, names, lead, resolve, times[project.line])
    return times


def read_extra(root: Path, spec: Settings, registry: Registry) -> tuple[dict[str, Rows], Rows]:
    """Events, facts, relations, and the conflicts among facts; sets the operational starts."""
    settings = spec.get("events", {})
    events = read_events(root, settings, registry) if settings else []
    facts = event_facts(events, settings.get("facts", {}), registry)
    if "measures" in spec:
        facts += read_measures(root, spec["measures"], registry)
    facts += column_facts(spec.get("clusters", {}), registry)
    set_starts(registry, events, settings.get("starts", {}))
    relations = read_relations(root, spec["relations"], registry) if "relations" in spec else []
    kept, conflicts = settle(facts)
    extra: dict[str, Rows] = {"facts": kept, "events": events, "relations": relations}
    if "second_relations" in spec:
        second = {**spec["relations"], **spec["second_relations"]}
        extra["second_relations"] = read_relations(root, second, registry, "second_relations")
    if "agreements" in spec:
        extra["agreements"] = read_agreements(root, spec["agreements"], registry)
    if "affiliations" in spec:
        extra["affiliations"] = read_affiliations(root, spec["affiliations"], registry)
    return extra, conflicts


def check_tolerance(result: IngestResult, tolerance: float) -> None:
    """Raise InputError where more rows of a file were quarantined than the study tolerates."""
    for file in result.summary["files"]:
        if file["quarantined"] <= tolerance * file["read"]:
            continue
        refused = result.quarantine[result.quarantine["file"] == file["file"]]
        first = refused.sort_values("line", kind="stable").iloc[0]
        where = f"line {first['line']}"
        if isinstance(first["column"], str):
            where += f", column {first['column']}, value {first['value']!r}"
        raise InputError(
            f"{file['quarantined']} of {file['read']} rows cannot be used, more than the tolerated share "
            f"of {tolerance:g}; the first is {where}: {first['reason']}",
            file=file["file"],
            remedy=f"{first['remedy']}, or raise ingest.tolerance",
        )


def _known(spec: Settings, registry: Registry | None) -> Known | None:
    """How well texts are known as names; None without a registry of names."""
    if registry is None or spec.get("names") == IDS_GIVEN:
        return None
    return registry.resolver.knows


def _refused(tables: Sequence[Table]) -> list[Any]:
    return sorted(
        (item for table in tables for item in table.refused), key=lambda item: (item.file, item.line)
    )


def _named(conflicts: Rows, table: Table) -> Rows:
    """Conflicts of rows with the ids of their projects."""
    ordered = sorted(conflicts, key=lambda row: (row["line"], row["field"], row["values"]))
    return [{**row, "project_id": project_id(table.file, row["line"])} for row in ordered]

"""A simulated world as raw tables: the same files, columns and names as the real ones."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from ..io import atomic, write_json
from .fact_tables import write_registry
from .ledger import write_ledger
from .press.tables import write_sources

if TYPE_CHECKING:
    from ..records import Records
    from .world import SimulatedRecords

Study = Mapping[str, Any]


def write_tables(simulated: SimulatedRecords, study: Study, source: str | Path, folder: str | Path) -> None:
    """Write the registry (files of ``source``, drawn facts), projects, survey and truth.json."""
    projects = study["ingest"]["projects"]["file"]
    write_registry(study, source, folder)
    rows = simulated.printed or printed_rows(simulated.records)
    write_projects(rows, study, Path(source) / projects, Path(folder) / projects)
    if simulated.printed and "sources" in study["ingest"]:
        write_sources(rows, study, source, folder)
    if study["simulate"].get("contacts"):
        write_ledger(simulated.records.relations, study["ingest"]["relations"], Path(folder))
    write_json(simulated.truth, Path(folder) / "truth.json")


def write_projects(rows: Sequence[Mapping[str, str]], study: Study, like: Path, path: Path) -> None:
    """Write the table of projects (``rows`` by our columns) with the header of the real one (``like``)."""
    with like.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    columns = study["ingest"]["projects"]["columns"]
    unknown = sorted(name for name in columns.values() if name not in header)
    if unknown:
        raise ConfigError(
            f"ingest.projects.columns: {like.name} has no column {unknown[0]!r}; correct the mapping"
        )
    with atomic(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        raw_name = {raw: mapped for mapped, raw in columns.items()}
        writer.writerows([row.get(raw_name.get(name, ""), "") for name in header] for row in rows)


def printed_rows(records: Records) -> list[dict[str, str]]:
    """One row a project in the order of its line, by the names that ingest maps columns to."""
    members = records.memberships.assign(
        printed=[names[0] for names in records.memberships["printed"]],
        follows=records.memberships["role"] != "lead",
    ).sort_values(["project_id", "follows", "cluster_id"], kind="stable")
    lists = members.groupby("project_id", sort=False)["printed"].agg(list).to_dict()
    rows = []
    for project in records.projects.sort_values("line").to_dict("records"):
        names: Sequence[str] = lists[project["project_id"]]
        rows.append(
            {
                "acronym": project["acronym"],
                "call": str(project["call"]),
                "year": str(project["year"]),
                "clusters": ";".join(names),
                "lead": names[0],
                "topic": project["topic"] if isinstance(project["topic"], str) else "",
                "status": project["status"],
                "source": ";".join(project["sources"]),
            }
        )
    return rows

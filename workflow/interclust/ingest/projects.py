"""Project rows: read, dated, given their members, and merged where one project fills several rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from .bodies import interval, pieces
from .dates import FIRST_YEAR, LAST_YEAR, Interval
from .names import normalise
from .numbers import parse_integer
from .periods import Periods
from .resolve import Resolution
from .tables import Refusal, Row, Table

Settings = Mapping[str, Any]
METHODS = ("id", "exact", "normalised", "acronym", "fuzzy")  # the surest first
MERGED_FIELDS = ("acronym", "topic", "coordinator", "year", "status", "list_group")


@dataclass(frozen=True)
class Mention:
    """One printed name on one row with what it was found to mean."""

    printed: str
    resolution: Resolution
    lead: bool = False


@dataclass
class Project:
    """One project: first of all one row, then several rows united."""

    line: int
    key: str
    cells: dict[str, str]
    call: int | None
    inferred: int | None
    year: int | None
    announced: Interval | None
    status: str
    list_status: str
    sources: list[str]
    period: int | None = None
    period_basis: str = "none"
    window: tuple[int, int] | None = None
    mentions: list[Mention] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def clusters(self) -> list[str]:
        """Distinct bodies named, by id."""
        found = {m.resolution.body.cluster_id for m in self.mentions if m.resolution.body is not None}
        return sorted(found)


def read_project(row: Row, statuses: str | Mapping[str, str], separators: Sequence[str]) -> Project:
    """One row as a project without its period and members; Refusal where a cell cannot be used."""
    announced, dated = interval(row, "announced"), interval(row, "date")
    year = _whole(row, "year")
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal("year", f"the year {year} lies outside {FIRST_YEAR}-{LAST_YEAR}", "correct the year")
    if year is None:
        year = _year_of(dated) or _year_of(announced)
    return Project(
        line=row.line,
        key=row["id"],
        cells=row.cells,
        call=_whole(row, "call"),
        inferred=_whole(row, "call_inferred"),
        year=year,
        announced=announced or dated,
        status=row["status"],
        list_status=_list_status(row, statuses),
        sources=_sources(row["source"], separators),
    )


def set_period(project: Project, unit: str, periods: Periods) -> None:
    """Give the project its period: the call stated or inferred, or the year; none outside the study."""
    if unit == "year":
        candidates = [(project.year, "year")]
    else:
        candidates = [(project.call, "stated"), (project.inferred, "inferred")]
    value, basis = next(((v, b) for v, b in candidates if v is not None), (None, "none"))
    if value in periods:
        project.period, project.period_basis = value, basis


def add_mentions(
    project: Project,
    names: Iterable[str],
    lead: str,
    resolve: Callable[[str, Interval | None], Resolution],
    when: Interval | None,
) -> None:
    """Resolve the names of a row; the lead is one of them, or one more where the list leaves it out."""
    leader = resolve(lead, when) if lead else None
    leading = leader.body.cluster_id if leader and leader.body else None
    found = [resolve(name, when) for name in names]
    for item in found:
        is_lead = item.body is not None and item.body.cluster_id == leading
        project.mentions.append(Mention(item.printed, item, is_lead))
    if leader is not None and not any(mention.lead for mention in project.mentions):
        project.mentions.append(Mention(leader.printed, leader, lead=True))


def unite(
    projects: Sequence[Project], merged_status: str | None
) -> tuple[list[Project], list[dict[str, Any]]]:
    """One project for all rows of the same id, or of the same acronym and call; labels and sources united.

    Of contradictory values the commonest is kept (of equals the first in the alphabet); each gives a
    line of conflicts. The smallest line gives the project its id.
    """
    groups: dict[Any, list[Project]] = {}
    for project in projects:
        groups.setdefault(_same(project), []).append(project)
    united, conflicts = [], []
    for group in groups.values():
        rows = sorted(group, key=lambda item: item.line)
        first = rows[0]
        first.values = {name: _value(first, name) for name in MERGED_FIELDS}
        if len(rows) > 1:
            conflicts += _merge(first, rows, merged_status)
        united.append(first)
    return sorted(united, key=lambda item: item.line), conflicts


def project_id(file: str, line: int) -> str:
    """``<file stem>:<line>``."""
    return f"{PurePosixPath(file).name.split('.')[0]}:{line}"


def memberships(project: Project, identity: str) -> list[dict[str, Any]]:
    """Rows of ingest/memberships: one a body, with every name it was printed under."""
    led = any(mention.lead for mention in project.mentions)
    rows = []
    for key in project.clusters:
        mine = [m for m in project.mentions if m.resolution.body and m.resolution.body.cluster_id == key]
        surest = min(mine, key=lambda m: (METHODS.index(m.resolution.method or "fuzzy"), -m.resolution.score))
        role = "lead" if any(m.lead for m in mine) else "co"
        rows.append(
            {
                "project_id": identity,
                "cluster_id": key,
                "role": role if led else "unknown",
                "printed": sorted({m.printed for m in mine}),
                "method": surest.resolution.method,
                "score": surest.resolution.score,
            }
        )
    return rows


def _whole(row: Row, column: str) -> int | None:
    try:
        value = parse_integer(row[column])
    except ValueError as error:
        raise Refusal(column, str(error), "give a whole number or leave it blank") from None
    if value is not None and not 0 <= value <= 32767:
        raise Refusal(column, "out of range", "give a number between 0 and 32767")
    return value


def _year_of(when: Interval | None) -> int | None:
    """The year of a date that lies within one year."""
    if when is None or when.low is None or when.low.year != when.high.year:
        return None
    return when.high.year


def _list_status(row: Row, statuses: str | Mapping[str, str]) -> str:
    if isinstance(statuses, str):
        return statuses if row["clusters"] or "clusters" not in row.cells else "none"
    if row["status"] not in statuses:
        known = ", ".join(sorted(statuses))
        raise Refusal(
            "status", "not a status of ingest.list_status", f"correct it ({known}) or add it to the study"
        )
    return statuses[row["status"]]


def _sources(cell: str, separators: Sequence[str]) -> list[str]:
    parts = [cell]
    for separator in separators:
        parts = [piece for part in parts for piece in pieces(part, separator)]
    return list(dict.fromkeys(parts))


def _same(project: Project) -> Any:
    if project.key:
        return project.key
    acronym = normalise(project.cells.get("acronym", ""))
    call = project.call if project.call is not None else project.inferred
    return (acronym, call) if acronym and call is not None else project.line


def _value(project: Project, name: str) -> Any:
    if name == "year":
        return project.year
    return project.status or None if name == "status" else project.cells.get(name) or None


def _merge(first: Project, rows: list[Project], merged_status: str | None) -> list[dict[str, Any]]:
    """Unite the rows into the first; return what they contradict each other in."""
    conflicts = []
    longest = max(len(row.clusters) for row in rows)
    for name in MERGED_FIELDS:
        counted = Counter(value for row in rows if (value := _value(row, name)) is not None)
        if not counted:
            continue
        kept = min(counted, key=lambda value: (-counted[value], str(value)))
        first.values[name] = kept
        if len(counted) > 1:
            rule = "the value of most rows, then the first in the alphabet"
            values = " | ".join(sorted(map(str, counted)))
            conflicts.append(
                {"line": first.line, "field": name, "values": values, "kept": str(kept), "rule": rule}
            )
    first.mentions = [mention for row in rows for mention in row.mentions]
    first.sources = sorted({source for row in rows for source in row.sources})
    dated = [row.announced for row in rows if row.announced]
    first.announced = min(dated, key=_precision) if dated else None
    first.cells = first.cells | {
        "url": min((row.cells.get("url", "") for row in rows if row.cells.get("url")), default="")
    }
    first.year = first.values.get("year")
    first.list_status = _united_status(rows, len(first.clusters))
    if len(first.clusters) > longest and merged_status:
        first.values["status"] = merged_status
    return conflicts


def _precision(when: Interval) -> tuple[int, date, date]:
    """The narrowest interval first, then the earliest."""
    low = when.low or date.min
    return (when.high - low).days, when.high, low


def _united_status(rows: list[Project], n_clusters: int) -> str:
    statuses = {row.list_status for row in rows}
    if statuses <= {"complete"}:
        return "complete"
    if "lower_bound" in statuses or n_clusters > 1:
        return "lower_bound"
    return "unknown" if "unknown" in statuses else min(statuses)


def table_row(project: Project, table: Table) -> dict[str, Any]:
    """One row of ingest/projects."""
    when = project.announced
    return {
        "project_id": project_id(table.file, project.line),
        "source_id": project.sources[0] if project.sources else None,
        "line": project.line,
        "call": project.call,
        "announced_low": when.low if when else None,
        "announced_high": when.high if when else None,
        "period": project.period,
        "period_basis": project.period_basis,
        "period_low": project.window[0] if project.window else None,
        "period_high": project.window[1] if project.window else None,
        "list_status": project.list_status,
        "n_named": len({mention.printed for mention in project.mentions}),
        "n_clusters": len(project.clusters),
        "sources": project.sources,
        "url": project.cells.get("url") or None,
        **{name: project.values.get(name) for name in MERGED_FIELDS},
    }

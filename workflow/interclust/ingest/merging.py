"""Rows of one project made one: labels and sources united, contradictions kept in conflicts.csv."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from .cells import interval
from .dates import Interval
from .names.forms import normalise
from .projects import MERGED_FIELDS, Project, merged_value

Rows = list[dict[str, Any]]
COMMONEST = "the value of most rows, then the first in the alphabet"


def unite(projects: Sequence[Project], merged_status: str | None) -> tuple[list[Project], Rows]:
    """One project for all rows of the same id, or, without ids, of the same acronym and call (else year).

    Of contradictory values the commonest is kept (of equals the first in the alphabet); each gives a line
    of conflicts, and so does a merger by acronym. The smallest line gives the project its id.
    """
    groups: dict[Any, list[Project]] = {}
    for project in projects:
        groups.setdefault(same(project), []).append(project)
    united: list[Project] = []
    conflicts: Rows = []
    for group in groups.values():
        rows = sorted(group, key=lambda item: item.line)
        first = rows[0]
        first.values = {name: merged_value(first, name) for name in MERGED_FIELDS}
        if len(rows) > 1:
            conflicts += _evidence(first, rows) + _merge(first, rows, merged_status)
        united.append(first)
    if sum(map(len, groups.values())) != len(projects):
        raise AssertionError("a row was lost when the rows of projects were united")
    return sorted(united, key=lambda item: item.line), conflicts


def same(project: Project) -> Any:
    """What rows of one project have in common: id, else acronym and call (else year), else the line."""
    if project.key:
        return project.key
    acronym = normalise(project.row["acronym"])
    stated = [
        (unit, value)
        for unit, value in (("call", project.call), ("call", project.inferred), ("year", project.year))
        if value is not None
    ]
    return (acronym, *stated[0]) if acronym and stated else project.line


def _evidence(first: Project, rows: Sequence[Project]) -> Rows:
    """Why rows without an id count as one project."""
    if first.key:
        return []
    lines = " | ".join(f"line {row.line}: {row.row['acronym']}" for row in rows)
    rule = "rows of one acronym and call (else year) are one project"
    return [conflict_line(first, "rows", lines, first.row["acronym"], rule)]


def _merge(first: Project, rows: Sequence[Project], merged_status: str | None) -> Rows:
    """Unite the rows into the first; return what they contradict each other in."""
    conflicts = []
    longest = max(len(row.clusters) for row in rows)
    for name in MERGED_FIELDS:
        counted = Counter(value for row in rows if (value := merged_value(row, name)) is not None)
        if not counted:
            continue
        kept = min(counted, key=lambda value: (-counted[value], str(value)))
        first.values[name] = kept
        if len(counted) > 1:
            values = " | ".join(sorted(map(str, counted)))
            conflicts.append(conflict_line(first, name, values, str(kept), COMMONEST))
    conflicts += _contradictory_periods(first, rows)
    conflicts += [*_dates(first, rows), *_calls(first, rows), *_leads(first, rows), *_urls(first, rows)]
    first.mentions = [mention for row in rows for mention in row.mentions]
    first.sources = sorted({source for row in rows for source in row.sources})
    first.year = first.values.get("year")
    first.list_status = _united_status(rows, len(first.clusters))
    if len(first.clusters) > longest and merged_status:
        first.values["status"] = merged_status
    return conflicts


def _contradictory_periods(first: Project, rows: Sequence[Project]) -> Rows:
    """The period of most rows, stated before inferred, then the earliest."""
    dated = [row for row in rows if row.period is not None]
    if not dated:
        return []
    order = ("stated", "year", "inferred")
    counted = Counter((order.index(row.period_basis), row.period) for row in dated)
    basis, period = min(counted, key=lambda key: (key[0], -counted[key], key[1]))
    first.period, first.period_basis = period, order[basis]
    first.call = next((row.call for row in dated if row.period == period), first.call)
    values = sorted({str(row.period) for row in dated})
    if len(values) == 1:
        return []
    rule = "a period stated before one inferred, then that of most rows, then the earliest"
    return [conflict_line(first, "period", " | ".join(values), str(period), rule)]


def _dates(first: Project, rows: Sequence[Project]) -> Rows:
    """Keep the most exact date; dates that share no day with it contradict it."""
    dated = [row.announced for row in rows if row.announced]
    first.announced = kept = min(dated, key=_precision) if dated else None
    if kept is None or all(kept.meets(other) for other in dated):
        return []
    values = " | ".join(sorted({str(when) for when in dated}))
    return [conflict_line(first, "date", values, str(kept), "the most exact date, then the earliest")]


def _calls(first: Project, rows: Sequence[Project]) -> Rows:
    """Several calls, where it is not the call that gives the period."""
    values = sorted({row.call for row in rows if row.call is not None})
    periods = {row.period for row in rows if row.period is not None}
    if len(values) < 2 or (len(periods) > 1 and periods <= set(values)):
        return []
    rule = "the call of the row whose period is kept, else of the first"
    return [conflict_line(first, "call", " | ".join(map(str, values)), str(first.call), rule)]


def _leads(first: Project, rows: Sequence[Project]) -> Rows:
    """Several leads: each is one."""
    named = (mention for row in rows for mention in row.mentions if mention.lead)
    bodies = {m.resolution.body.cluster_id: m.resolution.body.name for m in named if m.resolution.body}
    listed = " | ".join(sorted(bodies.values()))
    return (
        [conflict_line(first, "lead", listed, listed, "all kept: each is a lead")] if len(bodies) > 1 else []
    )


def _urls(first: Project, rows: Sequence[Project]) -> Rows:
    values = sorted({row.url for row in rows if row.url})
    first.url = values[0] if values else ""
    if len(values) < 2:
        return []
    return [conflict_line(first, "url", " | ".join(values), first.url, "the first in the alphabet")]


def contradictory_years(rows: Sequence[Project]) -> Rows:
    """Rows whose column ``year`` is not the year of their ``date``."""
    conflicts = []
    for row in rows:
        dated = interval(row.row, "date") if row.row["year"] else None
        if row.year is None or dated is None:
            continue
        begun = dated.low.year if dated.low else row.year
        if not begun <= row.year <= dated.high.year:
            values = f"year {row.row['year']} | date {row.row['date']}"
            rule = "the column year goes before the date"
            conflicts.append(conflict_line(row, "year", values, str(row.year), rule))
    return conflicts


def conflict_line(project: Project, field: str, values: str, kept: str, rule: str) -> dict[str, Any]:
    """One line of conflicts.csv, of a project."""
    return {"line": project.line, "field": field, "values": values, "kept": kept, "rule": rule}


def _precision(when: Interval) -> tuple[int, date, date]:
    """The narrowest interval first, then the earliest."""
    low = when.low or date.min
    return (when.high - low).days, when.high, low


def _united_status(rows: Sequence[Project], n_clusters: int) -> str:
    statuses = {row.list_status for row in rows}
    if statuses <= {"complete"}:
        return "complete"
    if "lower_bound" in statuses or n_clusters > 1:
        return "lower_bound"
    return "unknown" if "unknown" in statuses else min(statuses)

"""What was found held against what is published; contradictions are said, they stop nothing.

Published figures contradict each other too (cumulative totals, several pages on one pôle).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bodies import Registry
from .cells import number, pieces
from .facts import parse_setting
from .patterns import period_pattern
from .periods import Periods
from .projects import Project
from .rows import Row
from .tables import Once, Table, read_table

Settings = Mapping[str, Any]
Check = dict[str, Any]
CHECKED = "ingest.checks"
SCOPE_LIMIT = 200  # signs of a cell that are looked at for periods
DIGITS = 5  # of the number of a period
OF_BODY = "cluster_projects"


def check(name: str, published: float | None, found: float | None, ok: bool, source: str) -> Check:
    """One line of ``checks`` in ingest.json."""
    return {"name": name, "published": whole(published), "found": whole(found), "ok": ok, "source": source}


def whole(value: float | None) -> float | None:
    """A whole number without a point."""
    return int(value) if value is not None and value == int(value) else value


def period_checks(periods: Periods, projects: Sequence[Project], file: str) -> list[Check]:
    """Records of a period cannot exceed its projects; cumulative totals must add up."""
    checks = []
    before: dict[str, Any] | None = None
    for period, row in periods.items():
        high, low = row["n_financed_high"], row["n_financed_low"]
        recorded = sum(project.period == period for project in projects)
        if high is not None:
            checks.append(
                check(
                    f"{row['label']}: projects recorded of those financed",
                    high,
                    recorded,
                    recorded <= high,
                    file,
                )
            )
        if before and row["cumulative"] is not None and before["cumulative"] is not None and high is not None:
            step = row["cumulative"] - before["cumulative"]
            name = f"{row['label']}: projects financed against the step of the cumulative total"
            checks.append(check(name, step, high, (low or 0) <= step <= high, file))
        before = row
    return checks


def total_checks(
    root: Path, spec: Settings, registry: Registry, periods: Periods, projects: Sequence[Project]
) -> tuple[list[Check], Table]:
    """Hold a table of published totals against the records; ``spec["rules"]`` says what a row counts.

    A rule names a topic (and a metric) and its kind: ``cluster_projects`` and ``clusters_involved``
    (records cannot exceed them), ``colabelled`` and ``projects_total`` (must equal the calls' figures).
    A check of one body says which, and of which periods (``cluster_id``, ``first``, ``last``).
    """
    table = read_table(root, spec, CHECKED, ("topic", "value"), ("value",))
    pattern = period_pattern(spec["period_pattern"])
    rows = table.accept(lambda row: (row, number(row, "value")))
    checks = []
    for row, value in rows:
        kind = _kind(row, spec["rules"])
        span = _span(row, pattern)
        if value is None or kind is None or span is None:
            continue
        made = COUNTS[kind](Total(row, value, *span, registry, periods, projects))
        if made is not None:
            found, ok = made
            name = " ".join(part for part in (row["topic"] + ":", row["scope"], row["metric"]) if part)
            made_check = check(name, value, found, ok, f"{table.file}, line {row.line}")
            checks.append(made_check | (_of_body(row, span, registry) if kind == OF_BODY else {}))
    return checks, table


def source_checks(
    root: Path, spec: Settings, projects: Sequence[Project]
) -> tuple[list[Check], list[dict[str, Any]], Table]:
    """The table of sources with what the records hold of each, and its own counts held against them."""
    table = read_table(root, spec, "ingest.sources", ("source",), ("n_records", "n_multi"))
    once = Once("source")

    def source(row: Row) -> tuple[Row, float | None, float | None]:
        once.check(row["source"], row)
        return row, number(row, "n_records"), number(row, "n_multi")

    rows = table.accept(source)
    listed = {row["source"] for row, _, _ in rows}
    checks, sources = [], []
    for row, n_records, n_multi in rows:
        citing = [project for project in projects if row["source"] in project.sources]
        found = {"n_records": len(citing), "n_multi": sum(len(project.clusters) > 1 for project in citing)}
        for name, published in (("n_records", n_records), ("n_multi", n_multi)):
            if published is not None:
                ok = published == found[name]
                checks.append(
                    check(f"source {row['source']}: {name}", published, found[name], ok, table.file)
                )
        texts = {key: row[key] or None for key in ("url", "scope", "list_format")}
        sources.append({"source_id": row["source"], **found, **texts})
    for name in sorted({source for project in projects for source in project.sources} - listed):
        checks.append(check(f"source {name}: is in the table of sources", 1, 0, False, table.file))
    return checks, sources, table


def windows(root: Path, spec: Settings, projects: Sequence[Project]) -> tuple[list[dict[str, Any]], Table]:
    """Visibility in spans of years for which the number of co-labelled projects is published."""
    table = read_table(root, spec, "ingest.published", ("period", "metric", "value"), ("value",))
    rows = table.accept(lambda row: (row["period"], row["metric"], number(row, "value"), row["source"]))
    found = []
    for place, window in enumerate(spec["windows"]):
        figures = {
            role: next(
                (v for period, metric, v, _ in rows if (period, metric) == (window["period"], window[role])),
                None,
            )
            for role in ("colabelled", "projects")
        }
        when = parse_setting(str(window["period"]), f"ingest.published.windows[{place}].period")
        if when.low is None:
            continue
        inside = [p for p in projects if p.year is not None and when.low.year <= p.year <= when.high.year]
        n_lists = sum(len(project.clusters) > 1 for project in inside)
        colabelled, total = figures["colabelled"], figures["projects"]
        found.append(
            {
                "label": window["period"],
                "n_colabelled": whole(colabelled),
                "n_financed": whole(total),
                "n_records": len(inside),
                "n_lists": n_lists,
                "record_rate": len(inside) / total if total else None,
                "visibility": n_lists / colabelled if colabelled else None,
                "source": table.file,
            }
        )
    return found, table


def _kind(row: Row, rules: Sequence[Settings]) -> str | None:
    for rule in rules:
        if rule["topic"] == row["topic"] and rule.get("metric", row["metric"]) == row["metric"]:
            kind: str = rule["kind"]
            return kind
    return None


def _span(row: Row, pattern: re.Pattern[str]) -> tuple[int, int] | None:
    """First and last period that a row speaks of."""
    for text in (row["scope"], row["metric"]):
        found = pattern.findall(text[:SCOPE_LIMIT])
        if numbers := [int(number) for number in found if number.isdecimal() and len(number) <= DIGITS]:
            return min(numbers), max(numbers)
    return None


Found = tuple[float, bool] | None


@dataclass(frozen=True)
class Total:
    """One published total: its row and value, the periods that it speaks of, and what it is held against."""

    row: Row
    value: float
    first: int
    last: int
    registry: Registry
    periods: Periods
    records: Sequence[Project]

    def projects(self) -> list[Project]:
        """The records of its periods."""
        return [
            project
            for project in self.records
            if project.period is not None and self.first <= project.period <= self.last
        ]


def _body(row: Row, registry: Registry) -> str | None:
    """The one body that a row speaks of."""
    bodies = [registry.resolver.resolve(name).body for name in pieces(row["clusters"])]
    return bodies[0].cluster_id if len(bodies) == 1 and bodies[0] is not None else None


def _of_body(row: Row, span: tuple[int, int], registry: Registry) -> Check:
    return {"cluster_id": _body(row, registry), "first": span[0], "last": span[1]}


def _cluster_projects(total: Total) -> Found:
    key = _body(total.row, total.registry)
    if key is None:
        return None
    found = sum(key in project.clusters for project in total.projects())
    return found, found <= total.value


def _clusters_involved(total: Total) -> Found:
    found = len({key for project in total.projects() for key in project.clusters})
    return found, found <= total.value


def _colabelled(total: Total) -> Found:
    found = total.periods.get(total.first, {}).get("n_colabelled")
    return None if found is None else (found, found == total.value)


def _projects_total(total: Total) -> Found:
    if total.first not in total.periods or total.last not in total.periods:
        return None
    rows = [total.periods.get(period) for period in range(total.first, total.last + 1)]
    if any(item is None or None in (item["n_financed_low"], item["n_financed_high"]) for item in rows):
        return None
    low = sum(item["n_financed_low"] for item in rows if item)
    high = sum(item["n_financed_high"] for item in rows if item)
    return (low + high) / 2, low <= total.value <= high


COUNTS = {
    OF_BODY: _cluster_projects,
    "clusters_involved": _clusters_involved,
    "colabelled": _colabelled,
    "projects_total": _projects_total,
}

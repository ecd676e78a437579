"""Agreements between bodies and their affiliations to federations and networks, both dated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from .bodies import Registry, member_of
from .cells import interval
from .dates import BEGINNING
from .rows import Refusal, Row
from .tables import read_table

LAST = date.max  # stands for "no known end"

Settings = Mapping[str, Any]
Rows = list[dict[str, Any]]


def read_agreements(root: Path, spec: Settings, registry: Registry) -> Rows:
    """Rows of ingest/agreements: one a pair of bodies and day from which the agreement surely holds."""
    table = read_table(root, spec, "ingest.agreements", ("cluster", "other", "date"))
    registry.tables.append(table)

    def agreement(row: Row) -> dict[str, Any]:
        """One line as an agreement of two bodies, in order."""
        pair = sorted((member_of(registry, row), member_of(registry, row, "other")))
        if pair[0] == pair[1]:
            raise Refusal("other", "an agreement of a body with itself", "name the other body")
        when, until = interval(row, "date"), interval(row, "valid_to")
        if when is None:
            raise Refusal("date", "the agreement has no date", "give at least the year")
        if until is not None and until.high < when.high:
            raise Refusal("valid_to", "the agreement ends before it begins", "correct the dates")
        return {
            "cluster_i": pair[0],
            "cluster_j": pair[1],
            "low": when.high,
            "high": until.high if until else None,
            "source": row["source"] or None,
        }

    found = {(item["cluster_i"], item["cluster_j"], item["low"]): item for item in table.accept(agreement)}
    return [found[key] for key in sorted(found)]


def read_affiliations(root: Path, spec: Settings, registry: Registry) -> Rows:
    """Rows of ingest/affiliations: ``valid_from`` is the day from which one surely holds."""
    table = read_table(root, spec, "ingest.affiliations", ("cluster", "affiliation"))
    registry.tables.append(table)

    def affiliation(row: Row) -> dict[str, Any]:
        if not row["affiliation"]:
            raise Refusal("affiliation", "the affiliation is blank", "name it or delete the line")
        begun, ended = interval(row, "valid_from"), interval(row, "valid_to")
        if begun is not None and ended is not None and ended.high < begun.high:
            raise Refusal("valid_to", "the affiliation ends before it begins", "correct the dates")
        return {
            "cluster_id": member_of(registry, row),
            "affiliation": row["affiliation"],
            "valid_from": begun.high if begun else None,
            "valid_to": ended.high if ended else None,
            "source": row["source"] or None,
        }

    rows = table.accept(affiliation)
    undated = sum(row["valid_from"] is None for row in rows)
    if undated:
        table.notes.append(f"{undated} of {len(rows)} affiliations have no date and hold for all time")
    return _settled(rows, registry)


def _settled(rows: Rows, registry: Registry) -> Rows:
    """One row a body, affiliation and beginning, the longest; overlapping ones give a line of conflicts."""
    groups: dict[tuple[str, str], Rows] = {}
    for row in sorted(rows, key=_by_time):
        groups.setdefault((row["cluster_id"], row["affiliation"]), []).append(row)
    kept: Rows = []
    for (key, name), group in groups.items():
        found = {row["valid_from"]: row for row in group}  # the last of one beginning is the longest
        kept += found.values()
        ends = [row["valid_to"] or LAST for row in group]
        overlap = any(max(ends[:k]) >= (group[k]["valid_from"] or BEGINNING) for k in range(1, len(group)))
        times = dict.fromkeys(map(_time, group))
        if overlap and len(times) > 1:
            said: dict[str, Any] = {
                "field": "affiliation",
                "values": f"{name}: {' | '.join(times)}",
                "cluster_id": key,
            }
            said |= {"kept": " | ".join(map(_time, found.values())), "project_id": None}
            registry.conflicts.append(said | {"rule": "of times that begin together the longest"})
    return kept


def _by_time(row: Mapping[str, Any]) -> tuple[Any, ...]:
    begun, ended = row["valid_from"] or BEGINNING, row["valid_to"] or LAST
    return row["cluster_id"], row["affiliation"], begun, ended, row["source"] or ""


def _time(row: Mapping[str, Any]) -> str:
    return f"{row['valid_from'] or ''}..{row['valid_to'] or ''}"

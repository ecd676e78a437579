"""Agreements between bodies and their affiliations to federations and networks, both dated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .bodies import Registry, member_of
from .cells import interval
from .dates import BEGINNING
from .rows import Refusal, Row
from .tables import read_table

Settings = Mapping[str, Any]
Rows = list[dict[str, Any]]


def read_agreements(root: Path, spec: Settings, registry: Registry) -> Rows:
    """Rows of ingest/agreements: one a pair of bodies and day from which the agreement surely holds."""
    table = read_table(root, spec, "ingest.agreements", ("cluster", "other", "date"))
    registry.tables.append(table)

    def agreement(row: Row) -> dict[str, Any]:
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
    found = {(row["cluster_id"], row["affiliation"], row["valid_from"] or BEGINNING): row for row in rows}
    return [found[key] for key in sorted(found)]

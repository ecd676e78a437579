"""Rows to tables by contract, and the tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..contracts import CONTRACTS
from ..records import Records
from .bodies import Registry
from .periods import Periods
from .projects import MERGED_FIELDS, Mention, Project, project_id
from .tables import Table

Rows = list[dict[str, Any]]
METHODS = ("id", "exact", "normalised", "acronym", "fuzzy")  # the surest first


def records_of(
    projects: Sequence[Project], table: Table, registry: Registry, periods: Periods, extra: Mapping[str, Rows]
) -> Records:
    """The frozen frames; ``extra`` holds the rows of facts, events, agreements and relations."""
    rows: dict[str, Rows] = {
        "projects": [table_row(project, table) for project in projects],
        "memberships": [
            row for project in projects for row in memberships(project, project_id(table.file, project.line))
        ],
        "clusters": list(registry.rows.values()),
        "territories": registry.territories,
        "regions": registry.regions,
        "periods": [with_rates(row, projects) for row in periods.values()],
        **extra,
    }
    return Records(
        **{name: CONTRACTS[f"ingest/{name}"].frame(rows.get(name, [])) for name in Records.names()}
    )


def with_rates(row: dict[str, Any], projects: Sequence[Project]) -> dict[str, Any]:
    """A period with what was recorded of it.

    ``record_rate`` = projects recorded / financed (middle of the published range); ``visibility`` =
    projects with a printed list of two or more bodies / co-labelled projects, where published.
    """
    mine = [project for project in projects if project.period == row["period"]]
    n_lists = sum(len(project.clusters) > 1 for project in mine)
    low, high, colabelled = row["n_financed_low"], row["n_financed_high"], row["n_colabelled"]
    return {
        **row,
        "n_records": len(mine),
        "n_lists": n_lists,
        "record_rate": 2 * len(mine) / (low + high) if low and high else None,
        "visibility": n_lists / colabelled if colabelled else None,
    }


def resolution_rows(projects: Sequence[Project]) -> Rows:
    """One row a printed name and body: how it was found, how often, in which periods."""
    rows = []
    for (printed, key), uses in _uses(projects, resolved=True).items():
        surest = max((mention.resolution for mention, _ in uses), key=lambda item: item.score)
        spans = sorted(project.period for _, project in uses if project.period is not None)
        notes = sorted({mention.resolution.note for mention, _ in uses if mention.resolution.note})
        rows.append(
            {
                "printed": printed,
                "cluster_id": key,
                "cluster_name": surest.body.name if surest.body else None,
                "method": surest.method,
                "score": round(surest.score, 1),
                "records": len({id(project) for _, project in uses}),
                "first_period": spans[0] if spans else None,
                "last_period": spans[-1] if spans else None,
                "note": "; ".join(notes) or None,
            }
        )
    return rows


def unresolved_rows(projects: Sequence[Project]) -> Rows:
    """Names without a body, each with its ranked suggestions (one line without a body if there are none)."""
    rows = []
    for (printed, _), uses in _uses(projects, resolved=False).items():
        found = uses[0][0].resolution
        base = {"printed": printed, "records": len({id(project) for _, project in uses}), "note": found.note}
        ranked = [
            {
                "rank": rank,
                "cluster_id": item.body.cluster_id,
                "cluster_name": item.body.name,
                "score": round(item.score, 1),
            }
            for rank, item in enumerate(found.suggestions, start=1)
        ]
        rows += [{**base, **row} for row in ranked or [{}]]
    return rows


def candidate_rows(projects: Sequence[Project], header: Sequence[str], alias: str, cluster: str) -> Rows:
    """Unresolved names with their suggestions as lines that paste into the table of aliases.

    ``header`` are the columns of that table, ``alias`` and ``cluster`` those of the name and its body.
    """
    blank = dict.fromkeys(header)
    return [
        blank | {alias: row["printed"], cluster: row["cluster_name"]}
        for row in unresolved_rows(projects)
        if row.get("cluster_name")
    ]


def _uses(
    projects: Sequence[Project], *, resolved: bool
) -> dict[tuple[str, str], list[tuple[Mention, Project]]]:
    found: dict[tuple[str, str], list[tuple[Mention, Project]]] = {}
    for project in projects:
        for mention in project.mentions:
            body = mention.resolution.body
            if (body is not None) == resolved:
                key = (mention.printed, body.cluster_id if body else "")
                found.setdefault(key, []).append((mention, project))
    return {key: found[key] for key in sorted(found)}


def memberships(project: Project, identity: str) -> Rows:
    """Rows of ingest/memberships: one a body, with every name it was printed under."""
    led = any(mention.lead for mention in project.mentions)
    named: dict[str, list[Mention]] = {}
    for mention in project.mentions:
        if mention.resolution.body is not None:
            named.setdefault(mention.resolution.body.cluster_id, []).append(mention)
    rows = []
    for key in sorted(named):
        mine = named[key]
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
        "n_named": len({mention.printed for mention in project.mentions if not mention.again}),
        "n_clusters": len(project.clusters),
        "sources": project.sources,
        "url": project.url or None,
        **{name: project.values.get(name) for name in MERGED_FIELDS},
    }

"""Rows to tables by contract, and the tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from ..contracts import CONTRACTS
from ..records import Records
from .bodies import Registry
from .dates import Interval
from .periods import Periods
from .projects import Mention, Project, memberships, project_id, table_row
from .tables import Table

Rows = list[dict[str, Any]]


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


def list_conflicts(
    projects: Sequence[Project], registry: Registry, times: Mapping[int, Interval | None]
) -> Rows:
    """Lists that name one body twice, or a body beside its successor."""
    rows = []
    for project in projects:
        for key in project.clusters:
            printed = sorted(
                {
                    m.printed
                    for m in project.mentions
                    if m.resolution.body and m.resolution.body.cluster_id == key
                }
            )
            if len({name.casefold() for name in printed}) > 1 and _in_one_list(project, printed):
                rule = "two names of one body are one membership"
                rows.append(
                    _conflict(project, "clusters", key, " | ".join(printed), registry.bodies[key].name, rule)
                )
        for one, other in combinations(project.clusters, 2):
            if other in _successors(registry, one) or one in _successors(registry, other):
                when = times.get(project.line)
                both = when is None or all(registry.bodies[key].active(when) for key in (one, other))
                rule = "both kept: both active" if both else "both kept: check, one is not known to be active"
                names = " | ".join(registry.bodies[key].name for key in (one, other))
                rows.append(_conflict(project, "successor", one, names, names, rule))
    return rows


def _in_one_list(project: Project, printed: Sequence[str]) -> bool:
    """Whether several of the names stand in the list itself (a lead is named elsewhere)."""
    cell = project.cells.get("clusters")
    return cell is None or sum(name in cell for name in printed) > 1


def _conflict(project: Project, field: str, key: str, values: str, kept: str, rule: str) -> dict[str, Any]:
    return {
        "line": project.line,
        "cluster_id": key,
        "field": field,
        "values": values,
        "kept": kept,
        "rule": rule,
    }


def _successors(registry: Registry, key: str) -> list[str]:
    """The chain of successors of a body."""
    chain: list[str] = []
    following = registry.rows[key]["successor"]
    while following is not None and following not in chain:
        chain.append(following)
        following = registry.rows[following]["successor"]
    return chain


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

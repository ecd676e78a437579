"""Nothing is lost: at every step of the stage, what goes in comes out under one heading or another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .members import Members
from .projects import Project
from .tables import Table

Step = dict[str, Any]


def conserved(
    tables: Sequence[Table], rows: Sequence[Project], projects: Sequence[Project], members: Members
) -> list[Step]:
    """The steps with what went in and came out, for ingest.json; AssertionError where they differ.

    tables: every file read; rows: the accepted rows of projects; projects: after rows were united.
    """
    mentions = [mention for project in projects for mention in project.mentions]
    resolved = sum(mention.resolution.body is not None for mention in mentions)
    places = {"in_a_period": 0, "between_periods": 0, "outside_the_periods": 0, "without_a_time": 0}
    for project in projects:
        places[_place(project)] += 1
    steps = [
        *(
            _step(
                f"rows of {table.file}",
                table.n_read,
                accepted=table.n_accepted,
                quarantined=len(table.refused),
            )
            for table in tables
        ),
        _step("accepted rows", len(rows), projects=len(projects), united=len(rows) - len(projects)),
        _step("projects", len(projects), **places),
        _step(
            "names printed",
            sum(map(len, members.names.values())) + members.further_leads,
            resolved=resolved,
            unresolved=len(mentions) - resolved,
        ),
    ]
    for step in steps:
        if step["in"] != sum(step["out"].values()):
            raise AssertionError(f"{step['step']}: {step['in']} went in, {step['out']} came out")
    return steps


def _step(name: str, went_in: int, **came_out: int) -> Step:
    return {"step": name, "in": went_in, "out": came_out}


def _place(project: Project) -> str:
    if project.period is not None:
        return "in_a_period"
    if project.window is not None:
        return "between_periods"
    stated = project.call is not None or project.inferred is not None or project.year is not None
    return "outside_the_periods" if stated else "without_a_time"

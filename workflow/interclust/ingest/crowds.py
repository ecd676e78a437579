"""Projects of more members than any has: rows that were read with wrong separators or one id for all.

Such rows are set aside: the pairs of their members would be millions, and none of them a tie.
"""

from __future__ import annotations

from collections.abc import Sequence

from .merging import same
from .projects import Project
from .rows import Refusal
from .tables import Table

CELL_LIMIT = 1_000  # names of one cell
PROJECT_LIMIT = 2_000  # members of one project: the largest consortium of Horizon 2020 has a few hundred
ONE_ID = "check that the column of the project's id tells projects apart"


def without_crowds(
    table: Table, projects: Sequence[Project], names: dict[int, list[str]]
) -> tuple[list[Project], dict[int, list[str]]]:
    """The rows with their names but those that name too many, which are set aside in ``table``.

    ``names`` are those of each row by its line. Of rows that are one project those are kept that come
    before the limit.
    """
    named: dict[object, set[str]] = {}
    kept = []
    for project in projects:
        held = named.setdefault(same(project), set())
        mine = names[project.line]
        further = {*mine, *filter(None, [project.row["lead"]])} - held
        refusal = _refusal(len(mine), len(held) + len(further))
        if refusal is not None:
            table.withdraw(project.row, refusal)
            continue
        held |= further
        kept.append(project)
    return kept, {project.line: names[project.line] for project in kept}


def too_many(n_members: int) -> Refusal:
    """Why a membership is set aside of a project that has all members that one may have."""
    return Refusal("project", f"the project has {n_members} members already, as many as are read", ONE_ID)


def _refusal(in_cell: int, in_project: int) -> Refusal | None:
    if in_cell > CELL_LIMIT:
        problem = f"a list of {in_cell} names, more than {CELL_LIMIT}"
        return Refusal("clusters", problem, "check the quotes and separators of this row")
    if in_project > PROJECT_LIMIT:
        problem = f"with it the project has more than {PROJECT_LIMIT} members"
        return Refusal("clusters", problem, ONE_ID)
    return None

"""The flow: from projects recorded to the lists and rows that models use, with what each step leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..numerics.dyads import dyad_number
from .build import build
from .dyads import tied_rows
from .lists import printed
from .pairs import pairs_of_lists
from .settings import SettingsLike
from .tables import Tables

if TYPE_CHECKING:
    from ..records import Records
    from .blocks import Block

Array = np.ndarray
Step = dict[str, Any]

COUNTED = ("tie", "in_emergence_risk_set", "in_recurrence_risk_set")  # columns that ``count_rows`` reads

# Why a step leaves something out.
WHY = {
    "projects_with_a_body": "no body is named, or none was recognised",
    "projects_with_two_bodies": "one body is named, which says nothing about others",
    "projects_on_lists": "the status says that the names make no list",
    "lists": "printed once for several projects",
    "lists_of_eligible_bodies": "fewer than two bodies of an eligible kind",
    "lists_placed_in_time": "no period in which all members are active",
    "lists_strict_or_joint": "wording short of labelled (broad set)",
    "lists_dated": "no period is stated or can be inferred",
    "projects_of_ties": "of a set that does not count as a tie, or too large",
    "projects_of_ties_dated": "no period is stated or can be inferred",
    "projects_in_the_panel": "no two members are of an eligible kind and active on the reference day",
    "pairs_of_ties": "named by projects that do not count as ties",
    "pairs_dated": "named by undated projects only",
    "pairs_in_the_panel": "one of the two is not of an eligible kind, or not active on the reference day",
    "bodies_eligible": "of a kind that cannot have the event",
    "bodies_active": "active in no period of the panel",
    "bodies_named": "named by no project recorded",
    "rows_sampled": "of dyads that never have a tie and were not drawn (panel.case_control)",
    "rows_tied": "no tie is recorded",
    "rows_at_risk_of_emergence": "tied before",
    "events_of_emergence": "no tie is recorded",
    "rows_at_risk_of_recurrence": "not tied before",
    "events_of_recurrence": "no tie is recorded",
}


def flow(
    records: Records | Tables, settings: SettingsLike = None, blocks: Iterable[Block] | None = None
) -> list[Step]:
    """Steps ``{step, unit, kept, left, why}``; ``left`` is what the step before had and this one has not.

    ``blocks`` are those of ``build`` (made here if not given); they are gone through once.
    """
    tables = Tables.of(records, settings)
    return flow_of(tables, count_rows(build(tables) if blocks is None else blocks))


def flow_of(tables: Tables, counts: Mapping[str, int]) -> list[Step]:
    """The flow, with the rows and events of the panel already counted."""
    return [
        *_projects(tables),
        *_lists(tables),
        *_ties(tables),
        *_pairs(tables),
        *_bodies(tables),
        *_rows(tables, counts),
    ]


def count_rows(blocks: Iterable[Block]) -> dict[str, int]:
    """Rows and events of each risk set."""
    names = ("rows", "tied", "emergence_rows", "emergence_events", "recurrence_rows", "recurrence_events")
    counts = dict.fromkeys(names, 0)
    for block in blocks:
        tie = block.columns["tie"]
        counts["rows"] += len(block)
        counts["tied"] += int(tie.sum())
        for outcome in ("emergence", "recurrence"):
            at_risk = block.columns[f"in_{outcome}_risk_set"]
            counts[f"{outcome}_rows"] += int(at_risk.sum())
            counts[f"{outcome}_events"] += int((at_risk & tie).sum())
    return counts


def _projects(tables: Tables) -> list[Step]:
    named = tables.n_members
    counts = [len(named), int((named >= 1).sum()), int((named >= 2).sum())]
    return _chain(
        "projects", ["projects_recorded", "projects_with_a_body", "projects_with_two_bodies"], counts
    )


def _lists(tables: Tables) -> list[Step]:
    found = printed(tables)
    able = [item for item in found if len(item.members) >= 2]
    placed = [item for item in able if len(item.places)]
    main = [item for item in placed if item.set != "broad"]
    dated = [item for item in main if item.dated]
    projects = sum(len(item.projects) for item in found)
    several = int((tables.n_members >= 2).sum())
    steps = [
        "lists",
        "lists_of_eligible_bodies",
        "lists_placed_in_time",
        "lists_strict_or_joint",
        "lists_dated",
    ]
    counts = [len(item) for item in (found, able, placed, main, dated)]
    return [
        _step("projects_on_lists", "projects", projects, several - projects),
        *_chain("lists", steps, counts, before=projects),
    ]


def _ties(tables: Tables) -> list[Step]:
    several = tables.n_members >= 2
    dated = tables.is_tie & several & (tables.project_period >= 0)
    in_panel = len(np.unique(tied_rows(tables).project))
    counts = [int((tables.is_tie & several).sum()), int(dated.sum()), in_panel]
    steps = ["projects_of_ties", "projects_of_ties_dated", "projects_in_the_panel"]
    return _chain("projects", steps, counts, before=int(several.sum()))


def _pairs(tables: Tables) -> list[Step]:
    members = tables.memberships
    a, b = pairs_of_lists(members.project)
    number, project = dyad_number(members.cluster[a], members.cluster[b], tables.n), members.project[a]
    tie = tables.is_tie[project]
    dated = tie & (tables.project_period[project] >= 0)
    stages = (number, number[tie], number[dated], tied_rows(tables).number)
    counts = [len(np.unique(found)) for found in stages]
    return _chain("pairs", ["pairs_recorded", "pairs_of_ties", "pairs_dated", "pairs_in_the_panel"], counts)


def _bodies(tables: Tables) -> list[Step]:
    active = (tables.activity & tables.calendar.panel[None, :]).any(axis=1)
    named = np.zeros(tables.n, dtype=bool)
    named[tables.memberships.cluster] = True
    counts = [tables.n, *(int(kept.sum()) for kept in (tables.eligible, active, active & named))]
    return _chain("bodies", ["bodies_registered", "bodies_eligible", "bodies_active", "bodies_named"], counts)


def _rows(tables: Tables, counts: Mapping[str, int]) -> list[Step]:
    names, kept = ["rows", "rows_tied"], [counts["rows"], counts["tied"]]
    if tables.settings.panel.sampling is not None:
        names, kept = ["rows", "rows_sampled", "rows_tied"], [_all_rows(tables), *kept]
    steps = _chain("dyad-periods", names, kept)
    for outcome in ("emergence", "recurrence"):
        names = [f"rows_at_risk_of_{outcome}", f"events_of_{outcome}"]
        kept = [counts[f"{outcome}_rows"], counts[f"{outcome}_events"]]
        steps += _chain("dyad-periods", names, kept, before=counts["rows"])
    return steps


def _all_rows(tables: Tables) -> int:
    """Rows that the panel would have without sampling."""
    active = tables.activity[:, tables.calendar.panel].sum(axis=0, dtype=np.int64)
    return int((active * (active - 1) // 2).sum())


def _chain(unit: str, steps: list[str], counts: list[int], before: int | None = None) -> list[Step]:
    """Steps that follow each other; the first one leaves nothing unless ``before`` says what there was."""
    had = [counts[0] if before is None else before, *counts[:-1]]
    return [
        _step(step, unit, kept, there - kept) for step, kept, there in zip(steps, counts, had, strict=True)
    ]


def _step(step: str, unit: str, kept: int, left: int) -> Step:
    return {"step": step, "unit": unit, "kept": kept, "left": left, "why": WHY.get(step, "") if left else ""}

"""Lists for the model of who labels with whom, and the projects behind tied rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .settings import SettingsLike
from .tables import Tables

if TYPE_CHECKING:
    import pandas as pd

    from ..records import Records

Array = np.ndarray

SETS = ("strict", "joint", "broad")
# An announcement follows the reference day of its call by so many months at most: the window of an
# undated list, where ingest has not narrowed it.
LONGEST_DELAY_MONTHS = 12


@dataclass(frozen=True)
class Printed:
    """One printed list: its projects, the distinct bodies named and the places it may have (k,)."""

    list_id: str
    projects: tuple[int, ...]
    members: tuple[int, ...]
    set: str
    dated: bool
    places: Array


def lists(records: Records | Tables, settings: SettingsLike = None) -> pd.DataFrame:
    """The lists of two or more eligible bodies that can be placed in time (contract ``panel/lists``).

    A list printed for several projects (``list_group``) is one. An undated list has the first and the last
    period in which it may fall: consistent with what was printed and with the activity of every member.
    """
    from ..contracts import CONTRACTS

    tables = Tables.of(records, settings)
    sources = tables.records.projects["sources"].tolist()
    found = (item for item in printed(tables) if len(item.members) >= 2 and len(item.places))
    rows = [_row(tables, item, sources) for item in found]
    return CONTRACTS["panel/lists"].frame(rows)


def printed(tables: Tables) -> list[Printed]:
    """Every list of two or more distinct bodies of a known set, eligible ones kept, by list id."""
    return tables.once("printed lists", lambda: _all_printed(tables))


def _all_printed(tables: Tables) -> list[Printed]:
    groups: dict[str, list[int]] = {}
    for project, group in enumerate(tables.records.projects["list_group"]):
        name = tables.project_ids[project] if _null(group) else str(group)
        groups.setdefault(name, []).append(project)
    members = _members(tables)
    found = []
    for name, projects in sorted(groups.items()):
        named = sorted({cluster for project in projects for cluster in members.get(project, ())})
        kind = tables.project_set[projects[0]]
        if kind in SETS and len(named) >= 2:
            found.append(_printed(tables, name, projects, named, kind))
    return found


def _printed(tables: Tables, name: str, projects: list[int], named: list[int], kind: str) -> Printed:
    able = tuple(cluster for cluster in named if tables.eligible[cluster])
    dated = [tables.project_period[project] for project in projects if tables.project_period[project] >= 0]
    places = np.array([min(dated)]) if dated else _window(tables, projects)
    active = tables.activity[list(able)][:, places].all(axis=0)
    return Printed(name, tuple(projects), able, kind, bool(dated), places[active])


def _window(tables: Tables, projects: list[int]) -> Array:
    """Places in the calendar that the printed dates of undated projects allow."""
    possible = np.ones(len(tables.calendar.periods), dtype=bool)
    for project in projects:
        row = tables.records.projects[["period_low", "period_high"]].iloc[project]
        narrowed = not (_null(row["period_low"]) and _null(row["period_high"]))
        narrowed = narrowed and not tables.calendar.derived  # calls say nothing about years
        possible &= _between(tables, row) if narrowed else _announced(tables, project)
    return np.flatnonzero(possible)


def _between(tables: Tables, row: Any) -> Array:
    """Periods from ``period_low`` to ``period_high``, as ingest has narrowed them (T,)."""
    periods = tables.calendar.periods
    low = periods[0] if _null(row["period_low"]) else row["period_low"]
    high = periods[-1] if _null(row["period_high"]) else row["period_high"]
    possible: Array = (periods >= low) & (periods <= high)
    return possible


def _announced(tables: Tables, project: int) -> Array:
    """Periods whose projects may have been announced when the page says (T,)."""
    low, high = (limit[project] for limit in tables.announced)
    if np.isnat(low):
        return np.ones(len(tables.calendar.periods), dtype=bool)
    reference = tables.calendar.reference
    latest = reference.astype("datetime64[M]") + np.timedelta64(LONGEST_DELAY_MONTHS, "M")
    possible: Array = (reference <= high) & (latest.astype("datetime64[D]") >= low)
    return possible


def _row(tables: Tables, item: Printed, sources: list[list[str]]) -> dict[str, Any]:
    periods = tables.calendar.periods[item.places]
    return {
        "list_id": item.list_id,
        "project_ids": sorted(tables.project_ids[list(item.projects)]),
        "members": list(item.members),
        "m": len(item.members),
        "period": int(periods[0]) if item.dated else None,
        "period_low": int(periods[0]),
        "period_high": int(periods[-1]),
        "source_ids": sorted({source for project in item.projects for source in sources[project]}),
        "set": item.set,
    }


def _members(tables: Tables) -> dict[int, list[int]]:
    members: dict[int, list[int]] = {}
    for project, cluster in zip(
        tables.memberships.project.tolist(), tables.memberships.cluster.tolist(), strict=True
    ):
        members.setdefault(project, []).append(cluster)
    return members


def _null(value: Any) -> bool:
    import pandas as pd

    return bool(pd.isna(value))

"""Contacts between bodies as a dyadic outcome of their own: coded relations placed in the periods of a study.

It rests on a ledger (``ingest/relations``): a body, the ego, says of another, the alter, whether they were in
contact, exchanged practices, had a joint idea, tried it and realised it. The rules:

- a cell is 1, 0 or null; null is *not said* and never a zero;
- a relation belongs to the period in whose span its first day falls: from the reference day of the period to
  the day before that of the next one, a year in the last period. What is known before the reference day is
  thus known before the relation began. Without a beginning the end decides, which may be long after it;
- a date that is known to the month or the year counts from its first day;
- any two bodies of the registry that exist when the relation begins may be in contact, whatever their kind:
  from the start of operations, or the label where that is earlier, until the label is lost or the body
  merges. A body that began within the period was in structuring on its reference day;
- each relation is an observation: if both bodies tell of one another there are two of one dyad;
- ``idea``: what became of a joint idea, true if a project was realised, null where no joint idea is
  coded or its outcome is not said.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .arrays import days
from .settings import SettingsLike
from .tables import Tables

if TYPE_CHECKING:
    import pandas as pd

    from ..records import Records

Array = np.ndarray

CODED = ("contact", "practice_exchange", "joint_idea", "project_attempted", "project_realised")
YEAR = np.timedelta64(365, "D")


def contacts(records: Records | Tables, settings: SettingsLike = None) -> pd.DataFrame:
    """One row a coded relation of two active bodies (contract ``panel/contacts``)."""
    from ..contracts import CONTRACTS

    tables = contact_tables(records, settings)
    ego, alter = ends(tables)
    place = places(tables)
    together = exists(tables, ego, *first_days(tables)) & exists(tables, alter, *first_days(tables))
    rows = np.flatnonzero(together & (place >= 0) & (ego != alter))
    coded = tables.records.relations[list(CODED)].iloc[rows].reset_index(drop=True)
    found = coded.assign(
        period=tables.calendar.periods[place[rows]],
        cluster_i=np.minimum(ego, alter)[rows],
        cluster_j=np.maximum(ego, alter)[rows],
        relation=rows,
        ego=ego[rows],
        idea=coded["project_realised"].where(coded["joint_idea"].fillna(False).astype(bool)),
    )
    return CONTRACTS["panel/contacts"].frame(found)


def contact_tables(records: Records | Tables, settings: SettingsLike = None) -> Tables:
    """Tables in which a body of any kind may be at risk, for the rows and for the History of each period."""
    given = Tables.of(records, settings)
    panel = replace(given.settings.panel, eligible_kinds=None, min_projects=0, case_control=None)
    return Tables(given.records, replace(given.settings, panel=panel))


def ends(tables: Tables) -> tuple[Array, Array]:
    """Cluster numbers of ego and alter of every relation (r,), -1 where one is not in the registry."""
    table = tables.records.relations
    return tables.number(table["ego_id"]), tables.number(table["alter_id"])


def first_days(tables: Tables) -> tuple[Array, Array]:
    """First and last day (r,) on which each relation may have begun (without a beginning: ended), or NaT."""
    table = tables.records.relations
    (low, high), (end_low, end_high) = (
        [days(table[f"{name}_{limit}"]) for limit in ("low", "high")] for name in ("from", "to")
    )
    low, end_low = np.where(np.isnat(low), high, low), np.where(np.isnat(end_low), end_high, end_low)
    undated = np.isnat(low)
    return np.where(undated, end_low, low), np.where(undated, end_high, high)


def places(tables: Tables) -> Array:
    """Place in the calendar of the period of each relation (r,), -1 where none with rows spans its day."""
    calendar, day = tables.calendar, first_days(tables)[0]
    if not len(calendar.reference):
        return np.full(len(day), -1)
    known = ~np.isnat(day)
    place = np.searchsorted(calendar.reference, np.where(known, day, calendar.reference[0]), side="right") - 1
    inside = known & (place >= 0) & (day < calendar.reference[-1] + YEAR) & calendar.panel[place]
    return np.where(inside, place, -1)


def exists(tables: Tables, body: Array, first: Array, last: Array) -> Array:
    """Whether each body (r,), a cluster number or -1, exists on some day from ``first`` to ``last`` (r,)."""
    begun = np.fmin(tables.active_from, days(tables.records.clusters["start_low"]))
    gone = ~np.isnat(tables.active_to[body]) & (tables.active_to[body] <= first)
    there: Array = (body >= 0) & (begun[body] <= last) & ~gone
    return there


def write_contacts(records: Records | Tables, settings: SettingsLike, path: str | Path) -> None:
    """Write the table."""
    from ..contracts import CONTRACTS

    CONTRACTS["panel/contacts"].write(contacts(records, settings), path)

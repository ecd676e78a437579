"""Which records of mergers become which pair that merged, and why the others do not.

Two kinds of record are accounted for, each once: the rows ``merged`` of the registry's events, and the
bodies that the registry gives a successor, which decide (a row of events that contradicts them does not).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..mergers import at_risk, bearers, merger_blocks, merger_tables
from ..settings import SettingsLike
from ..tables import Tables

if TYPE_CHECKING:
    import pandas as pd

    from ...records import Records

EVENT = "merged"
# Why a record makes no pair; the first that holds is given.
WHY = {
    "kind": "the body is of a kind that is not at risk",
    "no_partner": "no partner is named: it is not in the registry",
    "unknown_partner": "the partner is not in the registry",
    "partner_kind": "the partner is of a kind that is not at risk",
    "delabelled": "the body had lost its label before",
    "undated": "the registry does not say when",
    "not_at_risk": "the two were not both at risk on the reference day of that year",
    "alone": "no other body at risk became one with it in that year",
    "registry": "the registry's own dates and successors say otherwise",
}


@dataclass(frozen=True)
class Pair:
    """Two bodies that became one in a year, and the body that they became."""

    year: int
    i: int
    j: int
    heir: int
    way: str

    def has(self, body: int, partner: int) -> bool:
        """Whether a body became one with a partner, or became the partner."""
        return body in (self.i, self.j) and (partner in (self.i, self.j) or partner == self.heir)


@dataclass(frozen=True)
class Record:
    """What a record says: body and partner (cluster numbers, -1 unknown), first and last year, as printed."""

    source: str
    body: int
    partner: int
    low: int | None
    high: int | None
    printed: str | None


def merger_flow(records: Records | Tables, settings: SettingsLike = None) -> pd.DataFrame:
    """One row a record and pair that it makes, or a record and the reason why it makes none."""
    from .columns import frame

    account = Account(merger_tables(records, settings))
    return frame("mergers", [row for record in account.records() for row in account.rows(record)])


def merger_years(records: Records | Tables, settings: SettingsLike = None) -> pd.DataFrame:
    """Bodies and pairs at risk, and events, by year."""
    from .columns import frame

    rows: dict[int, dict[str, Any]] = {}
    for block in merger_blocks(merger_tables(records, settings)):
        row = rows.setdefault(block.period, {"year": block.period, "pairs": 0, "events": 0, "undated": 0})
        merger = block.columns["merger"]
        row["pairs"] += len(block)
        row["events"] += int(np.ma.filled(merger, False).sum())
        row["undated"] += int(np.ma.getmaskarray(merger).sum())
    return frame("merger_years", rows.values())


@dataclass(frozen=True)
class Account:
    """Holds the records of mergers against the pairs that merged."""

    tables: Tables

    @cached_property
    def pairs(self) -> list[Pair]:
        """Every pair that became one in a known year."""
        return [pair for block in merger_blocks(self.tables) for pair in _pairs(self.tables, block)]

    def records(self) -> Iterator[Record]:
        """Rows of events, then bodies with a successor, each in their order."""
        events = self.tables.records.events
        chosen = events[events["event"] == EVENT]
        bodies, others = (self.tables.number(chosen[name]) for name in ("cluster_id", "other_id"))
        for row, body, other in zip(chosen.to_dict("records"), bodies, others, strict=True):
            low, high = (_year(row[name]) for name in ("low", "high"))
            yield Record("event", int(body), int(other), low, high, _text(row["other"]))
        clusters = self.tables.records.clusters
        successors = self.tables.number(clusters["successor"])
        for body in np.flatnonzero(clusters["successor"].notna()).tolist():
            end = self.tables.active_to[body]
            year = None if np.isnat(end) else _year(end - 1)
            yield Record("registry", body, int(successors[body]), year, year, clusters["successor"][body])

    def rows(self, record: Record) -> list[dict[str, Any]]:
        """The pairs that a record makes; one row with the reason if it makes none."""
        ids, names = (self.tables.records.clusters[key].to_numpy() for key in ("cluster_id", "name"))
        said = {"record": record.source, "cluster_id": ids[record.body], "name": names[record.body]}
        said |= {"year_low": record.low, "year_high": record.high, "other": record.printed}
        found = self.found(record)
        made = [
            said | {"year": pair.year, "cluster_i": ids[pair.i], "cluster_j": ids[pair.j], "way": pair.way}
            for pair in found
        ]
        return made or [said | {"why": WHY[self.reason(record)]}]

    def found(self, record: Record) -> list[Pair]:
        """Pairs with the body, of the years that the record allows, that answer to what it says.

        A named partner is one of the pair, or what it became. Without a partner the registry must say that
        the body went in that year.
        """
        own = [pair for pair in self.pairs if record.body in (pair.i, pair.j) and _within(pair.year, record)]
        if record.partner >= 0:
            direct = [pair for pair in own if record.partner in (pair.i, pair.j)]
            return direct or [pair for pair in own if pair.has(record.body, record.partner)]
        return [pair for pair in own if pair.heir != record.body] if record.printed is None else []

    def reason(self, record: Record) -> str:
        """Why a record makes no pair, as a key of WHY."""
        tables, body, partner = self.tables, record.body, record.partner
        exits = tables.records.clusters["exit"]
        if not tables.eligible[body]:
            return "kind"
        if partner < 0:
            return "no_partner" if record.printed is None else "unknown_partner"
        if not tables.eligible[partner]:
            return "partner_kind"
        if exits[body] == "delabelled":
            return "delabelled"
        if record.high is None or (tables.successor[body] >= 0 and np.isnat(tables.active_to[body])):
            return "undated"
        if record.source == "event":
            return "registry"
        return "alone" if self._was_at_risk(body, record.high) else "not_at_risk"

    def _was_at_risk(self, body: int, year: int) -> bool:
        place = np.flatnonzero(self.tables.calendar.periods == year)
        return bool(len(place)) and body in at_risk(self.tables, int(place[0]))


def _pairs(tables: Tables, block: Any) -> Iterator[Pair]:
    heir = bearers(tables, tables.calendar.position(block.period))
    for row in np.flatnonzero(np.ma.filled(block.columns["merger"], False)).tolist():
        i, j = int(block.i[row]), int(block.j[row])
        yield Pair(block.period, i, j, int(heir[i]), str(block.columns["way"][row]))


def _within(year: int, record: Record) -> bool:
    return record.high is None or (record.low or 0) <= year <= record.high


def _text(cell: Any) -> str | None:
    import pandas as pd

    return None if pd.isna(cell) else str(cell)


def _year(day: Any) -> int | None:
    import pandas as pd

    return None if pd.isna(day) else int(pd.Timestamp(day).year)

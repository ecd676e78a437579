"""The real table of records as a form: which rows a recorded world has, and how often each body is named.

A row keeps what it says of time, source and status; its project and the names that it prints are drawn
(press_drawing.py). So a recorded world has the sources, the statuses, the undated rows and the records a call
of the real one.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...config.paths import inside
from ...errors import ConfigError

if TYPE_CHECKING:
    from ...records import Records

Array = np.ndarray
Study = Mapping[str, Any]

KEPT = ("call", "call_inferred", "year", "announced", "source")  # time and source, by our columns
LIST = "list"  # what a row of a set of list models prints: a list of known length


@dataclass(frozen=True)
class Slot:
    """One row of the real table.

    ``cells`` are its kept cells by our columns; ``kind`` is LIST or the list status (``complete``,
    ``lower_bound``, ``unknown``, ``none``); ``size`` the bodies that it names; ``calls`` the periods that its
    project may be of, one if it is dated; ``group`` the rows that one list is printed for.
    """

    cells: Mapping[str, str]
    status: str
    kind: str
    size: int
    calls: tuple[int, ...]
    dated: bool
    group: str
    with_lead: bool


@dataclass(frozen=True)
class Form:
    """The rows of the real table in their order, and which bodies each names (rows, n)."""

    slots: tuple[Slot, ...]
    named: Array

    @property
    def mentions(self) -> Array:
        """Records that name each body (n,)."""
        counts: Array = self.named.sum(axis=0)
        return counts

    def named_by(self, source: str) -> Array:
        """Records of a source that name each body (n,)."""
        counts: Array = self._by_source[source]
        return counts

    def dated(self, status: str, call: int) -> list[Slot]:
        """The dated rows of a status and call."""
        return self._dated.get((status, call), [])

    @cached_property
    def _by_source(self) -> dict[str, Array]:
        sources = np.array([slot.cells["source"] for slot in self.slots])
        return {source: self.named[sources == source].sum(axis=0) for source in np.unique(sources).tolist()}

    @cached_property
    def _dated(self) -> dict[tuple[str, int], list[Slot]]:
        found: dict[tuple[str, int], list[Slot]] = {}
        for slot in self.slots:
            if slot.dated:
                found.setdefault((slot.status, slot.calls[0]), []).append(slot)
        return found

    @classmethod
    def read(cls, study: Study, source: str | Path) -> Form:
        """The form of the real tables in ``source``, read by the study's own section ``ingest``.

        Raises ConfigError where two rows would be one project, for then rows and projects differ in number.
        """
        from ... import ingest

        records = ingest.read(study, source)
        rows = _cells(study, Path(source))
        if len(rows) != len(records.projects):
            raise ConfigError(
                f"simulate.recording: {len(rows)} rows of {study['ingest']['projects']['file']} make "
                f"{len(records.projects)} projects; give one row a project and none that is quarantined"
            )
        periods = records.periods["period"].astype(int).tolist()
        kinds = _kinds(study)
        slots = tuple(
            _slot(cells, project, kinds, periods)
            for cells, project in zip(
                rows, records.projects.sort_values("line").to_dict("records"), strict=True
            )
        )
        return cls(slots, _named(records))


def _cells(study: Study, source: Path) -> list[dict[str, str]]:
    """The raw rows by our columns."""
    spec = study["ingest"]["projects"]
    with inside(source, spec["file"]).open(encoding="utf-8-sig", newline="") as file:
        return [{ours: row[raw] for ours, raw in spec["columns"].items()} for row in csv.DictReader(file)]


def _kinds(study: Study) -> dict[str, str]:
    """The kind of each printed status, as the study reads it."""
    sets = study["panel"]["sets"]
    lists = {status for states in sets.values() for status in states}
    return {
        status: LIST if status in lists else kind for status, kind in study["ingest"]["list_status"].items()
    }


def _slot(
    cells: Mapping[str, str], project: Mapping[str, Any], kinds: Mapping[str, str], periods: list[int]
) -> Slot:
    import pandas as pd

    dated = bool(pd.notna(project["period"]))
    low, high = (project[key] for key in ("period_low", "period_high"))
    calls = [int(project["period"])] if dated else periods
    if not dated and pd.notna(low):
        calls = [period for period in periods if low <= period <= high]
    return Slot(
        cells={name: cells.get(name, "") for name in KEPT},
        status=cells["status"],
        kind=kinds[cells["status"]],
        size=int(project["n_clusters"]),
        calls=tuple(calls),
        dated=dated,
        group=cells.get("list_group", ""),
        with_lead=bool(cells.get("lead")),
    )


def _named(records: Records) -> Array:
    """Which bodies each record names, in the order of their lines (rows, n)."""
    import pandas as pd

    projects = pd.Index(records.projects.sort_values("line")["project_id"])
    clusters = pd.Index(records.clusters["cluster_id"])
    named = np.zeros((len(projects), len(clusters)), dtype=int)
    rows, columns = records.memberships["project_id"], records.memberships["cluster_id"]
    named[projects.get_indexer(pd.Index(rows)), clusters.get_indexer(pd.Index(columns))] = 1
    return named

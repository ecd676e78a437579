"""Records as arrays: codes instead of words, days instead of dates, sorted so that a past is a slice.

``Tables`` knows everything, the future too. Only History and the builder of the panel look into it;
features receive a History.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ..errors import ContractError
from . import calendar as calendars
from .arrays import Coded, Dated, Memberships, days
from .settings import Settings, SettingsLike, resolve

if TYPE_CHECKING:
    import pandas as pd

    from ..records import Records

Array = np.ndarray
Value = TypeVar("Value")

ALWAYS = np.datetime64("0001-01-01")


@dataclass(frozen=True)
class Tables:
    """The arrays of one study's records; each is made when first asked for."""

    records: Records
    settings: Settings
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: str, make: Callable[[], Value]) -> Value:
        """Keep what several parts of the stage work out."""
        if key not in self._kept:
            self._kept[key] = make()
        value: Value = self._kept[key]
        return value

    @classmethod
    def of(
        cls, records: Records | Tables, settings: SettingsLike = None, period: str | None = None
    ) -> Tables:
        """Make tables from records; ready ones are returned as they are."""
        return records if isinstance(records, Tables) else cls(records, resolve(settings, period=period))

    @cached_property
    def n(self) -> int:
        """Number of clusters of any kind."""
        return len(self.records.clusters)

    @cached_property
    def calendar(self) -> calendars.Calendar:
        """The periods of the study."""
        return calendars.of(self.records, self.settings.panel)

    # ---- clusters

    @cached_property
    def coded(self) -> dict[str, Coded]:
        """Timeless words of the clusters, by column."""
        columns = ("kind", "sector", "vocation", "diffusion", "region")
        return {name: Coded.of(self.records.clusters[name]) for name in columns}

    @cached_property
    def active_from(self) -> Array:
        """First day of activity (n,)."""
        return days(self.records.clusters["active_from"])

    @cached_property
    def active_to(self) -> Array:
        """First day after activity (n,); NaT where there is none."""
        return days(self.records.clusters["active_to"])

    @cached_property
    def start(self) -> Array:
        """Start of operations (n,): the middle of the interval that the printed date allows."""
        low, high = days(self.records.clusters["start_low"]), days(self.records.clusters["start_high"])
        high = np.where(np.isnat(high), low, high)
        return low + (high - low) // 2

    @cached_property
    def successor(self) -> Array:
        """Cluster number of the successor of a merged body (n,), else -1."""
        merged = (self.records.clusters["exit"] == "merged").fillna(False).to_numpy(dtype=bool)
        return np.where(merged, self.number(self.records.clusters["successor"]), -1)

    @cached_property
    def eligible(self) -> Array:
        """Bodies that can have the event (n,): of an eligible kind, with enough projects recorded."""
        panel = self.settings.panel
        able = np.ones(self.n, dtype=bool)
        if panel.eligible_kinds is not None:
            able &= self.records.clusters["kind"].isin(panel.eligible_kinds).to_numpy()
        if panel.min_projects:
            dated = self.memberships.cluster[self.memberships.period >= 0]
            able &= np.bincount(dated, minlength=self.n) >= panel.min_projects
        return able

    @cached_property
    def activity(self) -> Array:
        """Eligible bodies active on the reference day of each period (n, T)."""
        day = self.calendar.reference[None, :]
        gone = ~np.isnat(self.active_to[:, None]) & (self.active_to[:, None] <= day)
        active: Array = self.eligible[:, None] & (self.active_from[:, None] <= day) & ~gone
        return active

    @cached_property
    def able(self) -> Array:
        """Cluster numbers of the bodies that are at risk in some period, sorted: shards are made of them."""
        return np.flatnonzero(self.activity.any(axis=1))

    def number(self, ids: pd.Series) -> Array:
        """Cluster numbers of ids, -1 where null or unknown."""
        import pandas as pd

        return pd.Index(self.records.clusters["cluster_id"]).get_indexer(pd.Index(ids)).astype(np.int32)

    # ---- projects

    @cached_property
    def project_period(self) -> Array:
        """Place of each project in the calendar (P,), -1 without a period."""
        return calendars.project_period(self.records, self.settings.panel, self.calendar)

    @cached_property
    def project_ids(self) -> Array:
        """Ids of the projects by project number (P,)."""
        return self.records.projects["project_id"].to_numpy(dtype=object)

    @cached_property
    def announced(self) -> tuple[Array, Array]:
        """First and last day on which each project may have been announced (P,), NaT where not printed."""
        projects = self.records.projects
        years = projects["year"].astype("float64").to_numpy(dtype=float, na_value=np.nan)
        year = np.where(np.isnan(years), np.datetime64("NaT"), np.nan_to_num(years - 1970).astype("<M8[Y]"))
        low, high = days(projects["announced_low"]), days(projects["announced_high"])
        first, last = year.astype("<M8[D]"), (year.astype("<M8[Y]") + 1).astype("<M8[D]") - 1
        unknown = np.isnat(low)
        return np.where(unknown, first, low), np.where(unknown, last, high)

    @cached_property
    def project_set(self) -> Array:
        """Set of lists that each project's status belongs to (P,) object: strict, joint, broad or ""."""
        set_of = {status: name for name, states in self.settings.panel.sets.items() for status in states}
        projects = self.records.projects
        stated, general = projects["status"].map(set_of), projects["list_status"].map(set_of)
        return stated.where(stated.notna(), general).fillna("").to_numpy(dtype=object)

    @cached_property
    def is_tie(self) -> Array:
        """Projects whose pairs of members are ties (P,): of the sets asked for, not too large."""
        tie = np.isin(self.project_set.astype(str), self.settings.panel.ties)
        if self.settings.panel.max_members is not None:
            tie &= self.n_members <= self.settings.panel.max_members
        return tie

    @cached_property
    def has_complete_list(self) -> Array:
        """Projects whose list names every body that took part (P,)."""
        complete: Array = (self.records.projects["list_status"] == "complete").to_numpy(dtype=bool)
        return complete

    @cached_property
    def tie_weight(self) -> Array:
        """Weight of each project's ties (P,): 1, or for a large project 1/(members - 1).

        All ties of a member of a large project then weigh as much as one (Newman 2001).
        """
        limit, members = self.settings.panel.weigh_above, np.maximum(self.n_members, 2)
        return np.ones(len(members)) if limit is None else np.where(members > limit, 1 / (members - 1), 1.0)

    @cached_property
    def n_members(self) -> Array:
        """Distinct bodies named in each project (P,)."""
        return np.bincount(self.memberships.project, minlength=len(self.records.projects))

    @cached_property
    def memberships(self) -> Memberships:
        """Every membership, once."""
        import pandas as pd

        members = self.records.memberships
        project = pd.Index(self.records.projects["project_id"]).get_indexer(pd.Index(members["project_id"]))
        cluster = self.number(members["cluster_id"])
        for column, found in (("project_id", project), ("cluster_id", cluster)):
            if (found < 0).any():
                lost = members[column].iloc[int(np.flatnonzero(found < 0)[0])]
                raise ContractError(f"memberships name the {column} {lost!r}, which no other table has")
        pairs = np.unique(project.astype(np.int64) * max(self.n, 1) + cluster)
        project, cluster = pairs // max(self.n, 1), pairs % max(self.n, 1)
        period = self.project_period[project]
        order = np.lexsort((cluster, project, period))
        return Memberships(
            project[order].astype(np.int32), cluster[order].astype(np.int32), period[order].astype(np.int32)
        )

    # ---- the registry's dated tables

    @cached_property
    def facts(self) -> Dated:
        """Facts by the last day of the interval in which they were true; plans are no facts."""
        from ..contracts import FACTS

        facts = self.records.facts
        facts = facts[facts["bound"] != "planned"]
        high = days(facts["high"])
        columns = {
            "cluster": self.number(facts["cluster_id"]),
            "fact": Coded.of(facts["fact"], FACTS).codes,
            "value": facts["value"].to_numpy(dtype=float, na_value=np.nan),
            "text": facts["text"].to_numpy(dtype=object),
            "low": days(facts["low"]),
            "high": high,
        }
        return Dated.of(high, columns, then=columns["low"])

    @cached_property
    def territories(self) -> Dated:
        """Regions covered, by the day from which; those without a date hold always."""
        table = self.records.territories
        since = days(table["valid_from"])
        columns = {
            "cluster": self.number(table["cluster_id"]),
            "region": Coded.of(table["region"], self.regions).codes,
        }
        return Dated.of(np.where(np.isnat(since), ALWAYS, since), columns)

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Every region that any table names, sorted."""
        tables = (self.records.regions, self.records.territories, self.records.clusters)
        return tuple(sorted({str(name) for table in tables for name in table["region"].dropna()}))

    @cached_property
    def home_region(self) -> Array:
        """Region of the head office (n,), a number of ``regions`` or -1."""
        return Coded.of(self.records.clusters["region"], self.regions).codes

    @cached_property
    def events(self) -> Dated:
        """Events of clusters, by the last day on which they may have happened; undated ones are left out."""
        events = self.records.events
        events = events[events["high"].notna()]
        high = days(events["high"])
        columns = {
            "cluster": self.number(events["cluster_id"]),
            "event": events["event"].to_numpy(dtype=object),
            "low": days(events["low"]),
            "high": high,
        }
        return Dated.of(high, columns)

    @cached_property
    def agreements(self) -> Dated:
        """Agreements between two clusters, by the day from which they are in force."""
        table = self.records.agreements
        low = days(table["low"])
        columns = {
            "i": self.number(table["cluster_i"]),
            "j": self.number(table["cluster_j"]),
            "until": days(table["high"]),
        }
        return Dated.of(low, columns)

    @cached_property
    def texts(self) -> Any:
        """Words of keywords and topics, counted (``panel.texts``)."""
        from .texts import Texts

        keywords = [" ; ".join(words) for words in self.records.clusters["keywords"]]
        topics = [
            "" if text is None or text != text else str(text) for text in self.records.projects["topic"]
        ]
        return Texts.count(keywords, topics)

"""The panel in plain Python, written from the definitions and as slow as it reads."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pandas as pd

from interclust.records import Records

TIES = ("explicit_multi", "assembled_multi", "joint_list", "weak_multi")


class SlowPanel:
    """One row at a time, with sets of names."""

    def __init__(self, world: Records, kinds: tuple[str, ...] | None, inherited: bool = True) -> None:
        self.clusters = {row["cluster_id"]: row for row in world.clusters.to_dict("records")}
        self.kinds, self.inherited = kinds, inherited
        self.days = dict(zip(world.periods["period"], world.periods["reference"], strict=True))
        named: dict[str, set[str]] = {}
        for row in world.memberships.itertuples():
            named.setdefault(row.project_id, set()).add(row.cluster_id)
        self.projects = [
            (row.project_id, None if pd.isna(row.period) else int(row.period), row.status in TIES, members)
            for row in world.projects.itertuples()
            if (members := named.get(row.project_id))
        ]

    def active(self, name: str, day: Any) -> bool:
        row = self.clusters[name]
        able = self.kinds is None or row["kind"] in self.kinds
        return bool(able and row["active_from"] <= day and not self.gone(name, day))

    def gone(self, name: str, day: Any) -> bool:
        left = self.clusters[name]["active_to"]
        return bool(not pd.isna(left) and left <= day)

    def bearer(self, name: str, day: Any) -> str:
        row = self.clusters[name]
        if (
            self.inherited
            and row["exit"] == "merged"
            and isinstance(row["successor"], str)
            and self.gone(name, day)
        ):
            return self.bearer(row["successor"], day)
        return name

    def lineage(self, name: str, day: Any) -> set[str]:
        return {other for other in self.clusters if self.bearer(other, day) == name} | {name}

    def rows(self) -> Iterator[dict[str, Any]]:
        for period, day in self.days.items():
            for i, j in combinations(sorted(self.clusters), 2):
                if self.active(i, day) and self.active(j, day):
                    yield self.row(period, day, i, j)

    def row(self, period: int, day: Any, i: str, j: str) -> dict[str, Any]:
        mine, other = self.lineage(i, day), self.lineage(j, day)
        earlier = [project for project in self.projects if project[1] is not None and project[1] < period]
        both = [project for project in earlier if project[3] & mine and project[3] & other]
        prior = [project for project in both if project[2]]
        now = [
            project
            for project in self.projects
            if project[1] == period and project[2] and {i, j} <= project[3]
        ]
        a = sum(bool(project[3] & mine) for project in earlier) - len(both)
        b = sum(bool(project[3] & other) for project in earlier) - len(both)
        order = sorted(self.days)
        place = order.index(period)
        return {
            "period": period,
            "i": i,
            "j": j,
            "n_projects": len(now),
            "tie": bool(now),
            "prior_projects": len(prior),
            "periods_at_risk": sum(
                any(self.active(name, self.days[t]) for name in mine)
                and any(self.active(name, self.days[t]) for name in other)
                for t in order[: place + 1]
            ),
            "periods_since_first_tie": place - order.index(min(p[1] for p in prior)) if prior else None,
            "periods_since_last_tie": place - order.index(max(p[1] for p in prior)) if prior else None,
            "in_emergence_risk_set": not prior,
            "emergence": None if prior else bool(now),
            "in_recurrence_risk_set": bool(prior),
            "recurrence": bool(now) if prior else None,
            "left_truncated": all(
                min(self.clusters[name]["active_from"] for name in side) < self.days[order[0]]
                for side in (mine, other)
            ),
            "inherited": any(not {i, j} <= project[3] for project in prior),
            "undated_tie": any(
                project[1] is None and project[2] and project[3] & mine and project[3] & other
                for project in self.projects
            ),
            "log_exposure": math.log(a + 0.5) + math.log(b + 0.5),
            "tie_weight": 1.0,
        }

"""Every feature in plain Python, one pair at a time, written from the dictionary and as slow as it reads.

Methods bear the names of the features. Those that rest on projects are in ``features_reference_projects``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pandas as pd

from features_reference_projects import NAN, SlowProjects
from interclust.records import Records

GRADES = {"groupe 1": 3.0, "groupe 2": 2.0, "groupe 3": 1.0}
CLASSES = {"diffusing": 1.0, "absorbing": 0.0, "mixed": 0.5}
GROUPS = ("ministry", "regional_agency", "national_federation")


class SlowFeatures(SlowProjects):
    """What was known of the bodies ``i`` and ``j`` before ``period``."""

    def __init__(self, world: Records, settings: dict[str, Any]) -> None:
        super().__init__(world, settings)
        # Rows of every table, once: frames are slow to go through.
        self.rows = {name: list(getattr(world, name).itertuples()) for name in world.names()}
        self.rows["facts"] = [row for row in self.rows["facts"] if row.bound != "planned"]
        self.rows["events"] = [
            row
            for row in self.rows["events"]
            if not pd.isna(row.high) and row.event in ("director_change", "director_start")
        ]

    def values(self, names: Iterable[str], period: int, i: str, j: str) -> dict[str, float]:
        self.look(period, i, j)
        return {name: float(getattr(self, name)(i, j)) for name in names}

    # ---- geographic

    def log_distance_km(self, i: str, j: str) -> float:
        places = [(self.clusters[name]["lat"], self.clusters[name]["lon"]) for name in (i, j)]
        if any(math.isnan(number) for place in places for number in place):
            return NAN
        (a, b), (c, d) = [[math.radians(number) for number in place] for place in places]
        cosine = math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d)
        return math.log(max(6371.0088 * math.acos(min(cosine, 1.0)), self.option("geographic_floor_km", 10)))

    def same_hq_region(self, i: str, j: str) -> float:
        return self.equal("region", i, j)

    def covered(self, name: str) -> set[str]:
        mine = [row for row in self.rows["territories"] if row.cluster_id == name]
        home = self.clusters[name]["region"]
        held = {row.region for row in mine if not row.valid_from >= self.day}
        return held or ({home} if isinstance(home, str) else set())

    def regional(self, i: str, j: str, rule: Callable[[set[str], set[str]], float]) -> float:
        mine, other = self.covered(i), self.covered(j)
        return rule(mine, other) if mine and other else NAN

    def same_region(self, i: str, j: str) -> float:
        return self.regional(i, j, lambda a, b: bool(a & b))

    def territory_overlap(self, i: str, j: str) -> float:
        return self.regional(i, j, lambda a, b: len(a & b) / len(a | b))

    def contiguous_region(self, i: str, j: str) -> float:
        borders = {frozenset((row.region, other)) for row in self.rows["regions"] for other in row.neighbours}
        return self.regional(
            i, j, lambda a, b: not a & b and any(frozenset((x, y)) in borders for x in a for y in b)
        )

    def integrated_region(self, i: str, j: str) -> float:
        integrated = {row.region for row in self.rows["regions"] if row.integrated}
        return self.regional(i, j, lambda a, b: bool(a & b & integrated))

    # ---- timeless judgements

    def equal(self, column: str, i: str, j: str) -> float:
        one, other = self.clusters[i][column], self.clusters[j][column]
        return NAN if pd.isna(one) or pd.isna(other) else one == other

    def same_sector(self, i: str, j: str) -> float:
        return self.equal("sector", i, j)

    def same_kind(self, i: str, j: str) -> float:
        return self.equal("kind", i, j)

    def same_vocation(self, i: str, j: str) -> float:
        return self.equal("vocation", i, j)

    def mixed_kind(self, i: str, j: str) -> float:
        return sum(self.clusters[name]["kind"] == "pole" for name in (i, j)) == 1

    def tech_market_complementarity(self, i: str, j: str) -> float:
        share = [CLASSES.get(self.clusters[name]["diffusion"], NAN) for name in (i, j)]
        # One side drawn as diffusing, the other as absorbing, each by its share.
        return share[0] * (1 - share[1]) + share[1] * (1 - share[0])

    def historic_rivalry(self, i: str, j: str) -> float:
        judged = [row for row in self.rows["relations"] if isinstance(row.relation, str)]
        told = [(row.relation == "rival", {row.ego_id, row.alter_id}) for row in judged]
        mine = [rival for rival, pair in told if pair == {i, j}]
        return any(mine) if mine and any(rival for rival, _ in told) else NAN

    # ---- agreements and affiliations

    def agreement(self, i: str, j: str) -> float:
        signed = [row for row in self.rows["agreements"] if {row.cluster_i, row.cluster_j} == {i, j}]
        in_force = any(row.low < self.day and not row.high < self.day for row in signed)
        return in_force if self.rows["agreements"] else NAN

    def affiliated(self, group: str, i: str, j: str) -> float:
        names = self.option("affiliations", {}).get(group, [])
        rows = [row for row in self.rows["affiliations"] if row.affiliation in names]
        held: dict[str, set[str]] = {i: set(), j: set()}
        for row in rows:
            if row.cluster_id in held and not row.valid_from >= self.day and not row.valid_to < self.day:
                held[row.cluster_id].add(row.affiliation)
        return bool(held[i] & held[j]) if rows else NAN

    def same_ministry(self, i: str, j: str) -> float:
        return self.affiliated(GROUPS[0], i, j)

    def regional_agency_both(self, i: str, j: str) -> float:
        return self.affiliated(GROUPS[1], i, j)

    def national_federation_both(self, i: str, j: str) -> float:
        return self.affiliated(GROUPS[2], i, j)

    # ---- maturity

    def months(self, name: str) -> float:
        """Months of operation, of the oldest predecessor too."""
        starts = []
        for other in self.lineage(name, self.day):
            low, high = self.clusters[other]["start_low"], self.clusters[other]["start_high"]
            if not pd.isna(low):
                days = 0 if pd.isna(high) else (high - low).days // 2
                starts.append(low.date() + timedelta(days=days))
        return max(self.months_between(min(starts), self.day.date()), 0.0) if starts else NAN

    def structured(self, i: str, j: str) -> float:
        ages = [self.months(name) for name in (i, j)]
        if any(math.isnan(age) for age in ages):
            return NAN
        return sum(age >= self.option("structuring_months", 18) for age in ages)

    def both_development(self, i: str, j: str) -> float:
        number = self.structured(i, j)
        return NAN if math.isnan(number) else number == 2

    def one_structuring(self, i: str, j: str) -> float:
        number = self.structured(i, j)
        return NAN if math.isnan(number) else number == 1

    def both_structuring(self, i: str, j: str) -> float:
        number = self.structured(i, j)
        return NAN if math.isnan(number) else number == 0

    def age_min(self, i: str, j: str) -> float:
        return least(self.months(i), self.months(j)) / 12

    def age_gap(self, i: str, j: str) -> float:
        return abs(self.months(i) - self.months(j)) / 12

    def partner_age(self, i: str, j: str) -> float:
        return -least(-self.months(i), -self.months(j)) / 12

    def partner_grade(self, i: str, j: str) -> float:
        (a, one), (b, other) = ((self.months(name), self.grade(name)) for name in (i, j))
        if math.isnan(a) or math.isnan(b):
            return NAN
        if a == b:
            return -least(-one, -other)
        return one if a > b else other

    # ---- facts

    def latest(self, name: str, fact: str) -> Any:
        known = [row for row in self.rows["facts"] if (row.cluster_id, row.fact) == (name, fact)]
        known = sorted((row.high, row.low, row.Index) for row in known if row.high < self.day)
        return self.world.facts.iloc[known[-1][-1]] if known else None

    def measure(self, name: str, fact: str) -> float:
        row = self.latest(name, fact)
        return NAN if row is None else float(row["value"])

    def grade(self, name: str) -> float:
        row = self.latest(name, "grade")
        return NAN if row is None else GRADES[row["text"]]

    def members_min(self, i: str, j: str) -> float:
        return least(self.measure(i, "members"), self.measure(j, "members"))

    def members_ratio(self, i: str, j: str) -> float:
        return abs(math.log(self.measure(i, "members") / self.measure(j, "members")))

    def staff_min(self, i: str, j: str) -> float:
        return least(self.measure(i, "staff"), self.measure(j, "staff"))

    def budget_min(self, i: str, j: str) -> float:
        return least(self.measure(i, "budget_eur"), self.measure(j, "budget_eur"))

    def project_officer(self, i: str, j: str) -> float:
        known = [self.measure(name, "project_officer") for name in (i, j)]
        if 1.0 in known:
            return 1.0
        return 0.0 if known == [0.0, 0.0] else NAN

    # ---- directors

    def in_window(self, row: Any, option: str, default: float) -> float:
        """1 surely in the window, 0 surely before it, else NaN."""
        opening = self.day - pd.Timedelta(days=round(self.option(option, default) * 365.25 / 12))
        if row.high < opening:
            return 0.0
        return 1.0 if row.low >= opening else NAN

    def director_turnover(self, i: str, j: str) -> float:
        sides = []
        for name in (i, j):
            facts = [row for row in self.rows["facts"] if row.fact == "director_change"]
            mine = [row for row in [*self.rows["events"], *facts] if row.cluster_id == name]
            known = [self.in_window(row, "turnover_months", 30) for row in mine if row.high < self.day]
            sides.append(1.0 if 1.0 in known else NAN if not known or any(map(math.isnan, known)) else 0.0)
        return 1.0 if 1.0 in sides else NAN if any(map(math.isnan, sides)) else 0.0

    def director_mobility_link(self, i: str, j: str) -> float:
        moves = [row for row in self.rows["events"] if isinstance(row.other_id, str)]
        moves = [row for row in moves if row.other_id != row.cluster_id]
        known = [
            self.in_window(row, "mobility_months", 36)
            for row in moves
            if row.high < self.day
            and {self.bearer(name, self.day) for name in (row.cluster_id, row.other_id)} == {i, j}
        ]
        if not moves:
            return NAN
        return 1.0 if 1.0 in known else NAN if any(map(math.isnan, known)) else 0.0

    # ---- products and rules

    def theme_territory_overlap(self, i: str, j: str) -> float:
        return self.thematic_similarity(i, j) * self.territory_overlap(i, j)

    def different_region_same_theme(self, i: str, j: str) -> float:
        return self.thematic_similarity(i, j) * (1 - self.same_region(i, j))

    def rule_regime(self, i: str, j: str) -> float:
        begun = [first for first in self.option("rule_regimes", {}).values() if first <= self.period]
        return len(begun) - 1 if begun else NAN

    def after_2009(self, i: str, j: str) -> float:
        return float(self.day.year >= 2009)

    @staticmethod
    def months_between(start: date, end: date) -> float:
        whole = 12 * (end.year - start.year) + end.month - start.month
        return whole + (end.day - start.day) / (365.25 / 12)


def least(one: float, other: float) -> float:
    return NAN if math.isnan(one) or math.isnan(other) else min(one, other)

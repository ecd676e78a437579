"""The features that rest on projects, in plain Python: sets of names, lists of words, sums one by one."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from functools import cache
from itertools import combinations
from typing import Any

import pandas as pd

from interclust.panel.texts import STOP_WORDS
from interclust.records import Records
from panel_reference import SlowPanel

NAN = float("nan")


class SlowProjects(SlowPanel):
    """``look`` sets the period and the two bodies; the rest follows from the projects before it."""

    def __init__(self, world: Records, settings: dict[str, Any]) -> None:
        panel = settings.get("panel", {})
        kinds = tuple(panel["eligible_kinds"]) if "eligible_kinds" in panel else None
        super().__init__(world, kinds, panel.get("successors") != "restarted")
        self.world, self.settings, self.period = world, settings.get("features", {}), 0
        self.topic = dict(zip(world.projects["project_id"], world.projects["topic"].fillna(""), strict=True))
        self.status = dict(zip(world.projects["project_id"], world.projects["list_status"], strict=True))

    def option(self, name: str, default: Any) -> Any:
        return self.settings.get(name, default)

    def look(self, period: int, i: str, j: str) -> None:
        """Set what is known: earlier projects as (id, period, tie, bodies that bear the histories)."""
        if period != self.period:
            self.period, self.day = period, self.days[period]
            self.all_earlier = [
                (key, when, tie, {self.bearer(name, self.day) for name in members})
                for key, when, tie, members in self.projects
                if when is not None and when < period
            ]
        self.earlier = self.all_earlier
        if self.option("leave_dyad_out", True):
            self.earlier = [project for project in self.earlier if not {i, j} <= project[3]]

    def lists_complete(self) -> bool:
        return all(self.status[key] == "complete" for key, *_ in self.all_earlier)

    # ---- counts

    def tied(self, *names: str) -> list[Any]:
        return [project for project in self.all_earlier if project[2] and set(names) <= project[3]]

    def log_exposure(self, i: str, j: str) -> float:
        def own(name: str) -> int:
            return sum(name in p[3] and not {i, j} <= p[3] for p in self.all_earlier)

        return math.log(own(i) + 0.5) + math.log(own(j) + 0.5)

    def prior_projects(self, i: str, j: str) -> float:
        return len(self.tied(i, j))

    def partners(self, name: str) -> set[str]:
        return {other for project in self.tied(name) for other in project[3]} - {name}

    def common_partners(self, i: str, j: str) -> float:
        return len(self.partners(i) & self.partners(j))

    def adamic_adar(self, i: str, j: str) -> float:
        return sum(1 / math.log(len(self.partners(k))) for k in self.partners(i) & self.partners(j))

    def preferential_attachment(self, i: str, j: str) -> float:
        return len(self.partners(i) - {j}) * len(self.partners(j) - {i})

    def capability(self, name: str) -> float:
        mine = [project[3] for project in self.earlier if name in project[3]]
        if not self.lists_complete() or len(mine) < self.option("capability_projects", 1):
            return NAN
        return sum(len(members) > 1 for members in mine) / len(mine)

    def relational_capability_min(self, i: str, j: str) -> float:
        one, other = self.capability(i), self.capability(j)
        return NAN if math.isnan(one + other) else min(one, other)

    def relational_capability_mean(self, i: str, j: str) -> float:
        return (self.capability(i) + self.capability(j)) / 2

    # ---- strengths

    def share(self, members: set[str]) -> float:
        """What a project counts for one of its pairs."""
        return 1 / (len(members) - 1) if self.option("project_weight", "whole") == "fractional" else 1.0

    def weight(self, project: Any) -> float:
        half_life = self.option("half_life", None)
        age = self.months_between(self.days[project[1]].date(), self.day.date())
        return self.share(project[3]) * (0.5 ** (age / half_life) if half_life else 1.0)

    def tie_strength(self, i: str, j: str) -> float:
        return sum(self.weight(project) for project in self.tied(i, j))

    def structural_equivalence(self, i: str, j: str) -> float:
        rows = []
        for name in (i, j):
            row: dict[str, float] = {}
            for project in self.earlier:
                if project[2] and name in project[3]:
                    for other in project[3] - {i, j}:
                        row[other] = row.get(other, 0.0) + self.weight(project)
            rows.append(row)
        if min(map(len, rows)) < self.option("equivalence_partners", 1):
            return NAN
        product = sum(rows[0][k] * rows[1].get(k, 0.0) for k in rows[0])
        return product / math.prod(math.sqrt(sum(v * v for v in row.values())) for row in rows)

    def sector_relatedness(self, i: str, j: str) -> float:
        sector = {name: self.clusters[name]["sector"] for name in self.clusters}
        a, b = sector[i], sector[j]
        if not self.lists_complete() or pd.isna(a) or pd.isna(b):
            return NAN
        pairs: Counter[tuple[str, str]] = Counter()
        number: Counter[str] = Counter()
        for _, _, tie, members in self.earlier:
            for one, other in combinations(sorted(members), 2) if tie else ():
                if isinstance(sector[one], str) and isinstance(sector[other], str):
                    for x, y in ((one, other), (other, one)):
                        pairs[sector[x], sector[y]] += self.share(members)
                        number[sector[x]] += 1
        if min(number[a], number[b]) < self.option("relatedness_pairs", 10):
            return NAN
        ends = {s: sum(v for (x, _), v in pairs.items() if x == s) for s in (a, b)}
        return sum(pairs.values()) * pairs[a, b] / (ends[a] * ends[b])

    # ---- words

    @staticmethod
    @cache
    def words_of(text: str) -> list[str]:
        plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
        return [word for word in re.findall(r"\w\w+", plain) if word not in STOP_WORDS]

    def keywords(self, name: str) -> list[str]:
        known = self.active(name, self.day)
        return (
            [word for text in self.clusters[name]["keywords"] for word in self.words_of(text)]
            if known
            else []
        )

    def topics(self, name: str) -> list[str]:
        mine = [key for key, _, _, members in self.earlier if name in members]
        return [word for key in mine for word in self.words_of(self.topic[key])]

    def documents(self) -> list[list[str]]:
        texts = [self.keywords(name) for name in self.clusters]
        texts += [self.words_of(self.topic[key]) for key, *_ in self.earlier]
        return [text for text in texts if text]

    def thematic_similarity(self, i: str, j: str) -> float:
        documents = self.documents()
        vectors = []
        for name in (i, j):
            counts = Counter(self.keywords(name) + self.topics(name))
            holding = {word: sum(word in text for text in documents) for word in counts}
            idf = {word: math.log((1 + len(documents)) / (1 + holding[word])) + 1 for word in counts}
            vectors.append({word: counts[word] * idf[word] for word in counts})
        if not all(vectors):
            return NAN
        product = sum(vectors[0][word] * vectors[1].get(word, 0.0) for word in vectors[0])
        return product / math.prod(math.sqrt(sum(v * v for v in vector.values())) for vector in vectors)

    def knowledge_complementarity(self, i: str, j: str) -> float:
        documents = [set(text) for text in self.documents()]
        mine, other = (set(self.keywords(name) + self.topics(name)) for name in (i, j))
        mine, other = mine - other, other - mine
        if min(len(mine), len(other)) < self.option("complementarity_words", 1):
            return NAN

        def holding(*words: str) -> int:
            return sum(set(words) <= text for text in documents)

        related = [len(documents) * holding(u, v) / (holding(u) * holding(v)) for u in mine for v in other]
        return sum(related) / len(related)

    def diversity(self, name: str) -> float:
        counts, m = Counter(self.topics(name)), self.option("diversity_words", 10)
        n = sum(counts.values())
        if n < m:
            return NAN
        entropy = 0.0
        for x in counts.values():
            for k in range(1, m + 1):
                chance = math.comb(x, k) * math.comb(n - x, m - k) / math.comb(n, m)
                entropy -= chance * (k / m) * math.log(k / m)
        return entropy

    def portfolio_diversity_min(self, i: str, j: str) -> float:
        one, other = self.diversity(i), self.diversity(j)
        return NAN if math.isnan(one + other) else min(one, other)

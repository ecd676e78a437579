"""The records behind the interactive page: which clusters a project names, and the ties that makes.

A tie is a pair of clusters that a project names together. It is *listed* where both stand on the project's
printed list: those are the ties of the network elsewhere in the report. Clusters are numbers of
``ingest/clusters``.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .network_files import one_line

if TYPE_CHECKING:
    from .results import Results

Pair = tuple[int, int]
Named = tuple[str, bool]  # a project, and whether the pair stands on its list
Ties = Mapping[Pair, list[Named]]
CHANNELS = ("contact", "practice_exchange", "joint_idea", "project_attempted", "project_realised")
# What a page of three megabytes and a hand-held machine can bear.
MOST_TIES, MOST_CLUSTERS, MOST_PROJECTS = 2000, 300, 6000


class Records:
    """The tables of a study that the page is made of."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.structuring_months = (results.study.get("features") or {}).get("structuring_months")
        self.clusters = results.table("ingest", "clusters")
        self.projects = results.table("ingest", "projects")
        self.periods = results.table("ingest", "periods")
        self.number = {str(name): place for place, name in enumerate(self.clusters["cluster_id"])}
        self.named = self._named()
        self.lists = {
            str(project): (str(row.set), tuple(int(member) for member in row.members))
            for row in results.table("panel", "lists").itertuples()
            for project in row.project_ids
        }
        self.relations = self._relations()
        self.territories = self._territories()

    def _named(self) -> dict[str, dict[int, list[str]]]:
        """What each project names: its clusters, each with its labels as printed."""
        found: dict[str, dict[int, list[str]]] = {}
        for row in self.results.table("ingest", "memberships").itertuples():
            printed = [one_line(text) for text in row.printed]
            found.setdefault(str(row.project_id), {})[self.number[row.cluster_id]] = printed
        return found

    def _rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table of ingest; none where the study has no such table."""
        if not (self.results.folder / "ingest" / f"{name}.parquet").is_file():
            return []
        return list(self.results.table("ingest", name).to_dict("records"))

    def _territories(self) -> dict[str, list[str]]:
        """The regions that each body covers or has covered."""
        found: dict[str, list[str]] = {}
        for row in self._rows("territories"):
            found.setdefault(str(row["cluster_id"]), []).append(one_line(row["region"]))
        return {cluster: sorted(set(regions)) for cluster, regions in found.items()}

    def _relations(self) -> list[dict[str, Any]]:
        """The ledger's rows between two known bodies in which some channel is coded as present."""
        found = []
        for row in self._rows("relations"):
            pair = tuple(self.number.get(row[end]) for end in ("ego_id", "alter_id"))
            if None not in pair and any(row[name] is True for name in CHANNELS):
                found.append(row | {"pair": pair})
        return found

    @property
    def bearable(self) -> bool:
        """Whether a page can bear all bodies and projects, those without a tie too."""
        bodies = {number for own in self.named.values() for number in own}
        return len(bodies) <= MOST_CLUSTERS and len(self.named) <= MOST_PROJECTS

    def ties(self) -> dict[Pair, list[Named]]:
        """The projects of every pair named together, pairs and projects in their order."""
        found: dict[Pair, list[Named]] = {}
        for project in map(str, self.projects["project_id"]):
            on_list = set(self.lists.get(project, ("", ()))[1])
            for pair in itertools.combinations(sorted(on_list.union(self.named.get(project, ()))), 2):
                found.setdefault(pair, []).append((project, on_list.issuperset(pair)))
        return dict(sorted(found.items()))


def strongest(ties: Ties) -> tuple[Ties, int]:
    """The ties that a page can bear, and the least number of projects among them (1: all are there)."""
    least = 1
    while not _bearable(ties):
        stronger = {pair: own for pair, own in ties.items() if len(own) > least}
        if not stronger:  # all alike: the first by number, two clusters a tie at most
            few = min(MOST_TIES, MOST_CLUSTERS // 2, MOST_PROJECTS // least)
            return dict(itertools.islice(ties.items(), few)), least
        ties, least = stronger, least + 1
    return ties, least


def _bearable(ties: Ties) -> bool:
    clusters = {number for pair in ties for number in pair}
    projects = {project for own in ties.values() for project, _ in own}
    return len(ties) <= MOST_TIES and len(clusters) <= MOST_CLUSTERS and len(projects) <= MOST_PROJECTS

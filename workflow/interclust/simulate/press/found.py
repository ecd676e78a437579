"""The projects of a complete world as a recording meets them: how visible bodies and lists are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from ..utility import log_weights

if TYPE_CHECKING:
    from ...records import Records

Array = np.ndarray
Study = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """Projects of a world by their places (P,): period, members, size and log visibility of the list."""

    period: Array
    members: tuple[tuple[int, ...], ...]
    of_list: Array

    @cached_property
    def size(self) -> Array:
        """Members of each project (P,)."""
        return np.array([len(own) for own in self.members])

    @cached_property
    def table(self) -> Array:
        """Members of each project, filled up with -1 (P, largest size)."""
        width = int(self.size.max())
        return np.array([[*own, *[-1] * (width - len(own))] for own in self.members])


@dataclass(frozen=True)
class Visibility:
    """How visible each body is: records that name it in the real table over its expected projects."""

    mentions: Array  # (n,), with what stands for none added
    expected: Array  # (n,)
    focus: float  # share of a source's names that follow what it names in the real table

    @property
    def of_lists(self) -> Array:
        """The v_i of lists (n,), up to a constant."""
        return np.log(self.mentions) - np.log(self.expected)

    def of_source(self, named: Array) -> Array:
        """The v_i of single names in a source whose real rows name each body so often (n,)."""
        general, own = self.mentions / self.mentions.sum(), named / max(named.sum(), 1)
        focus = self.focus if named.sum() else 0.0
        return np.log((1 - focus) * general + focus * own) - np.log(self.expected)


def weighed(records: Records, study: Study, visibility: Array, selectivity: Mapping[str, float]) -> Found:
    """The projects of a complete world with their log visibilities."""
    numbers = {cluster: number for number, cluster in enumerate(records.clusters["cluster_id"])}
    led = records.memberships.sort_values("role", ascending=False, kind="stable")  # the lead first
    lists: dict[str, list[int]] = {}
    for project, cluster in zip(led["project_id"], led["cluster_id"], strict=True):
        lists.setdefault(project, []).append(numbers[cluster])
    members = tuple(tuple(lists[project]) for project in records.projects["project_id"])
    period = records.projects["period"].to_numpy(dtype=int)
    alone = np.array([sum(visibility[i] for i in own) for own in members])
    return Found(
        period,
        members,
        of_list=alone + of_pairs(records, study, period, members, selectivity),
    )


def of_pairs(
    records: Records,
    study: Study,
    period: Array,
    members: tuple[tuple[int, ...], ...],
    selectivity: Mapping[str, float],
) -> Array:
    """What selectivity adds to each list (P,): log ratios of features, summed over its pairs."""
    from ...panel import History, Tables

    total = np.zeros(len(members))
    if not any(selectivity.values()):
        return total
    tables = Tables.of(records, study)
    for when in np.unique(period).tolist():
        pairs = [
            (place, *sorted(pair))
            for place in np.flatnonzero(period == when).tolist()
            for pair in combinations(members[place], 2)
        ]
        place, i, j = (np.array(column, dtype=int) for column in zip(*pairs, strict=True))
        np.add.at(total, place, log_weights(History.before(tables, when), i, j, selectivity))
    return total


def of_names(found: Found, visibility: Array) -> Array:
    """Log of the summed visibilities of the bodies of each project (P,)."""
    padded = np.append(visibility, -np.inf)
    total: Array = np.logaddexp.reduce(padded[found.table], axis=1)
    return total

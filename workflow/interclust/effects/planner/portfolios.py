"""How many lists the portfolio of a body is expected to hold.

Where the number of projects that a body labelled is published, so many of them have a second label: a label
stands on a project of two or more with probability s m / (s m + 1 - s), with s the share of such projects and
m the mean length of their lists. Elsewhere it is the body's share under the fitted law, which has the press's
liking for it in alpha, and may be far off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .calls import Call

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Published:
    """Projects that a body labelled, over the periods ``first`` to ``last``."""

    projects: float
    first: int
    last: int

    def lists(self, calls: Sequence[Call], mean_size: float) -> float:
        """Those of them that have a second label, with the shares of these calls."""
        inside = [call for call in calls if self.first <= call.period <= self.last]
        total = sum(call.projects for call in inside)
        if not total:
            return 0.0
        share = sum(call.colabelled for call in inside) / total
        return self.projects * share * mean_size / (share * mean_size + 1.0 - share)


def published_of(visibility: pd.DataFrame, numbers: Mapping[str, int]) -> dict[int, Published]:
    """The published total of each body over its longest span, by cluster number.

    ``visibility`` is ``panel/describe/visibility.csv``; a total of a single period says nothing of a
    portfolio.
    """
    found: dict[int, Published] = {}
    for _, row in visibility.dropna(subset=["published", "first", "last"]).iterrows():
        own = Published(float(row["published"]), int(row["first"]), int(row["last"]))
        number = numbers[str(row["cluster_id"])]
        longest = found.get(number)
        if own.last > own.first and (longest is None or own.last - own.first > longest.last - longest.first):
            found[number] = own
    return found


def mean_size(sizes: Mapping[int, float]) -> float:
    """Mean length of a list, sizes with their shares."""
    return sum(m * share for m, share in sizes.items())

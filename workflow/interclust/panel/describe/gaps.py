"""Gaps between a tie and the next: how long they last, those that were not seen to end counted too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from ..blocks import Block
from .columns import frame

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

COUNTS = ("entered", "at_risk", "events", "censored")


def gaps(blocks: Iterable[Block], complete: bool) -> pd.DataFrame:
    """A life table of gaps by length in periods; no rows where the records are not complete.

    A gap begins with a tie (length 0). It ends with the next tie, or is censored after its pair's last row.
    A pair may come under observation with a gap behind it (a predecessor's tie, a tie before the first
    period), so at_risk = at_risk - events - censored of the length before + entered. The survivor function
    allows for both (Kaplan and Meier 1958, the risk sets as they are).
    """
    table = LifeTable()
    if complete:
        for _, period in groupby(blocks, key=lambda block: block.period):
            table.add(list(period))
        table.close()
    rows, survivor = [], 1.0
    for gap in range(max(table.counts["at_risk"], default=-1) + 1):
        row = {"gap": gap, **{name: table.counts[name][gap] for name in COUNTS}}
        hazard = row["events"] / row["at_risk"] if row["at_risk"] else None
        survivor *= 1 - (hazard or 0.0)
        rows.append(row | {"hazard": hazard, "survivor": survivor})
    return frame("gaps", rows)


@dataclass
class LifeTable:
    """Counts by length, and the gaps under way after the last period: dyads (sorted) and lengths."""

    counts: dict[str, Counter[int]] = field(default_factory=lambda: {name: Counter() for name in COUNTS})
    dyads: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    lengths: Array = field(default_factory=lambda: np.zeros(0, np.int64))

    def add(self, blocks: list[Block]) -> None:
        """Take in a period: gaps that came to their length, those that ended in it, those that began."""
        dyads, since, tie, under_way = (
            np.concatenate(part) for part in zip(*map(_rows, blocks), strict=True)
        )
        goes_on = under_way & self._continues(dyads, since)
        self._count("at_risk", since[under_way])
        self._count("events", since[under_way & tie])
        self._count("entered", since[under_way & ~goes_on])
        self._count("censored", self.lengths[~np.isin(self.dyads, dyads[goes_on])])
        for name in ("at_risk", "entered"):
            self._count(name, np.zeros(int(tie.sum()), np.int64))
        kept = under_way | tie
        order = np.argsort(dyads[kept], kind="stable")
        self.dyads, self.lengths = dyads[kept][order], np.where(tie, 0, since)[kept][order]

    def close(self) -> None:
        """Count the gaps under way at the end of the records."""
        self._count("censored", self.lengths)

    def _continues(self, dyads: Array, since: Array) -> Array:
        """Rows whose gap is the one of the period before, grown by one: a merger may replace it."""
        if not len(self.dyads):
            return np.zeros(len(dyads), dtype=bool)
        place = np.minimum(np.searchsorted(self.dyads, dyads), len(self.dyads) - 1)
        found: Array = (self.dyads[place] == dyads) & (self.lengths[place] + 1 == since)
        return found

    def _count(self, name: str, lengths: Array) -> None:
        for length, count in zip(*np.unique(lengths, return_counts=True), strict=True):
            self.counts[name][int(length)] += int(count)


def _rows(block: Block) -> tuple[Array, Array, Array, Array]:
    """Dyad, periods since the last tie, tie, and whether it was tied before, of every row."""
    since = np.ma.filled(block.columns["periods_since_last_tie"], 0).astype(np.int64)
    tie, before = (np.asarray(block.columns[name]) for name in ("tie", "in_recurrence_risk_set"))
    return block.i.astype(np.int64) << 32 | block.j, since, tie, before

"""Columns of records as arrays: words as codes, dates as days, rows sorted so that a past is a slice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray


@dataclass(frozen=True)
class Coded:
    """Words as numbers: ``codes`` (n,) int32, -1 where missing, into the sorted ``words``."""

    codes: Array
    words: tuple[str, ...]

    @classmethod
    def of(cls, column: pd.Series, words: tuple[str, ...] | None = None) -> Coded:
        """Code a column of text; words that ``words`` lacks count as missing."""
        import pandas as pd

        if words is None:
            words = tuple(sorted({str(word) for word in column.dropna()}))
        return cls(pd.Index(words, dtype="str").get_indexer(pd.Index(column)).astype(np.int32), words)


@dataclass(frozen=True)
class Memberships:
    """Who is named in which project: project and cluster numbers and the place of the period (k,) each.

    Sorted by period, project and cluster; ``period`` is -1 for undated projects, which come first.
    """

    project: Array
    cluster: Array
    period: Array

    def before(self, position: int) -> Memberships:
        """Those of dated projects of earlier periods."""
        return self._slice(*np.searchsorted(self.period, [0, position]))

    def at(self, position: int) -> Memberships:
        """Those of one period; -1 asks for undated projects."""
        return self._slice(*np.searchsorted(self.period, [position, position + 1]))

    def where(self, kept: Array) -> Memberships:
        """The rows kept."""
        return Memberships(self.project[kept], self.cluster[kept], self.period[kept])

    def _slice(self, begin: int, end: int) -> Memberships:
        return Memberships(self.project[begin:end], self.cluster[begin:end], self.period[begin:end])


@dataclass(frozen=True)
class Dated:
    """Rows of a dated table sorted by the day from which they are known; columns by name."""

    known: Array
    columns: dict[str, Array]

    @classmethod
    def of(cls, known: Array, columns: dict[str, Array], then: Array | None = None) -> Dated:
        """Sort by ``known`` and, within a day, by ``then``."""
        order = np.lexsort((known,) if then is None else (then, known))
        return cls(known[order], {name: column[order] for name, column in columns.items()})

    def before(self, day: np.datetime64) -> dict[str, Array]:
        """The rows known before a day, as slices."""
        end = int(np.searchsorted(self.known, day))
        return {name: column[:end] for name, column in self.columns.items()}


def days(column: pd.Series) -> Array:
    """A date column as datetime64[D], NaT where null."""
    return column.to_numpy().astype("datetime64[D]")

"""What completing a call gains: projects to read, and lists of two or more that are not printed yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray


@dataclass(frozen=True)
class Call:
    """A period whose records can be completed: all expectations, so none need be a whole number.

    ``projects`` financed, ``colabelled`` those with two labels or more, ``printed`` lists in the model.
    """

    period: int
    projects: float
    colabelled: float
    printed: float

    @property
    def lists(self) -> float:
        """Lists that completing it adds."""
        return max(self.colabelled - self.printed, 0.0)

    @property
    def to_read(self) -> float:
        """Projects whose labels are still to be found."""
        return max(self.projects - self.printed, 0.0)


def calls(
    periods: pd.DataFrame,
    windows: Sequence[Mapping[str, Any]],
    lists: pd.DataFrame,
    share: float | None = None,
) -> list[Call]:
    """The periods whose number of financed projects is published, with what completing them adds.

    ``periods`` is ``ingest/periods``, ``windows`` those of ``ingest.json``, ``lists`` the rows of
    ``panel/lists`` that the model has. A range of financed projects counts with its middle. How many of them
    have two labels or more is taken as published for the period, else by ``share``, else by the published
    share (``shares``). An undated list is spread over the periods that it may have, by their
    lists. Raises ModelError where no share is known.
    """
    known = periods.dropna(subset=["n_financed_low", "n_financed_high"])
    numbers = known["period"].to_numpy(dtype=int)
    projects = (known["n_financed_low"] + known["n_financed_high"]).to_numpy(dtype=float) / 2.0
    stated = known["n_colabelled"].to_numpy(dtype=float)
    expected = projects * (shares(known, windows) if share is None else np.full(len(known), share))
    colabelled = np.where(np.isfinite(stated), stated, expected)
    printed = printed_lists(lists, numbers, colabelled)
    rows = zip(numbers.tolist(), projects.tolist(), colabelled.tolist(), printed.tolist(), strict=True)
    return [Call(*row) for row in rows]


def shares(periods: pd.DataFrame, windows: Sequence[Mapping[str, Any]]) -> Array:
    """Share of projects with two labels or more in each period (T,), by what is published.

    The share of a span of years holds in the periods whose reference day lies in it, that of a period in
    itself; between them the line joins them, before the first and after the last it stays. Raises ModelError
    where none is published.
    """
    known: dict[int, float] = {}
    for window in windows:
        years = [int(year) for year in re.findall(r"\d{4}", str(window["label"]))]
        if not years or not window.get("n_colabelled") or not window.get("n_financed"):
            continue
        for period, day in zip(periods["period"], periods["reference"], strict=True):
            if day is not None and min(years) <= day.year <= max(years):
                known[int(period)] = window["n_colabelled"] / window["n_financed"]
    for _, row in periods.dropna(subset=["n_colabelled"]).iterrows():
        known[int(row["period"])] = 2 * row["n_colabelled"] / (row["n_financed_low"] + row["n_financed_high"])
    if not known:
        raise ModelError(
            "planner: of no period is it published how many projects have two labels or more;"
            " say what share of them has, as in planner: {share: 0.6}"
        )
    at = sorted(known)
    return np.interp(periods["period"].to_numpy(dtype=float), at, [known[period] for period in at])


def printed_lists(lists: pd.DataFrame, numbers: Array, weights: Array) -> Array:
    """Lists of each period (T,); one that may have several is spread over them by ``weights`` (T,)."""
    found = np.zeros(len(numbers))
    for low, high in _spans(lists):
        inside = (numbers >= low) & (numbers <= high)
        total = weights[inside].sum()
        if total > 0:
            found[inside] += weights[inside] / total
    return found


def _spans(lists: pd.DataFrame) -> Iterable[tuple[int, int]]:
    """First and last period of each list."""
    return zip(lists["period_low"].astype(int), lists["period_high"].astype(int), strict=True)

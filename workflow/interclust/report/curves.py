"""The tables of the specification curves, as figures, numbers and sentences need them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .results import Results, Row


@dataclass(frozen=True)
class Curve:
    """One term of a curve: its specifications that have an estimate, from the lowest to the highest."""

    name: str
    term: str
    rows: tuple[Row, ...]

    @property
    def clear(self) -> int:
        """How many intervals leave one out."""
        return sum(not row["conf_low"] <= 1 <= row["conf_high"] for row in self.rows)

    @property
    def above(self) -> int:
        """How many estimates are above one."""
        return sum(row["ratio"] > 1 for row in self.rows)

    @property
    def middle(self) -> float:
        """The median ratio."""
        return float(median(row["ratio"] for row in self.rows))


def spec_of(results: Results, name: str) -> Mapping[str, Any]:
    """A curve as the study's settings have it."""
    spec: Mapping[str, Any] = results.study["curves"][name]
    return spec


def rows_of(results: Results, name: str) -> list[Row]:
    """Every specification of a curve, once for each term that is followed."""
    return results.rows(f"models/curves/{name}.csv")


def curves(results: Results, name: str) -> list[Curve]:
    """The terms of a curve that have an estimate."""
    found = []
    for term in spec_of(results, name)["terms"]:
        rows = [row for row in rows_of(results, name) if row["term"] == term and row["status"] == "fitted"]
        if rows:
            found.append(Curve(name, term, tuple(sorted(rows, key=lambda row: float(row["ratio"])))))
    return found


def refused(results: Results, name: str) -> list[tuple[str, int]]:
    """Why specifications have no estimate, and how many of each reason, the most frequent first."""
    first = spec_of(results, name)["terms"][0]
    rows = [row for row in rows_of(results, name) if row["term"] == first and row["status"] != "fitted"]
    return Counter(str(row["reason"]) for row in rows).most_common()

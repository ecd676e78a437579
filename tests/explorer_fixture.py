"""A study made by hand for the interactive page: hostile names, places, an undated list, coded relations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from interclust.contracts import CONTRACTS
from interclust.report.tabulate import collect_numbers
from report_fixture import PERIODS, lists, write_study

UNDATED = 2  # the list whose period is taken away
ALONE = 36  # the first project that names one body
MARKUP = "</script><img src=x onerror=alert(1)>"
ADDRESS = "https://example.org/a?x=1&y=2"
SIDES = ("diffusing", "absorbing", "mixed", None)
VOCATIONS = ("mondial", "national", None)
# Ego, alter, channels coded as present, first and last day (none: not known).
RELATIONS: tuple[tuple[str, str, set[str], str | None, str | None], ...] = (
    ("c01", "c00", {"contact", "joint_idea"}, "2006-02-01", "2007-02-01"),
    ("c00", "c01", {"contact"}, None, None),
    ("c05", "c09", {"practice_exchange"}, "2010-01-15", "2010-01-16"),
    ("c05", "c08", set(), "2010-01-15", "2010-01-16"),
    ("c05", "", {"contact"}, "2010-01-15", "2010-01-16"),
)


def write_explorer_study(folder: Path, *, places: bool = True) -> Path:
    """Write the study below ``folder``, with its numbers.json."""
    write_study(folder, hostile=True)
    clusters = rows(folder, "ingest/clusters")
    for place, row in enumerate(clusters):
        row |= {"diffusion": SIDES[place % 4], "vocation": VOCATIONS[place % 3], "country": "FR"}
        if places:  # four in one town, one on Réunion, one nowhere
            row |= {"lat": 43.3 + 0.3 * max(0, place - 3), "lon": 5.4 - 0.2 * max(0, place - 3)}
    if places:
        clusters[4] |= {"lat": -20.9, "lon": 55.5}
        clusters[5] |= {"lat": None, "lon": None}
    clusters[1] |= {"name": MARKUP}
    write(folder, "ingest/clusters", clusters)
    projects = rows(folder, "ingest/projects")
    projects[0] |= {"acronym": MARKUP, "url": f"{ADDRESS} ; javascript:alert(1)", "topic": "m" * 300}
    projects[0] |= {"announced_low": pd.Timestamp("2007-03-01"), "announced_high": pd.Timestamp("2007-03-31")}
    projects[UNDATED] |= {"period": None, "period_low": 3, "period_high": 9}
    write(folder, "ingest/projects", projects)
    listed = rows(folder, "panel/lists")
    listed[UNDATED] |= {"period": None, "period_low": 3, "period_high": 9}
    write(folder, "panel/lists", listed)
    named = rows(folder, "ingest/memberships")
    beside = next(row for row in named if row["project_id"] == f"projects:{ALONE:03d}")
    write(folder, "ingest/memberships", [*named, beside | {"cluster_id": "c23", "printed": ["C 23", "c23"]}])
    covered = [{"cluster_id": "c01", "region": region} for region in ("Bretagne", "Alsace")]
    write(folder, "ingest/territories", covered)
    write(folder, "ingest/relations", [relation(*row) for row in RELATIONS])
    collect_numbers(folder)
    return folder


def relation(ego: str, alter: str, channels: set[str], low: str | None, high: str | None) -> dict[str, Any]:
    """A row of the ledger; an alter without a name is nobody of the registry."""
    found: dict[str, Any] = {"ego": ego, "alter": alter or "x", "ego_id": ego, "alter_id": alter or None}
    found |= dict.fromkeys(channels, True) | {"project_realised": False}
    return found | {
        "from_low": pd.Timestamp(low) if low else None,
        "to_high": pd.Timestamp(high) if high else None,
        "locator": "3.1 <b>",
    }


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """The rows of a table."""
    return CONTRACTS[table].read(folder / f"{table}.parquet").to_dict("records")


def write(folder: Path, table: str, found: list[dict[str, Any]]) -> None:
    """Write the rows of a table in the order of its key."""
    contract = CONTRACTS[table]
    contract.write(contract.frame(found), folder / f"{table}.parquet")


def ties_within(low: int, high: int, least: int = 1) -> dict[tuple[int, int], list[int]]:
    """The pairs of the lists that may stand in the periods, with their lists, counted here alone."""
    found: dict[tuple[int, int], list[int]] = {}
    for number, members in enumerate(lists()):
        first, last = (3, 9) if number == UNDATED else (1 + number % PERIODS,) * 2
        if last >= low and first <= high:
            for place, i in enumerate(members):
                for j in members[place + 1 :]:
                    found.setdefault((i, j), []).append(number)
    return {pair: own for pair, own in sorted(found.items()) if len(own) >= least}

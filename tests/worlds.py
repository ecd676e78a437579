"""Small worlds made by hand, for tests: every value in them can be checked on paper.

``records(...)`` builds Records from a few plain rows; what a row leaves out has a default.
``five_clusters()`` is the world most tests use; ``random_world(seed)`` makes others for properties. Both
are made once: copy a table before changing it (``changed``).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from interclust.contracts import CONTRACTS
from interclust.records import Records

Row = Mapping[str, Any]

CLUSTER = {
    "kind": "pole",
    "active_from": "2005-01-01",
    "active_from_basis": "stated",
    "start_basis": "label",
    "keywords": [],
    "country": "FR",
}
PROJECT = {"line": 1, "source_id": "s01", "status": "explicit_multi", "list_status": "lower_bound"}


def records(
    clusters: Iterable[Row],
    projects: Iterable[Row],
    periods: Mapping[int, str],
    **tables: Iterable[Row],
) -> Records:
    """Build Records.

    clusters: rows with ``cluster_id``; projects: rows with ``members`` (ids) and, unless undated, ``period``;
    periods: {number: reference day}; tables: rows of territories, regions, facts, events, agreements and
    relations.
    """
    projects = [_project(row, place + 1) for place, row in enumerate(projects)]
    members = [
        {"project_id": row["project_id"], "cluster_id": name, "role": "unknown", "printed": [name]}
        | {"method": "exact", "score": 100.0}
        for row in projects
        for name in row["members"]
    ]
    frames = {
        "projects": projects,
        "memberships": members,
        "clusters": [_cluster(row) for row in clusters],
        "periods": [_period(number, day, projects) for number, day in periods.items()],
    }
    others = {name: list(tables.pop(name, ())) for name in Records.names() if name not in frames}
    assert not tables, f"unknown tables: {sorted(tables)}"
    made = {**frames, **others}
    return Records(**{name: frame(f"ingest/{name}", rows) for name, rows in made.items()})


def frame(contract: str, rows: Any) -> pd.DataFrame:
    """A table by contract (``test_panel`` checks a few whole worlds); dates may be text."""
    table = CONTRACTS[contract]
    rows = pd.DataFrame(rows, columns=list(table.columns))
    for name, token in table.columns.items():
        if token.startswith("date"):
            rows[name] = pd.to_datetime(rows[name])
    return table.frame(rows)


def changed(world: Records, **tables: pd.DataFrame) -> Records:
    """The world with some tables replaced."""
    return replace(world, **tables)


def _cluster(row: Row) -> dict[str, Any]:
    made = {**CLUSTER, "name": row["cluster_id"], **row}
    made.setdefault("start_low", made["active_from"])
    made.setdefault("start_high", made["start_low"])
    return made


def _project(row: Row, line: int) -> dict[str, Any]:
    made = {**PROJECT, "project_id": f"projects:{line:04d}", "line": line, **row}
    made.setdefault("period_basis", "none" if made.get("period") is None else "stated")
    made.setdefault("sources", [made["source_id"]])
    made.setdefault("call", made.get("period"))
    made["n_named"] = made["n_clusters"] = len(made["members"])
    return made


def _period(number: int, day: str, projects: list[dict[str, Any]]) -> dict[str, Any]:
    mine = [row for row in projects if row.get("period") == number]
    lists = [row for row in mine if len(row["members"]) > 1]
    return {"period": number, "label": f"call {number}", "reference": day, "reference_basis": "closing"} | {
        "n_records": len(mine),
        "n_lists": len(lists),
    }


@cache
def five_clusters() -> Records:
    """Five pôles, six calls (reference days 1 January 2006 to 2011), eight projects.

    aero and bois share a commune; chimie enters in June 2008; delta merges into eau, which is new, on
    1 January 2010. One list has no date (aero, chimie). Distances on the meridian: 1 degree = 111.19 km.
    """
    clusters = [
        {"cluster_id": "aero", "region": "North", "lat": 48.0, "lon": 2.0, "vocation": "mondial"}
        | {"sector": "energy", "diffusion": "diffusing", "keywords": ["solar energy", "smart grids"]},
        {"cluster_id": "bois", "region": "North", "lat": 48.0, "lon": 2.0, "vocation": "national"}
        | {"sector": "wood", "diffusion": "absorbing", "keywords": ["wood", "solar energy"]}
        | {"start_low": "2005-07-01"},
        {"cluster_id": "chimie", "region": "South", "lat": 44.0, "lon": 2.0, "vocation": "national"}
        | {"sector": "energy", "diffusion": "mixed", "keywords": ["chemistry"]}
        | {"active_from": "2008-06-01"},
        {"cluster_id": "delta", "region": "East", "lat": 48.0, "lon": 7.0, "vocation": "national"}
        | {"sector": "water", "diffusion": "diffusing", "keywords": ["water"]}
        | {"active_to": "2010-01-01", "exit": "merged", "successor": "eau"},
        {"cluster_id": "eau", "region": "East", "active_from": "2010-01-01", "sector": "water"}
        | {"keywords": ["water", "rivers"]},
    ]
    projects = [
        {"period": 1, "members": ["aero", "bois"], "topic": "solar panels on wooden roofs"},
        {"period": 2, "members": ["aero"], "status": "single_listed", "list_status": "unknown"},
        {"period": 2, "members": ["bois", "delta"], "topic": "water for wood"},
        {"period": 3, "members": ["aero", "bois", "delta"], "source_id": "s02"},
        {"period": 4, "members": ["aero", "chimie"], "topic": "chemistry of solar cells"},
        {"period": 5, "members": ["bois", "eau"]},
        {"members": ["aero", "chimie"], "year": 2010, "announced_low": "2010-01-01"}
        | {"announced_high": "2010-12-31"},
        {"period": 6, "members": ["aero", "eau"], "status": "weak_multi", "source_id": "s02"},
    ]
    facts = [
        {"cluster_id": "aero", "fact": "members", "low": "2006-01-01", "high": "2006-12-31", "value": 100.0},
        {"cluster_id": "aero", "fact": "members", "low": "2008-01-01", "high": "2008-12-31", "value": 400.0},
        {"cluster_id": "bois", "fact": "members", "low": "2006-03-01", "high": "2006-03-31", "value": 50.0},
        {"cluster_id": "aero", "fact": "grade", "low": "2008-06-01", "high": "2008-06-30"}
        | {"text": "groupe 1"},
    ]
    return records(
        clusters,
        projects,
        {number: f"{2005 + number}-01-01" for number in range(1, 7)},
        territories=[
            {"cluster_id": "aero", "region": "North"},
            {"cluster_id": "aero", "region": "East", "valid_from": "2007-12-31"},
            {"cluster_id": "bois", "region": "North"},
            {"cluster_id": "chimie", "region": "South"},
        ],
        regions=[
            {"region": "North", "neighbours": ["East"], "integrated": True},
            {"region": "East", "neighbours": ["North"], "integrated": False},
            {"region": "South", "neighbours": [], "integrated": False},
        ],
        facts=[{"bound": "exact", **row} for row in facts],
    )


@cache
def random_world(
    seed: int, n: int = 8, n_periods: int = 5, n_projects: int = 24, *, complete: bool = False
) -> Records:
    """A world of ``n`` bodies with entries, exits, mergers, undated projects, facts and territories.

    ``complete``: every list is; else no list of two or more.
    """
    rng = random.Random(seed)  # noqa: S311
    names = [f"c{number:02d}" for number in range(n)]
    clusters = [_random_cluster(rng, names, place) for place in range(n)]
    projects = []
    for _ in range(n_projects):
        period = rng.choice([None, *range(1, n_periods + 1), *range(1, n_periods + 1)])
        members = rng.sample(names, rng.choice([1, 1, 2, 2, 3, 4]))
        status = "explicit_multi" if len(members) > 1 else "single_listed"
        topic = " ".join(rng.choices(WORDS, k=rng.randint(0, 3))) or None
        row = {"period": period, "members": members, "status": status, "topic": topic}
        projects.append(row | ({"list_status": "complete"} if complete else {}))
    people = random.Random(f"people {seed}")  # noqa: S311
    return records(
        clusters,
        projects,
        {number: f"{2005 + number}-01-01" for number in range(1, n_periods + 1)},
        territories=_random_territories(rng, names),
        regions=[{"region": r, "neighbours": [REGIONS[0]], "integrated": r == "R1"} for r in REGIONS],
        facts=_random_facts(rng, names) + _random_officers(people, names),
        events=[
            {"cluster_id": name, "event": "director_change", "low": day, "high": day, "source": "s01"}
            for name in names
            for day in sorted(rng.sample([_day(rng) for _ in range(4)], 2))
        ]
        + _random_moves(people, names),
        agreements=[
            {"cluster_i": names[0], "cluster_j": names[1], "low": _day(rng), "source": "s01"},
            {"cluster_i": names[1], "cluster_j": names[2], "low": _day(rng), "high": "2009-12-31"},
        ],
        affiliations=_random_affiliations(people, names),
        relations=[
            {"ego": one, "alter": other, "ego_id": one, "alter_id": other, "relation": relation}
            for one, other in (people.sample(names, 2) for _ in range(6))
            for relation in [people.choice(["rival", "same", None])]
        ],
    )


WORDS = ("water", "wood", "solar", "cells", "roofs", "grids", "the", "de")
REGIONS = ("R0", "R1", "R2")
AFFILIATIONS = {
    "ministry": ["Ministry of Industry", "Ministry of Agriculture"],
    "regional_agency": ["Agency of the North", "Agency of the South"],
    "national_federation": ["Federation"],
}


def _day(rng: random.Random) -> str:
    return f"{rng.randint(2004, 2010)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"


def _random_cluster(rng: random.Random, names: list[str], place: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "cluster_id": names[place],
        "kind": rng.choice(["pole"] * 6 + ["grappe"]),
        "active_from": rng.choice(["2005-01-01", "2005-01-01", _day(rng)]),
        "region": rng.choice([*REGIONS, None]),
        "lat": round(rng.uniform(43, 50), 3),
        "lon": round(rng.uniform(-1, 7), 3),
        "sector": rng.choice(["s1", "s2", None]),
        "vocation": rng.choice(["national", "mondial", None]),
        "diffusion": rng.choice(["diffusing", "absorbing", "mixed", None]),
        "keywords": rng.choices(WORDS, k=rng.randint(0, 3)),
    }
    if place < 2:  # two bodies stay, so that no world is empty
        return {**made, "kind": "pole", "active_from": "2005-01-01"}
    if rng.random() < 0.15:
        made |= {"lat": None, "lon": None}
    if rng.random() < 0.35:
        leaves = max(made["active_from"], f"{rng.randint(2006, 2009)}-06-15")
        merged = place + 1 < len(names) and rng.random() < 0.7
        made |= {"active_to": leaves, "exit": "merged" if merged else "delabelled"}
        made["successor"] = rng.choice(names[place + 1 :]) if merged else None
    return made


def _random_territories(rng: random.Random, names: list[str]) -> list[dict[str, Any]]:
    found = []
    for name in names:
        for region in rng.sample(REGIONS, rng.randint(0, 3)):
            found.append({"cluster_id": name, "region": region, "valid_from": rng.choice([None, _day(rng)])})
    return found


def _random_facts(rng: random.Random, names: list[str]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for _ in range(5 * len(names)):
        name, fact, day = (
            rng.choice(names),
            rng.choice(["members", "staff", "budget_eur", "grade"]),
            _day(rng),
        )
        row = {"cluster_id": name, "fact": fact, "low": day, "high": day, "bound": "exact"}
        told = {"text": rng.choice(["groupe 1", "groupe 3"])} if fact == "grade" else {}
        found[name, fact, day] = row | (told or {"value": float(rng.randint(10, 400))})
    return list(found.values())


def _random_officers(rng: random.Random, names: list[str]) -> list[dict[str, Any]]:
    days = {name: _day(rng) for name in names}
    return [
        {"cluster_id": name, "fact": "project_officer", "low": day, "high": day, "bound": "exact"}
        | {"value": float(rng.randint(0, 1))}
        for name, day in days.items()
        if rng.random() < 0.8
    ]


def _random_moves(rng: random.Random, names: list[str]) -> list[dict[str, Any]]:
    """Directors who come from another body, some on a day known within limits or not from below."""
    found = []
    for _ in range(len(names)):
        one, other = rng.sample(names, 2)
        first, last = sorted([_day(rng), _day(rng)])
        low = rng.choice([first, last, None])
        row = {"cluster_id": one, "event": "director_start", "low": low, "high": last}
        found.append(row | {"other": other, "other_id": rng.choice([other, other, one, None])})
    return [*found, {"cluster_id": names[0], "event": "director_change", "other_id": names[1]}]


def _random_affiliations(rng: random.Random, names: list[str]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for _ in range(4 * len(names)):
        name, to = rng.choice(names), rng.choice([to for group in AFFILIATIONS.values() for to in group])
        first, last = sorted([_day(rng), _day(rng)])
        since, until = rng.choice([(None, None), (None, last), (first, None), (first, last)])
        row = {"cluster_id": name, "affiliation": to, "valid_from": since, "valid_to": until}
        found[name, to, since] = row
    return list(found.values())

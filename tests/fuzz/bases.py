"""The small studies that are spoilt: cut out of the real tables, or made up of the names in them."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

from interclust import config

from .raw import Raw, Sheet, World

FUI = "fui"
PROJECTS, CLUSTERS = "fui/projects.csv", "registry/clusters.csv"
WHOLE = ("fui/calls.csv", "registry/regions.csv")
MADE_UP = {  # header of a made-up table by our name of the column, in one language or the other
    "en": {"id": "project_id", "acronym": "acronym", "year": "year", "clusters": "members", "topic": "topic"},
    "fr": {"id": "Identifiant", "acronym": "Acronyme", "year": "Année", "clusters": "Pôles labellisateurs"}
    | {"topic": "Thématique"},
}
SEPARATORS = (";", ";", "|", " / ", "\n")
FIRST, LAST = 2014, 2016


@cache
def real() -> tuple[dict[str, Any], dict[str, Sheet]]:
    """The study fui and its tables by path."""
    study = config.load(FUI)
    root = config.data_dir(study)
    tables = {}
    for path in config.raw_files(study["ingest"]):
        with (root / path).open(encoding="utf-8-sig", newline="") as stream:
            header, *rows = csv.reader(stream)
        tables[path] = Sheet(header, rows)
    return study, tables


@cache
def names() -> tuple[str, ...]:
    """Every name of a body that the registry knows, and every cell of members as printed."""
    _, tables = real()
    found = [row[0] for path in (CLUSTERS, "registry/aliases.csv") for row in tables[path].rows]
    place = tables[PROJECTS].header.index("poles_raw")
    printed = [row[place] for row in tables[PROJECTS].rows if row[place]]
    return tuple(dict.fromkeys([*found, *printed]))


def make(rng: random.Random, forms: tuple[str, ...]) -> World:
    """A small study, sound as yet, in one of the formats that can be read."""
    maker = rng.choices(list(MAKERS), weights=list(MAKERS.values()))[0]
    world = maker(rng)
    world.spec["tolerance"] = rng.choices([1, 0.05, 0], [9, 1, 1])[0]
    for raw in world.files.values():
        if rng.random() < (0.5 if raw.path == world.main and world.name != FUI else 0.08):
            _reformat(rng, world, raw, rng.choice(forms))
        raw.n_rows = len(raw.sheet.rows)
    return world


def cut(rng: random.Random) -> World:
    """A part of the real tables that holds together; calls and regions are whole."""
    study, tables = real()
    projects = some(rng, tables[PROJECTS].rows, 24)
    kept = _bodies(rng, tables, projects)
    files = {}
    for path, sheet in tables.items():
        chosen = sheet.rows
        if path == PROJECTS:
            chosen = projects
        elif "canonical_name" in sheet.header or "alter" in sheet.header:
            places = [
                place
                for name in ("canonical_name", "alter", "other")
                if (place := sheet.column(name)) is not None
            ]
            chosen = [row for row in sheet.rows if all(row[place] in {"", *kept} for place in places)]
        if path not in (PROJECTS, CLUSTERS, *WHOLE):
            chosen = some(rng, chosen, 24)
        files[path] = Raw(path, Sheet(list(sheet.header), [list(row) for row in chosen]))
    spec = deepcopy(study["ingest"])
    if rng.random() < 0.3:
        _with_ties(rng, spec, files, sorted(kept))
    return World(FUI, {"ingest": spec}, files, PROJECTS)


def _bodies(rng: random.Random, tables: dict[str, Sheet], projects: list[list[str]]) -> set[str]:
    """Most of the bodies that the projects name, some others, and their successors."""
    clusters, aliases = tables[CLUSTERS], tables["registry/aliases.csv"]
    following = {row[0]: row[clusters.header.index("merged_into")] for row in clusters.rows}
    known = {name: name for name in following} | {row[0]: row[1] for row in aliases.rows}
    place = tables[PROJECTS].header.index("poles_raw")
    printed = [name.strip() for row in projects for name in row[place].split(";")]
    named = sorted({known[name] for name in printed if name in known})
    kept = {name for name in named if rng.random() < 0.8} | set(
        rng.sample(sorted(following), rng.randint(2, 8))
    )
    while more := {following[name] for name in kept if following[name]} - kept:
        kept |= more
    return kept


def some(rng: random.Random, rows: list[Any], most: int) -> list[Any]:
    """At least one and at most so many rows, in their order."""
    chosen = sorted(rng.sample(range(len(rows)), min(len(rows), rng.randint(1, most))))
    return [rows[place] for place in chosen]


def wide(rng: random.Random) -> World:
    """One table with the members in a cell, or in several columns; with or without a registry."""
    words = MADE_UP[rng.choice(list(MADE_UP))]
    separator = rng.choice(SEPARATORS)
    known = rng.sample(names(), rng.randint(4, 20))
    header, columns = list(words.values()), dict(words)
    rows = [
        [*_project(rng, number), separator.join(_members(rng, known)), _topic(rng)]
        for number in range(rng.randint(2, 25))
    ]
    if rng.random() < 0.2:
        header, columns = _broad(header, columns)
        rows = [[*row[:3], *_three(row[3].split(separator)), row[4]] for row in rows]
    spec: dict[str, Any] = {
        "projects": {"file": "projects.csv", "columns": columns},
        "separators": [separator],
    }
    if rng.random() < 0.3 and "clusters" in columns and isinstance(columns["clusters"], str):
        del spec["projects"]["columns"]  # the usual headers are known
    files = {"projects.csv": Raw("projects.csv", Sheet(header, rows))}
    if rng.random() < 0.4:
        _with_registry(rng, spec, files, known)
    return _world("wide", spec, files)


def long(rng: random.Random) -> World:
    """Projects and their memberships, one a row; members by name, or by the ids of a table of bodies."""
    known = rng.sample(names(), rng.randint(4, 20))
    ids = [str(100 + number) for number in range(len(known))] if rng.random() < 0.5 else known
    projects = [[*_project(rng, number), _topic(rng)] for number in range(rng.randint(2, 15))]
    members = [
        [row[0], member, rng.choice(["", "lead", "coordinateur", "partner"])]
        for row in projects
        for member in _members(rng, ids)
    ]
    spec: dict[str, Any] = {
        "projects": {
            "file": "projects.csv",
            "columns": {"id": "id", "acronym": "name", "year": "year", "topic": "topic"},
        },
        "memberships": {
            "file": "edges.csv",
            "columns": {"project": "project", "cluster": "member", "role": "role"},
        },
    }
    files = {
        "projects.csv": Raw("projects.csv", Sheet(["id", "name", "year", "topic"], projects)),
        "edges.csv": Raw("edges.csv", Sheet(["project", "member", "role"], members)),
    }
    if ids is not known:
        bodies = [[key, name, rng.choice(["FR", "DE", ""])] for key, name in zip(ids, known, strict=True)]
        files["nodes.csv"] = Raw("nodes.csv", Sheet(["id", "name", "country"], bodies))
        columns = {"id": "id", "name": "name", "region": "country"}
        spec["clusters"] = {"file": "nodes.csv", "columns": columns, "constants": {"kind": "organisation"}}
        spec["names"] = "none"
    return _world("long", spec, files)


def joined(rng: random.Random) -> World:
    """A table of projects whose members and topics stand in a second one."""
    known = rng.sample(names(), rng.randint(4, 12))
    projects = [_project(rng, number) for number in range(rng.randint(2, 15))]
    lists = [[row[0], ";".join(_members(rng, known)), _topic(rng)] for row in projects if rng.random() < 0.9]
    join = {
        "file": "lists.csv",
        "key": {"id": "project"},
        "columns": {"clusters": "members", "topic": "topic"},
    }
    spec: dict[str, Any] = {
        "projects": {
            "file": "projects.csv",
            "columns": {"id": "id", "acronym": "name", "year": "year"},
            "join": [join],
        }
    }
    files = {
        "projects.csv": Raw("projects.csv", Sheet(["id", "name", "year"], projects)),
        "lists.csv": Raw("lists.csv", Sheet(["project", "members", "topic"], lists)),
    }
    return _world("joined", spec, files)


MAKERS: dict[Callable[[random.Random], World], int] = {cut: 5, wide: 4, long: 3, joined: 1}


def _world(name: str, spec: dict[str, Any], files: dict[str, Raw]) -> World:
    base = {
        "periods": {"unit": "year", "first": FIRST, "last": LAST},
        "names": {"threshold": 88, "margin": 6},
        "separators": [";"],
        "list_status": "complete",
        "clusters": {"constants": {"kind": "cluster"}},
    }
    return World(name, {"ingest": base | spec}, files, "projects.csv")


def _project(rng: random.Random, number: int) -> list[str]:
    return [f"P{number}", f"PROJET {number}", str(rng.randint(FIRST, LAST))]


def _members(rng: random.Random, known: list[str]) -> list[str]:
    return rng.choices(known, k=rng.choice([0, 1, 2, 2, 3, 5]))


def _topic(rng: random.Random) -> str:
    return rng.choice(["", "eau et bois", "énergie, solaire", 'capteurs "intelligents"', "santé; habitat"])


def _broad(header: list[str], columns: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    three = ["member 1", "member 2", "member 3"]
    return [*header[:3], *three, header[4]], {**columns, "clusters": three}


def _three(members: list[str]) -> list[str]:
    return [*members[:2], *[""] * (2 - len(members[:2])), ";".join(members[2:])]


def _with_registry(rng: random.Random, spec: dict[str, Any], files: dict[str, Raw], known: list[str]) -> None:
    bodies = [[name, rng.choice(["2005-07-12", "", "2010", "mai 2010"])] for name in dict.fromkeys(known)]
    files["bodies.csv"] = Raw("bodies.csv", Sheet(["name", "since"], bodies))
    columns = {"name": "name", "active_from": "since"}
    spec["clusters"] = {
        "file": "bodies.csv",
        "columns": columns,
        "constants": {"kind": "pole", "country": "FR"},
    }


def _with_ties(rng: random.Random, spec: dict[str, Any], files: dict[str, Raw], bodies: list[str]) -> None:
    """Agreements between bodies, and their affiliations."""
    days = ["2008-05", "2010", "mai 2012", "2009-01-31"]
    pairs = [
        [*rng.sample(bodies, 2), rng.choice(days), rng.choice(["", "2016"])] for _ in range(rng.randint(1, 6))
    ]
    groups = [[rng.choice(bodies), rng.choice(["AFPC", "Réseau"]), rng.choice(["", *days])] for _ in range(4)]
    spec["agreements"] = {
        "file": "pairs.csv",
        "columns": {"cluster": "one", "other": "two", "date": "on", "valid_to": "to"},
    }
    spec["affiliations"] = {
        "file": "nets.csv",
        "columns": {"cluster": "one", "affiliation": "net", "valid_from": "on"},
    }
    files["pairs.csv"] = Raw("pairs.csv", Sheet(["one", "two", "on", "to"], pairs))
    files["nets.csv"] = Raw("nets.csv", Sheet(["one", "net", "on"], groups))


SUFFIX = {"csv": ".csv", "xlsx": ".xlsx", "parquet": ".parquet", "json": ".json", "jsonl": ".jsonl"}


def _reformat(rng: random.Random, world: World, raw: Raw, form: str) -> None:
    """Write the table in another format or manner of CSV."""
    raw.form = form
    raw.delimiter = rng.choice([",", ";", "\t", "|"])
    raw.quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    raw.newline = rng.choice(["\n", "\r\n"])
    raw.encoding = rng.choice(["utf-8", "utf-8-sig", "utf-16"]) if form == "csv" else "utf-8"
    raw.packed = rng.random() < 0.2
    path = raw.path.removesuffix(".csv") + SUFFIX[form] + (".gz" if raw.packed else "")
    world.rename(raw, path)

"""Ingest of memberships given as ids, as names with a registry, and as lists of names in a cell.

One spelling in ten is misprinted; a registry has 1,250 bodies, and in the part ``more_names`` a tenth as many
as there are rows: each misprint is then compared with more names, and what is known of the bodies leaves the
cache of a core.
pandas.read_csv of the same files stands beside it for scale: it neither resolves, dates, checks nor
accounts for anything.
"""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

from .part import Job, Part, Python

MEMBERS = 4  # of a project
BODIES = 1_250
WARM_ROWS = 400
SIZES = {"more_names": (12_500, 25_000, 50_000, 100_000)}
SYLLABLES = ("ba ce di fo gu la me ni po ru sa te vi xo zu bran clet drim fros grun plat stol").split()  # noqa: SIM905


def body_names(count: int, rng: random.Random) -> list[str]:
    """Distinct names of two or three words."""
    found: dict[str, None] = {}
    while len(found) < count:
        words = (
            "".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))).capitalize()
            for _ in range(rng.randint(2, 3))
        )
        found[" ".join(words)] = None
    return list(found)


def misprinted(name: str, rng: random.Random) -> str:
    """The name with two neighbouring letters exchanged."""
    place = rng.randrange(len(name) - 1)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def write_raw(folder: Path, rows: int, form: str) -> dict[str, object]:
    """Write the raw tables of one size and form; return the study's settings of ingest."""
    rng = random.Random(rows)
    names = body_names(rows // 10 if form == "more_names" else BODIES, rng)
    spellings = {name: misprinted(name, rng) for name in names}
    lists = [rng.sample(range(len(names)), MEMBERS) for _ in range(rows // MEMBERS)]

    def spelt(place: int) -> str:
        name = names[place]
        return spellings[name] if rng.random() < 0.1 else name

    with (folder / "bodies.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("id", "name"), *((f"b{k}", name) for k, name in enumerate(names))])
    with (folder / "projects.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(("id", "acronym", "date", "members"))
        for k, members in enumerate(lists):
            cell = ";".join(map(spelt, members)) if form == "wide" else ""
            out.writerow((f"p{k}", f"ACR{k}", f"{2010 + k % 10}-0{1 + k % 9}-15", cell))
    columns = {"id": "id", "acronym": "acronym", "date": "date"}
    settings: dict[str, object] = {"periods": {"unit": "year", "first": 2010, "last": 2019}, "tolerance": 0}
    settings |= {"list_status": "complete", "separators": [";"], "names": {"threshold": 88, "margin": 6}}
    settings["clusters"] = {"file": "bodies.csv", "columns": {"id": "id", "name": "name"}}
    if form == "wide":
        return settings | {"projects": {"file": "projects.csv", "columns": columns | {"clusters": "members"}}}
    with (folder / "memberships.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(("project", "member"))
        for k, members in enumerate(lists):
            out.writerows((f"p{k}", f"b{m}" if form == "ids" else spelt(m)) for m in members)
    long = {"file": "memberships.csv", "columns": {"project": "project", "cluster": "member"}}
    settings |= {"projects": {"file": "projects.csv", "columns": columns}, "memberships": long}
    return settings | ({"names": "none"} if form == "ids" else {})


def ours(rows: int, folder: Path) -> Job:
    """The stage, in memory."""
    from interclust import ingest

    def run(place: Path) -> None:
        settings = json.loads((place / "settings.json").read_text(encoding="utf-8"))
        ingest.run({"ingest": settings}, place)

    run(folder / "warm")
    return Job(lambda: run(folder))


def read_by_pandas(rows: int, folder: Path) -> Job:
    """The same files, read."""
    import pandas as pd

    def run(place: Path) -> None:
        for path in place.glob("*.csv"):
            pd.read_csv(path)

    run(folder / "warm")
    return Job(lambda: run(folder))


def part(form: str) -> Part:
    """The part of one form."""

    def prepare(rows: int, folder: Path) -> None:
        for place, size in ((folder, rows), (folder / "warm", WARM_ROWS)):
            place.mkdir(exist_ok=True)
            settings = write_raw(place, size, form)
            (place / "settings.json").write_text(json.dumps(settings), encoding="utf-8")

    return Part(
        f"ingest_{form}",
        "memberships",
        lambda rows: rows,
        prepare,
        {"interclust": Python(ours), "pandas.read_csv alone": Python(read_by_pandas)},
        sizes=SIZES.get(form, (50_000, 100_000, 200_000, 400_000)),
        tiny=(400,),
        growth=True,
    )

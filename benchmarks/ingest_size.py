"""Time and memory of ingest against the number of rows: 10^4, 10^5, 10^6 memberships, 20,000 names at most.

Run: python benchmarks/ingest_size.py [FOLDER]. Every size is read in a process of its own, in three forms:
members given as ids (long), as names with a registry (long), and as lists of names in a cell (wide), all
with one spelling in ten misprinted. The last column is pandas.read_csv of the same file, for scale: it
neither resolves, dates, checks nor accounts for anything.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (10_000, 100_000, 1_000_000)
FORMS = ("ids", "names", "wide")
MEMBERS = 4  # of a project
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
    names = body_names(min(rows // 10, 10_000), rng)
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


def measure(folder: Path) -> dict[str, object]:
    """Read the raw tables in this process: seconds, peak memory in MB, what became of the names."""
    from interclust import ingest

    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    began = time.perf_counter()
    result = ingest.run({"ingest": settings}, folder)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    names = result.summary["names"]
    return {"seconds": seconds, "mb": peak, "spellings": names["printed"], "unresolved": names["unresolved"]}


def read_by_pandas(folder: Path) -> float:
    """Seconds of pandas.read_csv for the same files."""
    import pandas as pd

    began = time.perf_counter()
    for path in folder.glob("*.csv"):
        pd.read_csv(path)
    return time.perf_counter() - began


def main(folder: Path) -> None:
    """Print the table."""
    print("| form | rows | spellings | left open | seconds | µs a row | peak MB | pandas.read_csv, seconds |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for form in FORMS:
        for rows in SIZES:
            place = folder / f"{form}_{rows}"
            place.mkdir(parents=True, exist_ok=True)
            settings = write_raw(place, rows, form)
            (place / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
            command = [sys.executable, __file__, "--measure", str(place)]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            cells = (
                form,
                f"{rows:,}",
                f"{found['spellings']:,}",
                found["unresolved"],
                f"{found['seconds']:.1f}",
            )
            cells += (
                f"{1e6 * found['seconds'] / rows:.0f}",
                f"{found['mb']:.0f}",
                f"{read_by_pandas(place):.1f}",
            )
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
    elif len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))

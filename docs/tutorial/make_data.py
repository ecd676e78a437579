"""Draw the data of the tutorial: `python docs/tutorial/make_data.py` writes data/ beside this file anew.

Twenty-four made-up clusters in four regions and six sectors; 160 projects of two or three. A pair of one
region comes together 3 times as often as another, one of one sector twice as often. Two mistakes are put in.
"""

from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path

import numpy as np

TREES = (
    "Alder Ash Aspen Beech Birch Cedar Cherry Cypress Elder Elm Fir Hazel Holly Juniper Larch Lime Maple Oak "
)
TREES += "Pine Plane Poplar Rowan Spruce Willow"
REGIONS = ("North", "East", "South", "West")
SECTORS = ("Optics", "Materials", "Food", "Health", "Energy", "Software")
RATIOS = {"region": 3.0, "sector": 2.0}
FIRST, YEARS, PROJECTS, OF_THREE = 2010, 7, 160, 0.2


def bodies() -> list[dict[str, str]]:
    """The clusters: name, region, sector."""
    return [
        {"name": f"{tree} {SECTORS[n % 6]}", "region": REGIONS[n // 6], "sector": SECTORS[n % 6]}
        for n, tree in enumerate(TREES.split())
    ]


def projects(registry: list[dict[str, str]], seed: int) -> list[dict[str, str]]:
    """The projects: acronym, year, members separated by semicolons."""
    rng = np.random.default_rng(seed)
    pairs = list(combinations(registry, 2))
    weights = [np.prod([r for key, r in RATIOS.items() if one[key] == other[key]]) for one, other in pairs]
    drawn = rng.choice(len(pairs), size=PROJECTS, p=np.array(weights) / sum(weights))
    rows = []
    for number, pair in enumerate(drawn):
        members = [body["name"] for body in pairs[pair]]
        third = registry[rng.integers(len(registry))]["name"]
        if rng.random() < OF_THREE and third not in members:
            members.append(third)
        year = FIRST + int(rng.integers(YEARS))
        rows.append({"name": f"P{number + 1:03}", "year": str(year), "members": "; ".join(members)})
    return rows


def spoil(rows: list[dict[str, str]]) -> None:
    """What real files have: a name with a letter missing, a year with a letter in it."""
    row = next(row for row in rows if "Birch Energy" in row["members"])
    row["members"] = row["members"].replace("Birch Energy", "Birch Enrgy")
    rows[7]["year"] = rows[7]["year"].replace("201", "2O1")


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(folder: Path, seed: int = 1) -> None:
    """Write projects.csv and clusters.csv to a folder."""
    registry = bodies()
    rows = projects(registry, seed)
    spoil(rows)
    write(folder / "projects.csv", rows)
    write(folder / "clusters.csv", registry)


if __name__ == "__main__":
    main(Path(__file__).parent / "data")

"""Makes ``fr.json`` of Natural Earth's borders: ``python make_outline.py countries-10m.json > fr.json``.

Input: countries-10m.json of the npm package world-atlas 2.0.2 (ISC licence), which is TopoJSON of Natural
Earth 1:10 million, in the public domain. Run once, when the outline is made; a study reads ``fr.json`` alone.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

Point = tuple[float, float]
COUNTRY = "250"  # ISO 3166-1 of France
# Parts by key: west, south, east, north, and the tolerance of the line in degrees. The first is the main one.
PARTS = {
    "mainland": (-5.3, 41.2, 9.8, 51.3, 0.02),
    "guadeloupe": (-61.9, 15.8, -60.95, 16.55, 0.01),
    "martinique": (-61.3, 14.35, -60.75, 14.95, 0.01),
    "guyane": (-54.8, 2.0, -51.5, 5.9, 0.02),
    "reunion": (55.15, -21.45, 55.9, -20.8, 0.01),
    "mayotte": (45.0, -13.05, 45.35, -12.6, 0.01),
}
SOURCE = "Natural Earth 1:10m (public domain), by way of world-atlas 2.0.2 (ISC); simplified"


def arc(world: dict[str, Any], number: int) -> list[Point]:
    """The points of an arc; a negative number is the arc ~number from its end."""
    (scale_x, scale_y), (left, bottom) = world["transform"]["scale"], world["transform"]["translate"]
    x = y = 0
    points = []
    for step_x, step_y in world["arcs"][number if number >= 0 else ~number]:
        x, y = x + step_x, y + step_y
        points.append((x * scale_x + left, y * scale_y + bottom))
    return points if number >= 0 else points[::-1]


def rings(world: dict[str, Any]) -> list[list[Point]]:
    """The outer rings of the country."""
    (country,) = [one for one in world["objects"]["countries"]["geometries"] if one.get("id") == COUNTRY]
    return [[point for number in polygon[0] for point in arc(world, number)] for polygon in country["arcs"]]


def simplified(line: list[Point], tolerance: float) -> list[Point]:
    """Douglas and Peucker (1973): the points without which the line would move by more than the tolerance."""
    if len(line) < 3:
        return line
    (x1, y1), (x2, y2) = line[0], line[-1]
    length = math.hypot(x2 - x1, y2 - y1)

    def gap(point: Point) -> float:
        if length == 0:
            return math.hypot(point[0] - x1, point[1] - y1)
        return abs((x2 - x1) * (y1 - point[1]) - (x1 - point[0]) * (y2 - y1)) / length

    place = max(range(1, len(line) - 1), key=lambda number: gap(line[number]))
    if gap(line[place]) <= tolerance:
        return [line[0], line[-1]]
    return simplified(line[: place + 1], tolerance)[:-1] + simplified(line[place:], tolerance)


def main(path: str) -> None:
    """Print the outline of the country."""
    world = json.loads(Path(path).read_text(encoding="utf-8"))
    parts = []
    for name, (west, south, east, north, tolerance) in PARTS.items():
        own = [
            [(round(x, 3), round(y, 3)) for x, y in simplified(ring, tolerance)]
            for ring in rings(world)
            if all(west <= x <= east and south <= y <= north for x, y in ring)
        ]
        kept = [ring for ring in own if len(ring) > 3]
        parts.append({"name": name, "frame": [west, south, east, north], "rings": kept})
    lines = ",\n".join("  " + json.dumps(part, separators=(",", ":")) for part in parts)
    print(f'{{"source": {json.dumps(SOURCE)},\n "parts": [\n{lines}\n ]}}')


if __name__ == "__main__":
    main(sys.argv[1])

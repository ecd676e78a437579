"""Bodies on a plane: the outline of their country where one is known, overseas parts in boxes below it.

Plate carrée with true lengths on the middle parallel; the unit is a degree of latitude, x to the east, y to
the north.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Frame = tuple[float, float, float, float]  # west, south, east, north
# Boxes of overseas parts: their side and the space between them.
SIDE, GAP = 1.45, 0.15
MARGIN = 0.5  # degrees around bodies where there is no outline
ROUNDS = 200
GOLDEN = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True)
class Part:
    """A part of a country: its key, what it covers, and its coast and borders as closed lines."""

    name: str
    frame: Frame
    rings: tuple[Array, ...]

    def holds(self, lon: Array, lat: Array) -> NDArray[np.bool_]:
        """Which points lie in the frame."""
        west, south, east, north = self.frame
        return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


@dataclass(frozen=True)
class Box:
    """Where an overseas part is drawn: its lower left corner and side, and its key."""

    x: float
    y: float
    side: float
    name: str


@dataclass(frozen=True)
class Chart:
    """A map: places (n, 2) of the bodies, NaN for those that are not on it; lines; boxes; width and height.

    ``meridians`` and ``parallels`` are degrees with their x or y, where there is no outline.
    """

    places: Array
    lines: tuple[Array, ...]
    boxes: tuple[Box, ...]
    width: float
    height: float
    meridians: tuple[tuple[int, float], ...] = ()
    parallels: tuple[tuple[int, float], ...] = ()


def outline(countries: Iterable[object], source: Path) -> tuple[Part, ...]:
    """The parts of the one country that all bodies are of (``outlines/<code>.json``); none otherwise."""
    codes = {code.lower() for code in countries if isinstance(code, str)}
    known = {path.stem: path for path in (source / "outlines").glob("*.json")}
    path = known.get(codes.pop()) if len(codes) == 1 else None
    if path is None:
        return ()
    parts = json.loads(path.read_text(encoding="utf-8"))["parts"]
    return tuple(
        Part(part["name"], tuple(part["frame"]), tuple(np.array(ring, dtype=float) for ring in part["rings"]))
        for part in parts
    )


def chart(lon: Array, lat: Array, parts: Sequence[Part] = (), least: float = 0.3) -> Chart:
    """Bodies (n,) on a map, none nearer than about ``least`` to another; missing coordinates are NaN."""
    main = parts[0] if parts else Part("", _around(lon, lat), ())
    west, south, east, north = main.frame
    scale = math.cos(math.radians((south + north) / 2))
    places = np.full((len(lon), 2), np.nan)
    inside = main.holds(lon, lat)
    places[inside] = _plane(lon[inside], lat[inside], main.frame, scale)
    lines = [_plane(ring[:, 0], ring[:, 1], main.frame, scale) for ring in main.rings]
    boxes: list[Box] = []
    for part in parts[1:]:
        own = part.holds(lon, lat)
        if own.any():
            box = Box(len(boxes) * (SIDE + GAP), 0.0, SIDE, part.name)
            boxes.append(box)
            places[own] = _boxed(lon[own], lat[own], part.frame, box)
            lines += [_boxed(ring[:, 0], ring[:, 1], part.frame, box) for ring in part.rings]
    on_map = ~np.isnan(places[:, 0])
    places[on_map] = spread(places[on_map], least)
    return Chart(
        places,
        tuple(lines),
        tuple(boxes),
        (east - west) * scale,
        north - south,
        () if parts else tuple((degree, (degree - west) * scale) for degree in _degrees(west, east)),
        () if parts else tuple((degree, degree - south) for degree in _degrees(south, north)),
    )


def _around(lon: Array, lat: Array) -> Frame:
    known = ~(np.isnan(lon) | np.isnan(lat))
    if not known.any():
        return (0.0, 0.0, 1.0, 1.0)
    x, y = lon[known], lat[known]
    return (x.min() - MARGIN, y.min() - MARGIN, x.max() + MARGIN, y.max() + MARGIN)


def _degrees(low: float, high: float) -> range:
    """At most about eight round degrees between two."""
    step = next(step for step in (1, 2, 5, 10, 20, 45) if (high - low) / step <= 8)
    return range(math.ceil(low / step) * step, math.floor(high) + 1, step)


def _plane(lon: Array, lat: Array, frame: Frame, scale: float) -> Array:
    return np.column_stack([(lon - frame[0]) * scale, lat - frame[1]])


def _boxed(lon: Array, lat: Array, frame: Frame, box: Box) -> Array:
    """Points of an overseas part within its box, as large as fits, in the middle."""
    west, south, east, north = frame
    scale = math.cos(math.radians((south + north) / 2))
    width, height = (east - west) * scale, north - south
    factor = box.side / max(width, height)
    left = box.x + (box.side - width * factor) / 2
    bottom = box.y + (box.side - height * factor) / 2
    return _plane(lon, lat, frame, scale) * factor + (left, bottom)


def spread(places: Array, least: float) -> Array:
    """Move points (n, 2) that are nearer than ``least`` apart, the same way every time; others stay.

    Points in one place leave it around a circle in their order; pairs then push each other half the way that
    is missing.
    """
    order = np.arange(len(places))
    start = np.column_stack([np.cos(order * GOLDEN), np.sin(order * GOLDEN)])
    moved = places + 1e-3 * least * start
    for _ in range(ROUNDS):
        gap = moved[:, None, :] - moved[None, :, :]
        length = np.sqrt((gap**2).sum(axis=2))
        np.fill_diagonal(length, np.inf)
        missing = np.maximum(0.0, least - length)
        if not missing.any():
            break
        moved = moved + ((0.5 * missing / length)[:, :, None] * gap).sum(axis=1)
    alone = np.abs(moved - places).max(axis=1, initial=0.0) <= 2e-3 * least
    return np.where(alone[:, None], places, moved)

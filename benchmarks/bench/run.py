"""Parts at growing sizes, repeated, the order turned round; a program that fell over is not tried again."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from . import measure
from .growth import Growth, fitted
from .measure import Limits
from .part import OURS, Part

ONCE = 10.0  # CPU seconds; a process that took longer is measured once

Measurement = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A line of the table: medians, or why there are none."""

    part: str
    program: str
    rows: int
    cost: Measurement
    runs: int
    distance: float | None = None
    lost: str | None = None


def rows_of(
    part: Part, sizes: Sequence[int], python: str, limits: Limits, repeats: int, place: Path
) -> Iterator[Row]:
    """All lines of a part; none is left out."""
    fell: dict[str, str] = {}
    for size in sizes:
        folder = place / f"{part.name}_{size}"
        measure.prepare(part, size, folder, python)
        one = partial(measure.measure, part, size=size, folder=folder, python=python, limits=limits)
        found = repeated([program for program in part.programs if program not in fell], repeats, one)
        shutil.rmtree(folder)
        for program in part.programs:
            if program in fell:
                yield Row(part.name, program, part.rows(size), {}, 0, lost=f"not tried: {fell[program]}")
                continue
            row = summed(part, program, part.rows(size), found[program], found.get(part.reference, []))
            if row.lost:
                missing = row.lost.startswith("missing")
                fell[program] = row.lost if missing else f"fell over at {row.rows:,} rows"
            yield row


def repeated(
    programs: Sequence[str], repeats: int, one: Callable[[str], Measurement]
) -> dict[str, list[Measurement]]:
    """Measurements by program."""
    found: dict[str, list[Measurement]] = {program: [] for program in programs}
    for repeat in range(repeats):
        for program in programs if repeat % 2 == 0 else reversed(programs):
            known = found[program]
            if not known or not ("lost" in known[-1] or known[-1]["process_cpu"] > ONCE):
                known.append(one(program))
    return found


def summed(part: Part, program: str, rows: int, found: list[Measurement], ours: list[Measurement]) -> Row:
    """Medians over the repeats."""
    lost = next((one["lost"] for one in found if "lost" in one), None)
    if lost:
        return Row(part.name, program, rows, {}, len(found), lost=lost)
    names = ("cpu", "seconds", "process_cpu", "peak", "beyond")
    cost = {name: statistics.median(one[name] for one in found) for name in names}
    away = None if program.startswith(OURS) or not ours else distance(found[0], ours[0])
    return Row(part.name, program, rows, cost, len(found), away)


def distance(one: Measurement, ours: Measurement) -> float | None:
    """The largest distance of what was found from ours, in the scale that ours has; None: not compared."""
    values, reference, scale = one.get("values"), ours.get("values"), ours.get("scale")
    if values is None or reference is None:
        return None
    scale = scale or [abs(value) for value in reference]
    return max(abs(a - b) / s for a, b, s in zip(values, reference, scale, strict=True))


def growths(rows: Sequence[Row]) -> dict[tuple[str, str], Growth | None]:
    """Growth exponent by part and program, of those lines that have a cost."""
    found: dict[tuple[str, str], Growth | None] = {}
    for key in dict.fromkeys((row.part, row.program) for row in rows):
        mine = [row for row in rows if (row.part, row.program) == key and row.lost is None]
        found[key] = fitted([row.rows for row in mine], [row.cost["cpu"] for row in mine])
    return found

"""What the bench is made of: parts, each with programs that do the same work on the same files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OURS = "interclust"

Values = Iterable[float]


@dataclass(frozen=True)
class Found:
    """What a program found, and (ours alone) the scale on which others are compared with it."""

    values: Values
    scale: Values | None = None


@dataclass(frozen=True)
class Job:
    """A call to measure; ``found`` makes of its result, unmeasured, what is compared (None: nothing)."""

    call: Callable[[], Any]
    found: Callable[[Any], Found] | None = None


@dataclass(frozen=True)
class Python:
    """A program in Python: given size and folder it reads the files and warms up, and returns the job."""

    setup: Callable[[int, Path], Job]


@dataclass(frozen=True)
class R:
    """A script of R in this folder, with the packages that it needs and further arguments."""

    script: str
    packages: tuple[str, ...]
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One kind of work. ``rows`` says how many rows a size has; ``prepare`` writes what all programs read.

    ``distance`` says what the column of distances is, from what ``reference`` finds; ``growth`` whether the
    exponents of interclust are among the bars.
    """

    name: str
    unit: str
    rows: Callable[[int], int]
    prepare: Callable[[int, Path], None]
    programs: Mapping[str, Python | R]
    sizes: tuple[int, ...]
    tiny: tuple[int, ...]
    distance: str = ""
    reference: str = OURS
    growth: bool = False


def as_found(result: Found) -> Found:
    """Of a call that returns what it found."""
    return result


def peak(reset: bool = False) -> float:
    """Largest resident size (MB) since the last reset (Linux)."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def measured(job: Job) -> dict[str, Any]:
    """Seconds, CPU seconds of all threads and MB beyond what was there before, of one call."""
    before = peak(reset=True)
    wall, cpu = time.perf_counter(), time.process_time()
    result = job.call()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    cost: dict[str, Any] = {"seconds": wall, "cpu": cpu, "beyond": peak() - before}
    if job.found is None:
        return cost
    found = job.found(result)
    return cost | {
        "values": list(map(float, found.values)),
        "scale": list(map(float, found.scale)) if found.scale is not None else None,
    }

"""The lines of the tables, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .growth import BAR, Growth
from .part import OURS, Part
from .run import Row

COLUMNS = ("CPU s", "seconds", "process CPU s", "peak MB", "MB beyond the data", "distance", "runs")
HEAD = f"| part | rows | program | {' | '.join(COLUMNS)} |\n| --- | ---: | --- |{' ---: |' * len(COLUMNS)}"
GROWTH_COLUMNS = ("exponent", "standard error", "rows", "sizes", "bar")
GROWTH_HEAD = (
    f"| part | program | {' | '.join(GROWTH_COLUMNS)} |\n| --- | --- |{' ---: |' * len(GROWTH_COLUMNS)}"
)


def line(row: Row) -> str:
    """One line of the table of costs."""
    head = f"| {row.part} | {row.rows:,} | {row.program} |"
    if row.lost is not None:
        return f"{head} {row.lost} | | | | | | {row.runs} |"
    cost = row.cost
    away = "" if row.distance is None else f"{row.distance:.0e}"
    cells = [f"{cost['cpu']:.2f}", f"{cost['seconds']:.2f}", f"{cost['process_cpu']:.1f}"]
    cells += [f"{cost['peak']:,.0f}", f"{cost['beyond']:,.0f}", away, str(row.runs)]
    return f"{head} {' | '.join(cells)} |"


def distances(parts: Mapping[str, Part]) -> Iterator[str]:
    """What the column of distances is."""
    for part in parts.values():
        if part.distance:
            yield f"- {part.name}: {part.distance}"


def growth_line(part: Part, program: str, found: Growth | None) -> str:
    """One line of the table of exponents; the bar is for ours."""
    head = f"| {part.name} | {program} |"
    if found is None:
        return f"{head} fewer than four sizes that take time | | | | |"
    barred = part.growth and program.startswith(OURS)
    bar = ("met" if found.exponent <= BAR else "short") if barred else ""
    low, high = found.rows
    return (
        f"{head} {found.exponent:.2f} | {found.std_error:.2f} | {low:,} to {high:,} | {found.sizes} | {bar} |"
    )

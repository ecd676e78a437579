"""Rows of estimates with intervals: the one way in which ratios and coefficients are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW_HEIGHT = 0.165  # inches
LONGEST_COLUMN = 18  # rows
MOST_LINES = 3  # of a label
MOST_MARKS = 3  # more than these are drawn as strokes


@dataclass(frozen=True)
class Line:
    """One row: label, estimate and interval; ``marks`` are further values drawn as diamonds."""

    label: str
    estimate: float | None
    low: float | None = None
    high: float | None = None
    marks: tuple[float, ...] = ()
    strong: bool = False


@dataclass(frozen=True)
class Panel:
    """A titled group of rows."""

    title: str
    lines: tuple[Line, ...]

    @property
    def rows(self) -> float:
        """Rows, those with a label on several lines counted more."""
        return sum(map(_size, self.lines))

    @property
    def headroom(self) -> float:
        """Rows that the title needs."""
        return 0.0 if not self.title else 1.1 + 0.85 * self.title.count("\n")

    @property
    def places(self) -> list[float]:
        """Where each row stands, counted in rows from the top."""
        found, place = [], 0.0
        for line in self.lines:
            size = _size(line)
            found.append(place + size / 2)
            place += size
        return found

    @property
    def values(self) -> list[float]:
        """Every number drawn."""
        return [
            value
            for line in self.lines
            for value in (line.estimate, line.low, line.high, *line.marks)
            if value is not None and value == value
        ]


def _size(line: Line) -> float:
    return 1 + 0.45 * line.label.count("\n")


def height(panels: Sequence[Panel]) -> float:
    """The height that the panels need, in inches."""
    return ROW_HEIGHT * sum(heights(panels)) + 0.1 * len(panels) + 0.45


def heights(panels: Sequence[Panel]) -> list[float]:
    """Relative heights of the panels."""
    return [panel.rows + panel.headroom + 0.2 for panel in panels]


def in_columns(panels: Sequence[Panel]) -> list[list[Panel]]:
    """One column of panels, or two of nearly the same height where one would be long."""
    if sum(panel.rows for panel in panels) <= LONGEST_COLUMN or len(panels) < 2:
        return [list(panels)]
    cuts = range(1, len(panels))
    best = min(cuts, key=lambda cut: (max(height(panels[:cut]), height(panels[cut:])), cut))
    return [list(panels[:best]), list(panels[best:])]


def draw_panel(axes: Axes, panel: Panel, low: float, high: float) -> None:
    """Draw the rows of one panel, the first on top; an interval that leaves the limits ends in an arrow."""
    places = panel.places
    for place, line in zip(places, panel.lines, strict=True):
        _draw_line(axes, place, line, low, high)
    axes.set_yticks(places, [line.label for line in panel.lines])
    axes.set_ylim(panel.rows + 0.2, -panel.headroom)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    if panel.title:
        _title(axes, panel)


def _title(axes: Axes, panel: Panel) -> None:
    """Write the title above the rows, from the left edge of the figure."""
    from matplotlib.transforms import blended_transform_factory

    figure = axes.get_figure(root=False)
    across = blended_transform_factory(figure.transSubfigure, axes.transData)  # type: ignore[union-attr]
    axes.text(
        0.012,
        -0.15,
        panel.title,
        transform=across,
        weight="bold",
        size=7.2,
        va="bottom",
        in_layout=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )


def _draw_line(axes: Axes, place: float, line: Line, low: float, high: float) -> None:
    colour = style.RED if line.strong else style.BLUE
    if len(line.marks) > MOST_MARKS:
        _spread(axes, place, [min(max(mark, low), high) for mark in line.marks])
    for mark in line.marks if len(line.marks) <= MOST_MARKS else ():
        axes.plot(
            [min(max(mark, low), high)],
            [place],
            marker="D",
            markersize=4.6,
            markerfacecolor="none",
            markeredgecolor=style.INK,
            markeredgewidth=0.8,
            linestyle="none",
            zorder=4,
        )
    if line.estimate is None or line.estimate != line.estimate:
        return
    if line.low is not None and line.high is not None:
        axes.plot([max(line.low, low), min(line.high, high)], [place, place], color=colour, zorder=2)
        _arrows(axes, place, line.low < low, line.high > high, (low, high), colour)
    if low <= line.estimate <= high:
        axes.plot([line.estimate], [place], marker="o", markersize=3.6, color=colour, zorder=3)


def _spread(axes: Axes, place: float, marks: list[float]) -> None:
    """Many values of one row: a stroke for each, joined from the lowest to the highest."""
    axes.plot([min(marks), max(marks)], [place, place], color=style.INK, linewidth=0.8, zorder=2)
    thin = {"linewidth": 0.5, "alpha": 0.45} if len(marks) > 12 else {"linewidth": 0.7, "alpha": 0.9}
    axes.vlines(marks, place - 0.26, place + 0.26, color=style.INK, zorder=3, **thin)  # type: ignore[arg-type]


def _arrows(
    axes: Axes, place: float, below: bool, above: bool, ends: tuple[float, float], colour: str
) -> None:
    for end, marker, shown in ((ends[0], "<", below), (ends[1], ">", above)):
        if shown:
            axes.plot([end], [place], marker=marker, markersize=3.5, color=colour, clip_on=False, zorder=3)


def wrap(text: str, width: int = 26) -> str:
    """A label on two lines, or three; what three do not hold is cut."""
    import textwrap

    lines = textwrap.wrap(text, width, break_long_words=True)
    if len(lines) > 2:
        lines = textwrap.wrap(text, width + 8, break_long_words=True)
    if len(lines) <= MOST_LINES:
        return "\n".join(lines)
    return "\n".join([*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][: width - 1].rstrip() + "…"])

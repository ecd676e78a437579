"""The specification curve: estimates from lowest to highest, and below each the choices it was made with.

Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4, figure 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import labels
from ..curves import Curve, curves, spec_of
from . import style
from .forest import ROW_HEIGHT, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..language import Language
    from ..results import Results

ABOVE = 1.5  # inches of the panel of estimates
LINE = 0.8 * ROW_HEIGHT  # of a row of the matrix


@dataclass(frozen=True)
class MatrixRow:
    """A row of the matrix: the heading of a choice, or one of its options."""

    label: str
    choice: str
    option: str | None


def draw(results: Results, say: Language, name: str) -> Figure:
    """One column a term; filled where the interval leaves one out, the first specification framed."""
    found = curves(results, name)
    matrix = matrix_rows(spec_of(results, name), say)
    width = style.COLUMN if len(found) < 2 else style.PAGE
    with style.canvas(width, ABOVE + LINE * len(matrix) + 0.35) as figure:
        if not found:
            figure.text(0.05, 0.5, say("figures.coefficients.empty"))
            return figure
        keys = ("ratio", "conf_low", "conf_high")
        limits = style.limits([row[key] for curve in found for row in curve.rows for key in keys])
        rooms = figure.subplots(
            2,
            len(found),
            height_ratios=[ABOVE, LINE * len(matrix)],
            sharex="col",
            sharey="row",
            squeeze=False,
        )
        for place, curve in enumerate(found):
            _estimates(rooms[0][place], curve, limits, say)
            _matrix(rooms[1][place], curve, matrix, first=place == 0)
            rooms[0][place].set_title(wrap(labels.term(curve.term, results, say)))
        rooms[0][0].set_ylabel(say("figures.specification.axis"))
        figure.supxlabel(say("figures.specification.across"), fontsize=7)
        return figure


def matrix_rows(spec: Mapping[str, Any], say: Language) -> list[MatrixRow]:
    """The rows of the matrix from the top: each choice, then its options."""
    rows = []
    for choice in spec["choices"]:
        rows.append(MatrixRow(say.of(choice["label"]), choice["name"], None))
        for option in choice["options"]:
            rows.append(MatrixRow(say.of(option["label"]), choice["name"], option["name"]))
    return rows


def _estimates(axes: Axes, curve: Curve, limits: tuple[float, float], say: Language) -> None:
    """The ratios of a term on a log axis, with their intervals."""
    low, high = limits
    ticks = style.ratio_ticks(low, high)
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.set_yticks(ticks, [style.write_ratio(tick, say.numerals.decimal) for tick in ticks])
    axes.set_yticks([], minor=True)
    axes.grid(axis="y")
    axes.axhline(1, color=style.SOFT, linewidth=0.8, zorder=1)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    for place, row in enumerate(curve.rows):
        clear = not row["conf_low"] <= 1 <= row["conf_high"]
        ends = max(row["conf_low"], low), min(row["conf_high"], high)
        axes.vlines(place, *ends, color=style.SOFT, linewidth=0.6, alpha=0.55, zorder=2)
        face = style.BLUE if clear else "white"
        axes.plot(
            [place], [row["ratio"]], "o", markersize=2.4, color=style.BLUE, markerfacecolor=face,
            markeredgewidth=0.6, zorder=3,
        )  # fmt: skip
    _frame_first(axes, curve)


def _frame_first(axes: Axes, curve: Curve) -> None:
    """A diamond around the specification that the model stands for."""
    for place, row in enumerate(curve.rows):
        if int(float(row["specification"])) == 1:
            axes.plot(
                [place], [row["ratio"]], "D", markersize=6.5, markerfacecolor="none",
                markeredgecolor=style.RED, markeredgewidth=1.1, zorder=4,
            )  # fmt: skip


def _matrix(axes: Axes, curve: Curve, matrix: Sequence[MatrixRow], *, first: bool) -> None:
    """A stroke where a specification takes an option."""
    for line, entry in enumerate(matrix):
        if entry.option is None:
            axes.axhline(line - 0.5, color=style.FAINT, linewidth=0.6, zorder=1)
            continue
        taken = [place for place, row in enumerate(curve.rows) if str(row[entry.choice]) == entry.option]
        axes.vlines(taken, line - 0.36, line + 0.36, color=style.INK, linewidth=_stroke(len(curve.rows)))
    axes.set_xlim(-1, len(curve.rows))
    axes.set_ylim(len(matrix) - 0.4, -0.6)
    axes.set_yticks(range(len(matrix)), [entry.label for entry in matrix])
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0, labelleft=first)
    for entry, label in zip(matrix, axes.get_yticklabels() if first else (), strict=first):
        label.set_fontweight("bold" if entry.option is None else "normal")
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _stroke(n: int) -> float:
    """The width of a stroke in points: a third of a specification's room, at most a point and a half."""
    return max(0.4, min(1.5, 45.0 / n))

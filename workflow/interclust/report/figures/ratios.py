"""Coefficients as ratios, what would undo them, how they bear other choices, and the truth beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .. import evidence, labels
from ..sensitivity import MANY, variant_key
from . import style
from .forest import ROW_HEIGHT, Line, Panel, draw_panel, height, heights, in_columns, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from ..language import Language
    from ..results import Results


# Panels of the sensitivity figure beside each other.
ACROSS = 4
COEFFICIENT_TICKS = (-50, -20, -10, -5, -2, -1, -0.3, 0, 0.3, 1, 2, 5, 10, 20, 50)


def draw_coefficients(results: Results, say: Language) -> Figure:
    """Ratios of every fitted model on one log axis, headline first and in the stronger colour."""
    panels = [
        Panel(
            wrap(labels.model_title(name, results, say), 44),
            tuple(
                Line(
                    wrap(labels.term(item.term, results, say)),
                    item.estimate,
                    item.low,
                    item.high,
                    strong=name == results.headline,
                )
                for item in items
            ),
        )
        for name, items in evidence.shown_ratios(results).items()
    ]
    shown = [panel for panel in panels if panel.lines]
    empty = [Panel(say("figures.coefficients.empty"), ())]
    return _forest(shown or empty, say("figures.coefficients.axis"), say)


def _forest(panels: list[Panel], axis: str, say: Language, *, log: bool = True) -> Figure:
    """Panels below each other; where they are long, in two columns on the width of a page."""
    columns = in_columns(panels)
    width = style.COLUMN if len(columns) == 1 else style.PAGE
    tall = max((height(column) for column in columns), default=1.0)
    with style.canvas(width, tall) as figure:
        figure.supxlabel(axis, fontsize=7)
        values = [value for panel in panels for value in panel.values]
        low, high = style.limits(values) if log else _linear_limits(values)
        places = figure.subfigures(1, len(columns), squeeze=False)[0]
        for place, column in zip(places, columns, strict=True):
            _column(place, column, tall, lambda axes: _scale(axes, low, high, say, log=log))
        return figure


def _column(place: SubFigure, panels: list[Panel], tall: float, scale: Callable[[Axes], None]) -> None:
    """Draw panels below each other; what is left of the height stays empty, so that rows are alike."""
    ratios = heights(panels)
    ratios.append(max(0.01, (tall - height(panels)) / ROW_HEIGHT))
    rooms = place.subplots(len(ratios), 1, height_ratios=ratios)
    for axes, panel in zip(rooms, [*panels, None], strict=True):
        if panel is None:
            axes.set_axis_off()
            continue
        scale(axes)
        draw_panel(axes, panel, *axes.get_xlim())
        if panel is not panels[-1]:
            axes.tick_params(axis="x", length=0, labelbottom=False)


def _scale(axes: Axes, low: float, high: float, say: Language, *, log: bool) -> None:
    if log:
        style.ratio_axis(axes, low, high, lambda tick: style.write_ratio(tick, say.numerals.decimal))
        return
    axes.set_xscale("asinh", linear_width=0.3)
    axes.set_xlim(low, high)
    ticks = [tick for tick in COEFFICIENT_TICKS if low <= tick <= high]
    axes.set_xticks(ticks, [style.write_ratio(tick, say.numerals.decimal) for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.grid(axis="x")
    axes.axvline(0, color=style.SOFT, linewidth=0.8, zorder=1)


def _linear_limits(values: list[float]) -> tuple[float, float]:
    finite = [value for value in values if abs(value) != float("inf")]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    margin = 0.06 * (high - low or 1.0)
    return low - margin, high + margin


def draw_tipping(results: Results, say: Language) -> Figure:
    """For every ratio of the headline: what would undo it and its limit, and what could be seen."""
    found = evidence.ratios(results, results.headline) if results.headline else []
    found = [item for item in found if item.tipping is not None]
    with style.canvas(style.COLUMN, 0.30 * max(1, len(found)) + 0.85) as figure:
        axes = figure.subplots()
        values = [
            value for item in found for value in (item.tipping, item.tipping_low, item.detectable) if value
        ]
        low, high = 0.93, style.limits([v for v in values if v >= 1], least=3.0)[1]
        style.ratio_axis(axes, low, high, lambda tick: style.write_ratio(tick, say.numerals.decimal))
        for place, item in enumerate(found):
            _tipping_row(axes, place, item, high)
        axes.set_yticks(range(len(found)), [wrap(labels.term(item.term, results, say)) for item in found])
        axes.set_ylim(max(1, len(found)) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        figure.supxlabel(say("figures.tipping.axis"), fontsize=7)
        _tipping_legend(figure, say)
        return figure


def _tipping_row(axes: Axes, place: int, item: evidence.Ratio, high: float) -> None:
    estimate = min(item.tipping or 1.0, high)
    axes.plot([1, estimate], [place, place], color=style.BLUE, linewidth=3.2, solid_capstyle="butt", zorder=2)
    axes.plot([estimate], [place], marker="o", markersize=5, color=style.BLUE, zorder=3)
    if item.tipping_low is not None:
        axes.plot(
            [min(item.tipping_low, high)],
            [place],
            marker="o",
            markersize=5,
            markerfacecolor="white",
            markeredgecolor=style.BLUE,
            zorder=4,
        )
    if item.detectable is not None:
        end = min(item.detectable, high)
        axes.vlines(end, place - 0.3, place + 0.3, color=style.RED, linewidth=1.6, zorder=3)


def _tipping_legend(figure: Figure, say: Language) -> None:
    from matplotlib.lines import Line2D

    looks = {
        "estimate": {"marker": "o", "color": style.BLUE, "markersize": 5},
        "limit": {"marker": "o", "color": style.BLUE, "markerfacecolor": "white", "markersize": 5},
        "detectable": {"marker": "|", "color": style.RED, "markersize": 8, "markeredgewidth": 1.6},
    }
    handles = [
        Line2D([], [], linestyle="none", label=say(f"figures.tipping.{name}"), **look)  # type: ignore[arg-type]
        for name, look in looks.items()
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=1, handletextpad=0.3, labelspacing=0.3)


def draw_sensitivity(results: Results, say: Language) -> Figure:
    """One panel a term, beside each other: its ratio under every other choice that could have been made."""
    terms = list(dict.fromkeys(row["term"] for row in results.sensitivity))
    panels = [
        Panel(labels.term(name, results, say), tuple(sensitivity_lines(results, say, name))) for name in terms
    ]
    if not panels:
        return _forest([Panel(say("figures.coefficients.empty"), ())], say("figures.sensitivity.axis"), say)
    across = min(ACROSS, len(panels))
    down = -(-len(panels) // across)
    tall = max(panel.rows for panel in panels) * ROW_HEIGHT + 0.55
    with style.canvas(style.PAGE, down * tall + 0.2) as figure:
        figure.supxlabel(say("figures.sensitivity.axis"), fontsize=7)
        low, high = style.limits([value for panel in panels for value in panel.values])
        rooms = figure.subplots(down, across, squeeze=False)
        for place, axes in enumerate(rooms.flat):
            if place >= len(panels):
                axes.set_axis_off()
                continue
            _scale(axes, low, high, say, log=True)
            draw_panel(axes, Panel("", panels[place].lines), low, high)
            axes.set_title(wrap(panels[place].title, 24))
            axes.tick_params(axis="y", labelleft=place % across == 0)
        return figure


def sensitivity_lines(results: Results, say: Language, term: str) -> list[Line]:
    """The variants of one term, those with many rows drawn as dots from lowest to highest."""
    rows = [row for row in results.sensitivity if row["term"] == term and row["ratio"] is not None]
    lines = []
    for variant in dict.fromkeys(variant_key(row) for row in rows):
        own = [row for row in rows if variant_key(row) == variant]
        label = labels.variant(variant, say)
        if len(own) > 1 or variant in MANY:
            marks = tuple(sorted({round(row["ratio"], 4) for row in own}))
            lines.append(Line(say("figures.sensitivity.several", label=label, n=len(own)), None, marks=marks))
        else:
            row = own[0]
            strong = variant == "headline"
            lines.append(Line(label, row["ratio"], row.get("conf_low"), row.get("conf_high"), strong=strong))
    return lines


def draw_truth(results: Results, say: Language) -> Figure:
    """Estimates with intervals, and the truth that made the records as a diamond."""
    from ..truth import distances, lines_of

    models = dict.fromkeys(row["model"] for row in results.truth)
    panels = [
        Panel(wrap(labels.model(name, results, say), 44), tuple(lines_of(results, say, name)))
        for name in models
    ]
    if sum(len(panel.lines) for panel in panels) <= evidence.MOST_LINES:
        return _forest([panel for panel in panels if panel.lines], say("figures.truth.axis"), say, log=False)
    named = {labels.model(name, results, say): distances(results, name) for name in models}
    return _draw_distances({label: found for label, found in named.items() if found}, say)


def _draw_distances(found: dict[str, list[tuple[float, bool]]], say: Language) -> Figure:
    """Of many terms the distance of the estimate from the truth, in half-widths of its interval, by model."""
    with style.canvas(style.PAGE, 0.24 * len(found) + 0.7) as figure:
        axes = figure.subplots()
        axes.axvspan(-1, 1, color=style.FAINT, linewidth=0, alpha=0.6, zorder=0)
        axes.axvline(0, color=style.SOFT, linewidth=0.8, zorder=1)
        for place, points in enumerate(found.values()):
            for inside, fill in ((True, style.BLUE), (False, "white")):
                own = [distance for distance, holds in points if holds == inside]
                edge = style.BLUE if inside else style.RED
                axes.plot(
                    own,
                    [place] * len(own),
                    linestyle="none",
                    marker="o",
                    markersize=3.8,
                    markerfacecolor=fill,
                    markeredgecolor=edge,
                    alpha=0.8,
                    zorder=3,
                )
        axes.set_yticks(range(len(found)), [wrap(label, 44) for label in found])
        axes.set_ylim(len(found) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x")
        figure.supxlabel(say("figures.truth.distance"), fontsize=7)
        return figure

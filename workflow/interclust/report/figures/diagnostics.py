"""Rootograms of count models, and the network that drawn lists make beside the observed one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from .. import labels
from ..diagnostics import Frequencies, Statistic, networks, rootograms
from . import style
from .forest import wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..language import Language
    from ..results import Results

CROWDED = 7  # classes whose labels do not fit beside each other
DISTRIBUTIONS = ("degree", "shared_partners")


def draw_rootogram(results: Results, say: Language) -> Figure:
    """Two panels a model: frequencies on a root scale, and what their roots lack of the expected ones."""
    found = rootograms(results)
    if not found:
        return _empty(say("figures.rootogram.empty"))
    heights = [1.2, 0.95] * len(found)
    with style.canvas(style.COLUMN, sum(heights) + 0.45 * len(found) + 0.15) as figure:
        rooms = iter(figure.subplots(len(heights), 1, height_ratios=heights))
        for model, frequencies in found.items():
            above, below = next(rooms), next(rooms)
            above.set_title(wrap(labels.model_title(model, results, say), 44), pad=14)
            _frequencies(above, frequencies, say)
            _differences(below, frequencies, say)
        figure.align_ylabels()
        return figure


def _frequencies(axes: Axes, found: Frequencies, say: Language) -> None:
    """Bars observed and a line expected, the axis going with the root of the frequency."""
    places = range(len(found.labels))
    axes.bar(places, found.observed, color=style.FAINT, edgecolor=style.SOFT, linewidth=0.5, width=0.8)
    axes.patches[0].set_label(say("figures.rootogram.observed"))
    line = axes.plot(places, found.expected, color=style.BLUE, marker="o", markersize=3, linewidth=0.9)
    line[0].set_label(say("figures.rootogram.expected"))
    axes.set_yscale("function", functions=(_root, np.square))
    top = max(*found.observed, *found.expected)
    axes.set_ylim(0, 1.1 * top)
    ticks = _ticks(top)
    axes.set_yticks(ticks, [say.number(tick, "count") for tick in ticks])
    axes.set_yticks([], minor=True)
    axes.set_ylabel(say("figures.rootogram.rows"))
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 0.98), ncols=2, borderaxespad=0.1, handlelength=1.4)
    axes.set_xticks(list(places), [])
    axes.set_xlim(-0.6, len(places) - 0.4)
    axes.grid(axis="y")


def _root(values: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(values, 0.0))


def _ticks(top: float) -> list[float]:
    """Nought and four round frequencies at most, evenly spread where roots are."""
    step = math.sqrt(top) / 4
    rounded = [float(f"{(step * place) ** 2:.1g}") for place in range(1, 5)]
    return [0.0, *(value for value in dict.fromkeys(rounded) if value <= 1.1 * top)]


def _differences(axes: Axes, found: Frequencies, say: Language) -> None:
    """Roots of the observed less those of the expected, with the interval that the model gives them."""
    expected = np.sqrt(found.expected)
    low, high, seen = (np.sqrt(values) - expected for values in (found.low, found.high, found.observed))
    places = np.arange(len(expected))
    axes.vlines(places, low, high, color=style.FAINT, linewidth=5, zorder=2)
    inside = (seen >= low) & (seen <= high)
    for which, face in ((inside, "white"), (~inside, style.RED)):
        axes.plot(
            *(places[which], seen[which]),
            linestyle="none",
            marker="D",
            markersize=3.6,
            markeredgecolor=style.RED,
            markerfacecolor=face,
            zorder=3,
        )
    axes.axhline(0, color=style.SOFT, linewidth=0.8, zorder=1)
    axes.set_xticks(places.tolist(), found.labels)
    axes.set_xlim(-0.6, len(places) - 0.4)
    axes.set_xlabel(say("figures.rootogram.count"))
    axes.set_ylabel(say("figures.rootogram.difference"))
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda tick, _: style.write_ratio(tick, say.numerals.decimal))
    )
    axes.grid(axis="y")


def draw_network_fit(results: Results, say: Language) -> Figure:
    """A row a model: the shares of clusters by partners and of pairs by shared partners."""
    found = networks(results)
    if not found:
        return _empty(say("figures.network_fit.empty"))
    with style.canvas(style.COLUMN, 1.65 * len(found) + 0.3) as figure:
        parts = figure.subfigures(len(found), 1, squeeze=False)[:, 0]
        for part, (model, statistics) in zip(parts, found.items(), strict=True):
            part.suptitle(
                wrap(labels.model(model, results, say), 52),
                x=0.01,
                ha="left",
                fontsize=7.5,
                fontweight="bold",
            )
            rooms = part.subplots(1, 2)
            for axes, name in zip(rooms, DISTRIBUTIONS, strict=True):
                _distribution(axes, [item for item in statistics if item.statistic == name], say, name)
        handles, names = rooms[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower left", ncols=3, handletextpad=0.4)
        return figure


def _distribution(axes: Axes, classes: list[Statistic], say: Language, name: str) -> None:
    """Interval and mean of the drawn networks, and the observed one, in per cent."""
    last = max((place for place, item in enumerate(classes) if item.observed or item.high), default=0)
    classes = classes[: last + 1]  # beyond, no network has any
    places = np.arange(len(classes))
    low, high, mean, seen = (
        100 * np.array([getattr(item, key) for item in classes])
        for key in ("low", "high", "mean", "observed")
    )
    axes.vlines(places, low, high, color=style.FAINT, linewidth=6, label=say("figures.network_fit.interval"))
    axes.plot(
        *(places, mean),
        linestyle="none",
        marker="_",
        markersize=6,
        color=style.INK,
        label=say("figures.network_fit.mean"),
    )
    axes.plot(
        *(places, seen),
        linestyle="none",
        marker="o",
        markersize=3.2,
        color=style.BLUE,
        label=say("figures.network_fit.observed"),
    )
    axes.set_xticks(places.tolist(), [item.part.replace("-", "–") for item in classes])
    axes.tick_params(axis="x", labelsize=5.5, length=0, labelrotation=0 if len(classes) < CROWDED else 45)
    axes.set_xlabel(say(f"figures.network_fit.{name}"))
    axes.set_ylabel(say(f"figures.network_fit.{name}_share"))
    top = max(high.max(), seen.max(), 1.0)
    axes.set_ylim(-0.04 * top, 1.08 * top)
    axes.set_xlim(-0.6, len(classes) - 0.4)
    axes.grid(axis="y")


def _empty(text: str) -> Figure:
    with style.canvas(style.COLUMN, 0.6) as figure:
        axes = figure.subplots()
        axes.set_axis_off()
        axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes)
        return figure

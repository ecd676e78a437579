"""Power as calls are completed in their best order, and what that order is."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from .. import completion, labels
from ..completion import POWER, Line
from . import style
from .forest import wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..language import Language
    from ..results import Results

APART = 0.5  # per cent: a second line that is nearer is not drawn
PANEL, STRIP = 40 * style.MILLIMETRE, 4 * style.MILLIMETRE
# Told apart in grey by their marks.
STAGGER = 0.2  # of a row, above and below
LOOKS: tuple[dict[str, Any], ...] = (
    {"color": style.BLUE, "marker": "o"},
    {"color": style.RED, "marker": "s"},
    {"color": style.GREEN, "marker": "^"},
    {"color": style.PURPLE, "marker": "D"},
    {"color": style.SOFT, "marker": "v"},
)


def draw(results: Results, say: Language) -> Figure:
    """One panel a ratio, power against lists gained, and below them each term's order of calls."""
    lines = completion.order(results)
    terms, ratios = completion.terms(lines), completion.ratios(lines)
    strip = STRIP * max(len(terms), 1)
    height = PANEL * max(len(ratios), 1) + strip + 16 * style.MILLIMETRE
    with style.canvas(style.COLUMN, height) as figure:
        heights = [*[PANEL] * max(len(ratios), 1), strip]
        panels = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
        for axes, ratio in zip(panels, ratios, strict=False):
            _panel(axes, [line for line in lines if line["ratio"] == ratio], terms, results, say)
            axes.set_title(say("figures.completion.ratio", ratio=say.number(ratio, "ratio")))
        first = [line for line in lines if line["ratio"] == ratios[0]] if ratios else []
        _order(panels[-1], first, terms, say)
        if terms:
            panels[-2].legend(loc="lower right", borderaxespad=0.2, handlelength=1.6)
        figure.align_ylabels(panels[:-1])
        return figure


def _panel(axes: Axes, lines: list[Line], terms: list[str], results: Results, say: Language) -> None:
    axes.axhline(100 * POWER, color=style.SOFT, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    for place, term in enumerate(terms):
        own, look = [line for line in lines if line["term"] == term], LOOKS[place % len(LOOKS)]
        lists = [line["lists"] for line in own]
        label = wrap(labels.term(term, results, say), 30)
        power, stays = ([100 * line[key] for line in own] for key in ("power", "power_stays"))
        axes.plot(lists, power, label=label, markersize=2.8, zorder=3, clip_on=False, **look)
        if max(abs(one - other) for one, other in zip(power, stays, strict=True)) > APART:
            ends = {"marker": look["marker"], "markerfacecolor": "white", "markersize": 2.8}
            axes.plot(lists, stays, color=look["color"], linewidth=0.8, linestyle=(0, (1.5, 1.5)), zorder=2)
            axes.plot(lists[-1:], stays[-1:], color=look["color"], zorder=3, clip_on=False, **ends)
    axes.set_ylim(0, 100)
    axes.set_yticks(range(0, 101, 20), [f"{value}{say.numerals.percent}" for value in range(0, 101, 20)])
    axes.set_ylabel(say("figures.completion.power"))
    axes.grid(axis="y")


def _order(axes: Axes, lines: list[Line], terms: list[str], say: Language) -> None:
    """The numbers of the calls, each where its lists come in, a row a term."""
    for place, term in enumerate(terms):
        own, look = [line for line in lines if line["term"] == term], LOOKS[place % len(LOOKS)]
        axes.plot([0], [-place], color=look["color"], marker=look["marker"], markersize=2.8, clip_on=False)
        for step, (before, line) in enumerate(pairwise(own)):
            middle = 0.5 * (before["lists"] + line["lists"])
            height = -place + STAGGER * (-1) ** step  # steps may be narrower than their numbers
            axes.text(middle, height, f"{line['period']:.0f}", ha="center", va="center", fontsize=4.6)
    axes.set_ylim(0.6 - max(len(terms), 1), 0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylabel(say("figures.completion.order"), rotation=0, ha="right", va="center")
    axes.set_xlabel(say("figures.completion.lists"))
    axes.set_xlim(left=0)

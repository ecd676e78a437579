"""The declared power of every test that can be made: one line a test, the strongest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import cards, decoded
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..cards import Card
    from ..language import Language
    from ..results import Results

LINE = 0.128  # inches a test
LOOKS = (("o", "white"), ("o", style.BLUE))  # the smaller ratio open, the larger filled
WANTED = 0.8


def draw(results: Results, say: Language) -> Figure:
    """Nominal power at each declared ratio; a test of equality has its own mark."""
    ratios = cards.ratios(results)
    made, _ = split(results)
    with style.canvas(style.COLUMN, LINE * len(made) + 0.95) as figure:
        axes = figure.subplots()
        for place, test in enumerate(made):
            _line(axes, place, test, ratios)
        _frame(axes, [decoded.test(str(test["id"]), say) for test in made], say)
        _legend(axes, ratios, say)
        return figure


def split(results: Results) -> tuple[list[Card], list[Card]]:
    """The tests that were made, by their power from the highest, and those that could not be, in order."""
    tests = [test for card in cards.read(results) for test in card["tests"]]
    made = [test for test in tests if test["power"] and test["p_value"] is not None]
    return sorted(made, key=_powers, reverse=True), [test for test in tests if test not in made]


def _powers(test: Card) -> list[float]:
    return [float(value) for key, value in sorted(test["power"]["nominal"].items()) if key != "level"]


def _line(axes: Axes, place: int, test: Card, ratios: list[str]) -> None:
    nominal = test["power"]["nominal"]
    if test["expect"] == "0":
        axes.plot([nominal["1"]], [place], "D", color=style.RED, markersize=3.4, clip_on=False, zorder=3)
        return
    found = [nominal[ratio] for ratio in ratios]
    axes.plot(found, [place] * len(found), color=style.BLUE, linewidth=0.9, zorder=2)
    for value, (marker, face) in zip(found, LOOKS, strict=False):
        axes.plot(
            [value], [place], marker, color=style.BLUE, markerfacecolor=face, markersize=3.6,
            markeredgewidth=0.8, clip_on=False, zorder=3,
        )  # fmt: skip


def _frame(axes: Axes, names: list[str], say: Language) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    axes.set_xticks(ticks, [say.number(tick, "share") for tick in ticks])
    axes.grid(axis="x")
    axes.axvline(WANTED, color=style.SOFT, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    axes.tick_params(axis="y", length=0, labelsize=6)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(say("figures.power.axis"))


def _legend(axes: Axes, ratios: list[str], say: Language) -> None:
    from matplotlib.lines import Line2D

    blue = {"color": style.BLUE, "linestyle": "none", "markersize": 3.6, "markeredgewidth": 0.8}
    marks = [
        Line2D([], [], marker=marker, markerfacecolor=face, label=_ratio(ratio, say), **blue)  # type: ignore[arg-type]
        for ratio, (marker, face) in zip(ratios, LOOKS, strict=False)
    ]
    if any(line.get_marker() == "D" for line in axes.lines):
        equal = say("figures.power.equal")
        marks.append(
            Line2D([], [], marker="D", color=style.RED, linestyle="none", markersize=3.4, label=equal)
        )
    axes.legend(
        handles=marks,
        loc="lower center",
        bbox_to_anchor=(0.45, 1),
        ncols=2,
        handletextpad=0.1,
        columnspacing=1.2,
    )


def _ratio(ratio: str, say: Language) -> str:
    return say("figures.power.ratio", ratio=say.number(float(ratio), "ratio"))

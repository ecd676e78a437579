"""Coverage of intervals by design: the default, and what is used elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import measured
from . import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..language import Language
    from ..results import Results

LINE = 4.1 * style.MILLIMETRE
LEAST = 70.0  # per cent: what is covered less often stands at the edge
# Told apart in grey too: the default filled, the others open and of other shapes.
LOOKS: dict[str, dict[str, Any]] = {
    "classical": {"marker": "x", "color": style.SOFT, "markersize": 3.2},
    "dyadic": {"marker": "s", "markerfacecolor": "white", "color": style.ORANGE, "markersize": 3.4},
    "default": {"marker": "o", "markerfacecolor": style.BLUE, "color": style.BLUE, "markersize": 3.6},
}


def draw(results: Results, say: Language) -> Figure:
    """One line a design, a mark a term; shaded where the default should lie."""
    designs = measured.designs()
    with style.canvas(style.PAGE, LINE * len(designs) + 14 * style.MILLIMETRE) as figure:
        axes = figure.subplots()
        for place, design in enumerate(designs):
            low, high = design.bounds
            axes.fill_betweenx(
                [place - 0.5, place + 0.5], 100 * low, 100 * high, color=style.FAINT, linewidth=0
            )
            for kind, look in LOOKS.items():
                shares = design.default if kind == "default" else design.coverage.get(kind, [])
                values = [max(100 * share, LEAST) for share in shares]
                label = say(f"figures.coverage.{kind}") if place == 0 else None
                heights = [place] * len(values)
                axes.plot(values, heights, linestyle="none", label=label, clip_on=False, zorder=3, **look)
        axes.axvline(95, color=style.SOFT, linewidth=0.7)
        axes.set_yticks(range(len(designs)), [design.label(say) for design in designs])
        axes.set_ylim(len(designs) - 0.4, -0.6)
        axes.set_xlim(LEAST, 100)
        axes.set_xlabel(say("figures.coverage.axis"))
        figure.legend(loc="outside upper right", ncols=3, borderaxespad=0.2)
        return figure

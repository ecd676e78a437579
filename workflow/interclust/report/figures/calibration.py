"""Calibration: how often the event came where it was forecast so often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import labels, validation
from . import style
from .forest import wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..language import Language
    from ..results import Results, Row

HEIGHT = 56 * style.MILLIMETRE
TICKS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
LEAST = 0.0001  # what is forecast less often stands at the edge
# Told apart in grey too: one filled and with intervals, the other open.
LOOKS: dict[str, dict[str, Any]] = {
    "boosting": {"marker": "s", "markerfacecolor": "white", "color": style.ORANGE, "markersize": 3.8},
    "model": {"marker": "o", "markerfacecolor": style.BLUE, "color": style.BLUE, "markersize": 3.8},
}


def draw(results: Results, say: Language) -> Figure:
    """One panel a model: bins of the forecast on logarithmic axes, the model's with their intervals."""
    models = validation.judged(results)
    with style.canvas(style.COLUMN, HEIGHT * max(len(models), 1)) as figure:
        panels = figure.subplots(max(len(models), 1), 1, squeeze=False)[:, 0]
        if not models:
            panels[0].set_axis_off()
            panels[0].text(0, 0.5, say("figures.calibration.empty"))
        for axes, model in zip(panels, models, strict=False):
            _panel(axes, results.rows(f"models/{model}/calibration.csv"), say)
            axes.set_title(wrap(labels.model_title(model, results, say), 52))
            kind = "recorded" if results.incomplete else "observed"
            axes.set_ylabel(say(f"figures.calibration.{kind}"))
        panels[-1].set_xlabel(say("figures.calibration.forecast"))
        return figure


def _panel(axes: Axes, rows: list[Row], say: Language) -> None:
    low, high = _range(rows)
    axes.plot([low, high], [low, high], color=style.SOFT, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    for predictor, look in LOOKS.items():
        own = [row for row in rows if row["predictor"] == predictor]
        x = [min(max(row["forecast"], low), high) for row in own]
        y = [min(max(row["observed"], low), high) for row in own]
        if predictor == validation.MODEL:
            for place, row in zip(x, own, strict=True):
                ends = [max(row["conf_low"], low), min(row["conf_high"], high)]
                axes.plot([place, place], ends, color=look["color"], linewidth=0.9, zorder=2)
        label = say.known("predictors", predictor)
        axes.plot(x, y, linestyle="none", markeredgewidth=0.9, label=label, zorder=3, clip_on=False, **look)
    _scale(axes, low, high, say)
    axes.legend(loc="upper left", borderaxespad=0.2, handletextpad=0.2, reverse=True)


def _range(rows: list[Row]) -> tuple[float, float]:
    """Limits of both axes: those of the forecasts and shares, and of the intervals above."""
    shown = [row for row in rows if row["predictor"] in LOOKS]
    points = [row[key] for row in shown for key in ("forecast", "observed") if row[key] > 0]
    tops = [row["conf_high"] for row in shown if row["predictor"] == validation.MODEL]
    return max(min(points) / 1.6, LEAST), min(max([*points, *tops]) * 1.4, 1.0)


def _scale(axes: Axes, low: float, high: float, say: Language) -> None:
    ticks = [tick for tick in TICKS if low <= tick <= high]
    texts = [style.write_ratio(100 * tick, say.numerals.decimal) + say.numerals.percent for tick in ticks]
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(ticks, texts)
        axis.set_ticks([], minor=True)
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    axes.grid()

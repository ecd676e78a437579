"""Along a feature: the average outcome at values of a moderator, or the slope with its regions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .. import labels
from . import style
from .forest import wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..language import Language
    from ..results import Results, Row

    Panel = Callable[[Axes, list[Row], Results, Language], None]

PANEL = 62 * style.MILLIMETRE
# Told apart by stroke as well as by colour; a panel has at most four lines.
LOOKS = (
    (style.ORANGE, (0, (4, 1.6))),
    (style.BLUE, "solid"),
    (style.GREEN, (0, (1, 1))),
    (style.PURPLE, (0, (5, 1, 1, 1))),
)


def draw_predicted(results: Results, say: Language, model: str) -> Figure:
    """One panel a term: the average expected outcome along it, a line for each value of the moderator."""
    return _drawn(results, say, model, "outcome", _predicted, _expected(results, say, model))


def draw_slopes(results: Results, say: Language, model: str) -> Figure:
    """One panel a slope: the line along its moderator, and where its interval leaves out zero."""
    return _drawn(results, say, model, "slope", _slope, None)


def _drawn(results: Results, say: Language, model: str, kind: str, draw: Panel, ylabel: str | None) -> Figure:
    panels = _panels(results, model, kind)
    with style.canvas(_width(panels), PANEL) as figure:
        rooms = figure.subplots(1, max(len(panels), 1), squeeze=False)[0]
        for axes, rows in zip(rooms, panels.values(), strict=False):
            draw(axes, rows, results, say)
        if panels and ylabel is not None:
            rooms[0].set_ylabel(ylabel)
        return _or_empty(figure, panels, say)


def _panels(results: Results, model: str, kind: str) -> dict[tuple[str, str], list[Row]]:
    """The points of the curves of a kind, by term and the feature along which."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in results.rows("effects/curves.csv"):
        if (row["model"], row["kind"]) == (model, kind):
            found.setdefault((str(row["term"]), str(row["along"])), []).append(row)
    return found


def _width(panels: dict[tuple[str, str], list[Row]]) -> float:
    return style.COLUMN if len(panels) < 2 else style.PAGE


def _or_empty(figure: Figure, panels: dict[tuple[str, str], list[Row]], say: Language) -> Figure:
    if not panels:
        figure.axes[0].set_axis_off()
        figure.axes[0].text(0, 0.5, say("figures.coefficients.empty"))
    return figure


def _predicted(axes: Axes, rows: list[Row], results: Results, say: Language) -> None:
    lines: dict[str, list[Row]] = {}
    for row in rows:
        lines.setdefault(str(row["at"] or ""), []).append(row)
    for (at, own), (colour, stroke) in zip(lines.items(), LOOKS, strict=False):
        label = _held(own[0]["moderator"], at, list(lines), results, say)
        _line(axes, own, colour, stroke, label)
    shares = rows[0]["scale"] == "probability"
    axes.set_ylim(bottom=0)
    _ticks(axes, say, 100 if shares else 1)
    axes.set_xlabel(wrap(labels.term(str(rows[0]["along"]), results, say), 44))
    if len(lines) > 1:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, handlelength=2.6)


def _line(axes: Axes, rows: list[Row], colour: str, stroke: Any, label: str) -> None:
    """A curve with its pointwise interval, shaded, and its simultaneous band, between thin lines."""
    x = [row["value"] for row in rows]
    low, high = ([row[f"conf_{side}"] for row in rows] for side in ("low", "high"))
    axes.fill_between(x, low, high, color=colour, alpha=0.22, linewidth=0, zorder=2)
    for side in ("low", "high"):
        ends = [float(row[f"band_{side}"]) for row in rows]
        axes.plot(x, ends, color=colour, linewidth=0.45, linestyle=stroke, alpha=0.8, zorder=2)
    estimates = [row["estimate"] for row in rows]
    axes.plot(x, estimates, color=colour, linestyle=stroke, linewidth=1.4, label=label, zorder=3)


def _slope(axes: Axes, rows: list[Row], results: Results, say: Language) -> None:
    term, along = str(rows[0]["term"]), str(rows[0]["along"])
    x = [row["value"] for row in rows]
    for low, high in _regions(results, rows):
        axes.axvspan(low, high, facecolor=style.FAINT, alpha=0.6, zorder=0)
        for bound in (low, high):
            if x[0] < bound < x[-1]:
                axes.axvline(bound, color=style.INK, linewidth=0.7, linestyle=(0, (2, 1.5)), zorder=2)
    axes.axhline(0, color=style.SOFT, linewidth=0.8, zorder=1)
    _line(axes, rows, style.BLUE, "solid", "")
    axes.set_xlim(x[0], x[-1])
    _ticks(axes, say, 1)
    axes.set_xlabel(wrap(labels.term(along, results, say), 44))
    slope = say("figures.slopes.axis", term=labels.lower_first(labels.term(term, results, say)))
    axes.set_ylabel(wrap(slope, 40))


def _regions(results: Results, rows: list[Row]) -> list[tuple[float, float]]:
    """Where the interval of the slope leaves out zero, within what the sample has of the moderator."""
    term, along = rows[0]["term"], rows[0]["along"]
    kind = results.effects_of(str(rows[0]["model"]), "johnson_neyman")
    found = next((row for row in kind if (row["term"], row["moderator"]) == (term, along)), None)
    if found is None or found["at"] == "nowhere":
        return []
    first, last = rows[0]["value"], rows[-1]["value"]
    low, high = found["conf_low"], found["conf_high"]
    low, high = (first if low is None else low), (last if high is None else high)
    whole = [(first, low), (high, last)] if found["at"] == "outside" else [(low, high)]
    inside = [(max(one, first), min(other, last)) for one, other in whole]
    return [(one, other) for one, other in inside if one < other]


def _held(moderator: str | None, at: str, values: list[str], results: Results, say: Language) -> str:
    """The moderator and where it is held: yes or no of a flag, else a number."""
    if not moderator:
        return ""
    name, flag = labels.term(moderator, results, say), {float(value) for value in values} <= {0.0, 1.0}
    value = f"{float(at):g}"
    text = say.known("codes", value) if flag else value.replace(".", say.numerals.decimal)
    return say("figures.predicted.at", moderator=name, value=text)


def _expected(results: Results, say: Language, model: str) -> str:
    outcome = say.known("outcomes", results.outcome(model))
    return wrap(say("figures.predicted.axis", outcome=outcome), 46)


def _ticks(axes: Axes, say: Language, times: float) -> None:
    """Ticks as the language writes them, in per cent where ``times`` is a hundred."""
    percent = say.numerals.percent if times == 100 else ""
    axes.xaxis.set_major_formatter(partial(_tick, say=say))
    axes.yaxis.set_major_formatter(partial(_tick, say=say, times=times, percent=percent))
    axes.grid(axis="y")


def _tick(value: float, _: object, say: Language, times: float = 1.0, percent: str = "") -> str:
    return style.write_ratio(round(times * value, 10), say.numerals.decimal) + percent

"""Lists and ties by period, with the two rates that must never be interchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..language import Language
    from ..results import Results


def counts(results: Results) -> dict[str, Any]:
    """Per period: label, records, lists, ties (pairs), rates; lists of the same length, NaN for missing."""
    import pandas as pd

    periods = results.table("ingest", "periods")
    tied = results.table("panel", "row_projects").drop_duplicates(["period", "cluster_i", "cluster_j"])
    ties = tied.groupby("period").size().reindex(periods["period"], fill_value=0)
    rates = {name: pd.to_numeric(periods[name]).tolist() for name in ("record_rate", "visibility")}
    return {
        "label": [str(period) for period in periods["period"]],
        "records": periods["n_records"].tolist(),
        "lists": periods["n_lists"].tolist(),
        "ties": ties.tolist(),
        **rates,
    }


def draw(results: Results, say: Language) -> Figure:
    """Bars of records and lists, bars of ties, and the rates where something is published."""
    found = counts(results)
    known = [value for name in ("record_rate", "visibility") for value in found[name] if value == value]
    rated = results.incomplete and bool(known)
    heights = [1.25, 0.8, 0.95] if rated else [1.25, 0.9]
    with style.canvas(style.COLUMN, sum(heights) + 0.55) as figure:
        panels = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
        _bars(panels[0], found, say)
        _ties(panels[1], found, say)
        if rated:
            _rates(panels[2], found, say)
        _periods(panels[-1], found["label"], say.known("units", results.unit))
        figure.align_ylabels(panels)
        return figure


def _bars(axes: Axes, found: dict[str, Any], say: Language) -> None:
    places = range(len(found["label"]))
    axes.bar(
        places, found["records"], color=style.FAINT, width=0.8, label=say("figures.lists_by_call.records")
    )
    axes.bar(places, found["lists"], color=style.BLUE, width=0.8, label=say("figures.lists_by_call.lists"))
    axes.set_ylabel(say("figures.lists_by_call.projects"))
    axes.set_ylim(0, max([1, *found["records"]]) * 1.08)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, borderaxespad=0.2, handlelength=1.2)
    axes.grid(axis="y")
    axes.tick_params(axis="x", length=0)
    _whole(axes)


def _ties(axes: Axes, found: dict[str, Any], say: Language) -> None:
    axes.bar(range(len(found["label"])), found["ties"], color=style.SOFT, width=0.8)
    axes.set_ylabel(say("figures.lists_by_call.ties"))
    axes.grid(axis="y")
    axes.tick_params(axis="x", length=0)
    _whole(axes)


def _rates(axes: Axes, found: dict[str, Any], say: Language) -> None:
    places = list(range(len(found["label"])))
    looks: dict[str, dict[str, Any]] = {
        "record_rate": {"color": style.INK, "marker": "o", "markerfacecolor": "white"},
        "visibility": {"color": style.RED, "marker": "D", "markerfacecolor": style.RED},
    }
    for name, look in looks.items():
        shown = [(place, 100 * rate) for place, rate in zip(places, found[name], strict=True) if rate == rate]
        if shown:
            axes.plot(
                *zip(*shown, strict=True),
                linestyle="none",
                markersize=3,
                markeredgewidth=0.8,
                label=say(f"figures.lists_by_call.{name}"),
                **look,
            )
    top = max(100 * rate for name in looks for rate in found[name] if rate == rate)
    axes.set_ylim(-0.05 * top, 1.12 * top)
    axes.set_ylabel(say("figures.lists_by_call.per_cent"))
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, borderaxespad=0.2, handletextpad=0.2)
    axes.grid(axis="y")


def _periods(axes: Axes, labels: list[str], title: str) -> None:
    """Write every label where there is room, else every second, and so on."""
    room = 10 if max(map(len, labels), default=1) > 2 else 20
    step = -(-len(labels) // room)
    places = list(range(0, len(labels), step))
    axes.set_xticks(places, [labels[place] for place in places])
    axes.set_xlim(-0.7, len(labels) - 0.3)
    axes.set_xlabel(title)


def _whole(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))

"""The map of the clusters that share a list: ties as lines between their head offices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..geography import Chart, chart, outline
from . import style
from .labels import put_names
from .network import put_ties, shared_lists, short, strongest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from ..language import Language
    from ..results import Results

# Technology and market: shapes and shades both differ, so that they stay apart in grey.
MARKS: dict[str | None, tuple[str, str]] = {
    "diffusing": ("^", style.ORANGE),
    "absorbing": ("o", style.BLUE),
    "mixed": ("s", "white"),
    None: ("o", style.FAINT),
}
# Names of the clusters with most partners, where there is room: more do not fit a column.
MOST_NAMES = 18
LAND, COAST = "#f3f4f1", "#9aa39a"


@dataclass(frozen=True)
class Placed:
    """What is drawn: the map, and of each cluster drawn name, class and partners; ties (k, 2), lists (k,)."""

    chart: Chart
    names: list[str]
    classes: list[str | None]
    edges: NDArray[np.int64]
    weights: NDArray[np.int64]
    n_pairs: int
    least: int
    unplaced: int

    @property
    def degree(self) -> NDArray[np.int64]:
        """Ties of each cluster drawn."""
        return np.bincount(self.edges.ravel(), minlength=len(self.names))


def read(results: Results, say: Language) -> Placed:
    """The pairs that share a list, both with a place; of many pairs the strongest only."""
    clusters = results.table("ingest", "clusters")
    pairs, lists = shared_lists(results.table("panel", "lists")["members"])
    tied = np.unique(pairs)
    parts = outline(clusters["country"].iloc[tied], say.source)
    lon, lat = (clusters[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    on_map = tied[~np.isnan(chart(lon[tied], lat[tied], parts).places[:, 0])]
    both = np.isin(pairs, on_map).all(axis=1)
    kept, least = strongest(lists[both])
    edges = pairs[both][kept]
    drawn = np.unique(edges)
    held = clusters.iloc[drawn]
    return Placed(
        chart=chart(lon[drawn], lat[drawn], parts),
        names=[short(name) for name in held["name"]],
        classes=[name if isinstance(name, str) else None for name in held["diffusion"]],
        edges=np.searchsorted(drawn, edges).reshape(-1, 2),
        weights=lists[both][kept],
        n_pairs=int(both.sum()),
        least=least,
        unplaced=len(tied) - len(on_map),
    )


def draw(results: Results, say: Language) -> Figure:
    """Draw the map on the width of a column, the marks of technology and market below."""
    placed = read(results, say)
    height = style.COLUMN * placed.chart.height / placed.chart.width
    with style.canvas(style.COLUMN, min(height, 1.4 * style.COLUMN) + 0.35) as figure:
        axes = figure.subplots()
        axes.set_axis_off()
        if not placed.names:
            axes.text(0.5, 0.5, say("figures.map.empty"), ha="center", transform=axes.transAxes)
            return figure
        axes.set_xlim(0, placed.chart.width)
        axes.set_ylim(0, placed.chart.height)
        axes.set_aspect("equal")
        _land(axes, placed.chart, say)
        put_ties(axes, placed.chart.places, placed.edges, placed.weights, (0.4, 0.25, 2.2))
        _clusters(axes, placed)
        _legend(figure, placed, say)
        order = sorted(range(len(placed.names)), key=lambda node: (-placed.degree[node], placed.names[node]))
        names = (placed.chart.places, placed.names, _sizes(placed), placed.edges, order[:MOST_NAMES])
        put_names(figure, axes, *names, sparse=True)
        return figure


def _land(axes: Axes, land: Chart, say: Language) -> None:
    """Coasts and borders, boxes of overseas parts; without an outline the degrees."""
    for line in land.lines:
        axes.fill(line[:, 0], line[:, 1], facecolor=LAND, edgecolor=COAST, linewidth=0.5, zorder=0)
    for box in land.boxes:
        right, top = box.x + box.side, box.y + box.side
        axes.plot([box.x, right, right], [top, top, box.y], color=style.SOFT, linewidth=0.5, zorder=0)
        name = say.known("map_parts", box.name)
        axes.text(box.x, top + 0.08, name, fontsize=5.5, va="bottom", color=style.SOFT)
    for degree, x in land.meridians:
        axes.axvline(x, color=style.FAINT, linewidth=0.5, zorder=0)
        axes.text(x, 0, f"{say.number(degree, 'count')}°", fontsize=5.5, color=style.SOFT, va="bottom")
    for degree, y in land.parallels:
        axes.axhline(y, color=style.FAINT, linewidth=0.5, zorder=0)
        axes.text(0, y, f"{say.number(degree, 'count')}°", fontsize=5.5, color=style.SOFT, va="bottom")


def _sizes(placed: Placed) -> NDArray[np.float64]:
    return 12.0 + 30.0 * placed.degree / max(1, placed.degree.max())


def _clusters(axes: Axes, placed: Placed) -> None:
    sizes = _sizes(placed)
    for name, mark in MARKS.items():
        own = [place for place, found in enumerate(placed.classes) if found == name]
        x, y = placed.chart.places[own].T
        axes.scatter(x, y, s=sizes[own], zorder=3, **_look(mark))


def _look(mark: tuple[str, str]) -> dict[str, Any]:
    shape, shade = mark
    return {"marker": shape, "c": shade, "edgecolors": style.INK, "linewidths": 0.5}


def _legend(figure: Figure, placed: Placed, say: Language) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=shape,
            markersize=4,
            markerfacecolor=shade,
            markeredgecolor=style.INK,
            markeredgewidth=0.5,
            label=say(f"diffusion.{name or 'unknown'}"),
        )
        for name, (shape, shade) in MARKS.items()
        if name in placed.classes
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=4, handletextpad=0.2, columnspacing=1.0)


def notes(results: Results, say: Language) -> list[str]:
    """Sentences for the caption: overseas boxes, pairs and clusters that are not drawn."""
    placed = read(results, say)
    found = [say("captions.map_overseas")] if placed.chart.boxes else []
    if placed.n_pairs > len(placed.edges):
        numbers = {"least": placed.least, "shown": len(placed.edges), "all": placed.n_pairs}
        written = {name: say.number(value, "count") for name, value in numbers.items()}
        found.append(say("captions.network_part", **written))
    if placed.unplaced:
        found.append(say("captions.map_unplaced", count=say.number(placed.unplaced, "count")))
    return found

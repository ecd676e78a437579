"""The network of clusters that share a list: nodes by sector, ties by their number of lists."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..escape import clean
from . import style
from .labels import put_names
from .layout import place_nodes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from ..language import Language
    from ..results import Results

# Shapes and shades both differ, so that sectors stay apart in grey.
# Seven and six: no two of 42 sectors are alike, and the same shape comes back in a darker or lighter shade.
SHAPES = "osD^vPX"
SHADES = (style.BLUE, style.ORANGE, style.GREEN, style.SKY, style.RED, style.PALE)
# A network with more pairs than this shows its strongest ones only.
MOST_EDGES, MOST_LABELS, LONGEST_LABEL = 110, 75, 26


@dataclass(frozen=True)
class Network:
    """What is drawn: names and sectors of the nodes, edges (k, 2) by position, lists of each edge."""

    names: list[str]
    sectors: list[str | None]
    edges: NDArray[np.int64]
    weights: NDArray[np.int64]
    n_pairs: int
    least: int

    @property
    def degree(self) -> NDArray[np.int64]:
        """Ties of each node drawn."""
        return np.bincount(self.edges.ravel(), minlength=len(self.names))


def read(results: Results) -> Network:
    """The pairs that share a list and the clusters in them; of many pairs the strongest only."""
    clusters = results.table("ingest", "clusters")
    pairs, lists = shared_lists(results.table("panel", "lists")["members"])
    kept, least = strongest(lists)
    nodes = np.unique(pairs[kept])
    held = clusters.iloc[nodes]
    return Network(
        names=[short(name) for name in held["name"]],
        sectors=[None if sector != sector or sector is None else str(sector) for sector in held["sector"]],
        edges=np.searchsorted(nodes, pairs[kept]).reshape(-1, 2),
        weights=lists[kept],
        n_pairs=len(pairs),
        least=least,
    )


def shared_lists(members: Iterable[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (k, 2) of cluster numbers that share a list, sorted, and the number of lists (k,) of each."""
    found = [pair for own in members for pair in itertools.combinations(sorted(own), 2)]
    if not found:
        return np.zeros((0, 2), dtype=np.int64), np.zeros(0, dtype=np.int64)
    pairs, lists = np.unique(np.array(found, dtype=np.int64), axis=0, return_counts=True)
    return pairs, lists


def strongest(weights: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Positions of the pairs to draw and the least number of projects among them."""
    least = 1
    while (weights >= least).sum() > MOST_EDGES and (weights > least).any():
        least += 1
    kept = np.flatnonzero(weights >= least)
    if len(kept) > MOST_EDGES:  # all alike: the first by number
        kept = kept[:MOST_EDGES]
    return kept, least


def short(name: str) -> str:
    """A name that fits beside its node: without what stands in brackets, cut where still long."""
    text = clean(name)
    text = text.split(" (")[0] if " (" in text else text
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip() + "…"


def draw(results: Results, say: Language) -> Figure:
    """Draw the network on the width of a page, with the sectors' marks below."""
    network = read(results)
    marks = marks_of(network.sectors)
    legend_rows = -(-len(marks) // 4)
    with style.canvas(style.PAGE, 4.3 + 0.16 * legend_rows) as figure:
        axes = figure.subplots()
        if not network.names:
            axes.text(0.5, 0.5, say("figures.network.empty"), ha="center", transform=axes.transAxes)
            axes.set_axis_off()
            return figure
        places = place_nodes(len(network.names), network.edges, aspect=1.55)
        put_ties(axes, places, network.edges, network.weights, (0.5, 0.45, 4.0))
        _nodes(axes, network, places, marks)
        axes.set_axis_off()
        axes.margins(0.06, 0.04)
        axes.set_aspect("equal", adjustable="datalim")
        _legend(figure, marks, say)
        _labels(figure, axes, network, places)
        return figure


def marks_of(sectors: list[str | None]) -> dict[str | None, tuple[str, str]]:
    """A shape and a shade for each sector, the most frequent first; unknown is a grey circle."""
    known = sorted({sector for sector in sectors if sector}, key=lambda name: (-sectors.count(name), name))
    marks: dict[str | None, tuple[str, str]] = {
        sector: (SHAPES[order % len(SHAPES)], SHADES[order % len(SHADES)])
        for order, sector in enumerate(known)
    }
    if None in sectors:
        marks[None] = ("o", style.FAINT)
    return marks


def put_ties(
    axes: Axes,
    places: NDArray[np.float64],
    edges: Iterable[Sequence[int]],
    weights: NDArray[np.int64],
    widths: tuple[float, float, float],
) -> None:
    """Draw ties as lines between ``places`` (n, 2): ``widths`` are the least, more a list, and the most."""
    from matplotlib.collections import LineCollection

    least, more, most = widths
    lines = LineCollection(
        [places[list(edge)] for edge in edges],
        linewidths=np.clip(least + more * (weights - weights.min() + 1), 0, most),
        colors=style.SOFT,
        alpha=0.55,
        zorder=1,
        capstyle="round",
    )
    axes.add_collection(lines)


def _sizes(network: Network) -> NDArray[np.float64]:
    return 20.0 + 70.0 * network.degree / max(1, network.degree.max())


def _nodes(
    axes: Axes, network: Network, places: NDArray[np.float64], marks: dict[Any, tuple[str, str]]
) -> None:
    sizes = _sizes(network)
    for sector, (shape, shade) in marks.items():
        own = [position for position, name in enumerate(network.sectors) if name == sector]
        axes.scatter(
            places[own, 0],
            places[own, 1],
            s=sizes[own],
            marker=shape,
            c=shade,
            edgecolors=style.INK,
            linewidths=0.5,
            zorder=3,
        )


def _legend(figure: Figure, marks: dict[str | None, tuple[str, str]], say: Language) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=shape,
            markersize=4.5,
            markerfacecolor=shade,
            markeredgecolor=style.INK,
            markeredgewidth=0.5,
            label=say.known("sectors", sector) if sector else say("figures.network.unknown"),
        )
        for sector, (shape, shade) in marks.items()
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=4, handletextpad=0.2, columnspacing=1.2)


def _labels(figure: Figure, axes: Axes, network: Network, places: NDArray[np.float64]) -> None:
    """Put names beside the nodes with most ties."""
    order = sorted(range(len(network.names)), key=lambda node: (-network.degree[node], network.names[node]))
    put_names(figure, axes, places, network.names, _sizes(network), network.edges, order[:MOST_LABELS])

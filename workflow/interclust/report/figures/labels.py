"""Where a name stands beside its node: the place that covers least of what is already there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
# Directions tried, in order of liking: right, left, above, below, then the corners, then further out.
DIRECTIONS = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)]
DISTANCES = (2.5, 7.0, 13.0)


class Box(NamedTuple):
    """A rectangle in dots."""

    left: float
    bottom: float
    right: float
    top: float


def place_labels(
    points: Array,
    radius: Array,
    edges: NDArray[np.int64],
    order: Sequence[int],
    sizes: Sequence[tuple[float, float]],
    frame: Box,
) -> list[tuple[float, float]]:
    """Lower left corners of the labels of nodes ``order``, in dots.

    ``points`` (n, 2) and ``radius`` (n,) are the nodes in dots; ``sizes`` the width and height of each label.
    """
    placed: list[Box] = []
    nodes = np.column_stack([points - radius[:, None], points + radius[:, None]])
    samples = _along(points, edges)
    for node, size in zip(order, sizes, strict=True):
        boxes = list(_candidates(points[node], float(radius[node]), size))
        costs = [_cost(box, order, placed, nodes, node, samples, frame) for order, box in enumerate(boxes)]
        placed.append(boxes[int(np.argmin(costs))])
    return [(box.left, box.bottom) for box in placed]


def _candidates(point: Array, radius: float, size: tuple[float, float]) -> list[Box]:
    width, height = size
    found = []
    for distance in DISTANCES:
        for right, up in DIRECTIONS:
            reach = (radius + distance) * (0.72 if right and up else 1.0)
            left = point[0] + right * reach - width * (1 - right) / 2
            bottom = point[1] + up * reach - height * (1 - up) / 2
            found.append(Box(left, bottom, left + width, bottom + height))
    return found


def _cost(
    box: Box,
    liking: int,
    placed: list[Box],
    nodes: Array,
    own: int,
    samples: Array,
    frame: Box,
) -> float:
    others = np.delete(nodes, own, axis=0)
    cost = 0.02 * liking
    if placed:
        cost += 40.0 * _overlap(box, np.array(placed)) / _area(box)
    cost += 25.0 * _overlap(box, others) / _area(box)
    cost += 0.05 * _inside(box, samples)
    outside = box.left < frame.left or box.right > frame.right
    outside = outside or box.bottom < frame.bottom or box.top > frame.top
    return cost + (60.0 if outside else 0.0)


def _area(box: Box) -> float:
    return max(1.0, (box.right - box.left) * (box.top - box.bottom))


def _overlap(box: Box, others: Array) -> float:
    wide = np.minimum(box.right, others[:, 2]) - np.maximum(box.left, others[:, 0])
    high = np.minimum(box.top, others[:, 3]) - np.maximum(box.bottom, others[:, 1])
    return float((np.maximum(wide, 0) * np.maximum(high, 0)).sum())


def _inside(box: Box, samples: Array) -> int:
    x, y = samples[:, 0], samples[:, 1]
    return int(((x > box.left) & (x < box.right) & (y > box.bottom) & (y < box.top)).sum())


def _along(points: Array, edges: NDArray[np.int64], step: float = 5.0) -> Array:
    """Points along the edges, one every few dots."""
    parts = []
    for i, j in edges:
        count = max(2, int(np.hypot(*(points[j] - points[i])) / step))
        share = np.linspace(0, 1, count)[:, None]
        parts.append(points[i] * (1 - share) + points[j] * share)
    return np.vstack(parts) if parts else np.zeros((0, 2))


def put_names(
    figure: Figure,
    axes: Axes,
    places: Array,
    names: Sequence[str],
    sizes: Array,
    edges: NDArray[np.int64],
    order: Sequence[int],
    *,
    sparse: bool = False,
) -> None:
    """Write the names of nodes ``order`` beside them, clear of each other and of the nodes where possible.

    ``places`` (n, 2) in data, ``sizes`` (n,) as of a scatter (points squared), ``edges`` (k, 2). ``sparse``
    leaves out a name that would cover one before it.
    """
    style.settle(figure)
    points = axes.transData.transform(places)
    radius = np.sqrt(sizes) * 0.6 * figure.dpi / 72
    texts = [axes.text(0, 0, names[node], fontsize=6, color=style.INK, zorder=5) for node in order]
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    extents = [text.get_window_extent(renderer) for text in texts]
    corners = place_labels(
        points,
        radius,
        edges,
        order,
        [(extent.width, extent.height) for extent in extents],
        Box(axes.bbox.x0, axes.bbox.y0, axes.bbox.x1, axes.bbox.y1),
    )
    written: list[Box] = []
    for text, (left, bottom), extent in zip(texts, corners, extents, strict=True):
        box = Box(left - 2, bottom, left + extent.width + 2, bottom + extent.height)  # the halo too
        if sparse and written and _overlap(box, np.array(written)):
            text.remove()
            continue
        written.append(box)
        x, y = axes.transData.inverted().transform((left, bottom))
        text.set_position((float(x), float(y)))
        text.set_verticalalignment("bottom")
        _halo(text)


def _halo(text: Any) -> None:
    from matplotlib.patheffects import withStroke

    text.set_path_effects([withStroke(linewidth=1.6, foreground="white")])

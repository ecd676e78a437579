"""Places for the nodes of a network: stress majorisation, the same every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDS = 300


def components(n: int, edges: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Connected components of ``n`` nodes, largest first, each sorted."""
    parent = list(range(n))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for i, j in edges.tolist():
        low, high = sorted((root(i), root(j)))
        parent[high] = low
    groups: dict[int, list[int]] = {}
    for node in range(n):
        groups.setdefault(root(node), []).append(node)
    ordered = sorted(groups.values(), key=lambda nodes: (-len(nodes), nodes[0]))
    return [np.array(nodes, dtype=np.int64) for nodes in ordered]


def distances(
    n: int, edges: NDArray[np.int64], lengths: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Shortest ways between every two of ``n`` connected nodes (Floyd and Warshall); an edge is one long."""
    steps = np.full((n, n), np.inf)
    np.fill_diagonal(steps, 0.0)
    steps[edges[:, 0], edges[:, 1]] = steps[edges[:, 1], edges[:, 0]] = 1.0 if lengths is None else lengths
    for middle in range(n):
        np.minimum(steps, steps[:, middle, None] + steps[None, middle, :], out=steps)
    return steps


def majorise(target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Positions (n, 2) whose distances come near ``target`` (n, n): Gansner, Koren and North (2004).

    Weights are target^-2; the start is a circle, so that the result depends on nothing else.
    """
    n = len(target)
    if n == 1:
        return np.zeros((1, 2))
    angle = 2 * np.pi * np.arange(n) / n
    place = np.column_stack([np.cos(angle), np.sin(angle)]) * target.max() / 2
    weight = np.where(target > 0, 1 / np.maximum(target, 1e-9) ** 2, 0.0)
    inverse = np.linalg.pinv(np.diag(weight.sum(axis=1)) - weight)
    for _ in range(ROUNDS):
        gap = place[:, None, :] - place[None, :, :]
        length = np.sqrt((gap**2).sum(axis=2))
        pull = weight * target / np.maximum(length, 1e-9)
        place = inverse @ (pull[:, :, None] * gap).sum(axis=1)
    return upright(place)


def upright(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre positions and turn their longest axis level, with a fixed sign."""
    place = place - place.mean(axis=0)
    _, _, axes = np.linalg.svd(place, full_matrices=False)
    turned = place @ axes.T
    for column in range(turned.shape[1]):
        extreme = turned[np.argmax(np.abs(turned[:, column])), column]
        turned[:, column] *= 1.0 if extreme >= 0 else -1.0
    return turned


def place_nodes(
    n: int, edges: NDArray[np.int64], aspect: float = 1.5, lengths: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Positions (n, 2): each component by its own distances, components packed in rows.

    ``aspect`` is the width wished for one unit of height, ``lengths`` (k,) those wished for the edges (one).
    """
    lengths = np.ones(len(edges)) if lengths is None else lengths
    places = np.zeros((n, 2))
    boxes = []
    for nodes in components(n, edges):
        number = {int(node): position for position, node in enumerate(nodes)}
        held = [place for place, (i, _) in enumerate(edges.tolist()) if i in number]
        own = np.array([(number[i], number[j]) for i, j in edges[held].tolist()], dtype=np.int64)
        places[nodes] = majorise(distances(len(nodes), own.reshape(-1, 2), lengths[held]))
        boxes.append(nodes)
    return _pack(places, boxes, aspect)


def _pack(
    places: NDArray[np.float64], boxes: list[NDArray[np.int64]], aspect: float, gap: float = 0.9
) -> NDArray[np.float64]:
    """Set components beside each other, largest first, in rows no wider than fits the aspect."""
    sizes = [np.ptp(places[nodes], axis=0) + gap for nodes in boxes]
    area = sum(float(size[0] * size[1]) for size in sizes)
    width = max(float(sizes[0][0]), float(np.sqrt(area * aspect)))
    x = y = tallest = 0.0
    for nodes, size in zip(boxes, sizes, strict=True):
        if x > 0 and x + size[0] > width:
            x, y, tallest = 0.0, y - tallest, 0.0
        corner = places[nodes].min(axis=0)
        places[nodes, 0] += x - corner[0] + gap / 2
        places[nodes, 1] += y - places[nodes, 1].max() - gap / 2
        x, tallest = x + float(size[0]), max(tallest, float(size[1]))
    return places

"""Goodness of fit of the network with project lists kept: degrees, triads and shared partners.

A list of three is a triangle by construction, so ties are not drawn one by one: every list is drawn again,
of its size and in its period, from the law that the model gives it (``list_laws.py``), with the features
that were observed, and the network of all periods is made of the lists. What is compared is what Hunter,
Goodreau & Handcock (2008, JASA 103) compare: the distributions of degrees and of edgewise shared partners,
and closed triads.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...numerics.graph import Graph
from .list_laws import Lists
from .monte_carlo import COLUMNS, compared

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

NETWORK = ("statistic", "class", *COLUMNS, "simulations")
BINS = (0, 1, 2, 3, 5, 9, 17, 33, 65)  # where the classes of degrees and of shared partners begin
LARGEST = 200  # bodies; more make every drawn list dear

BODIES = "bodies_tied"

Statistics = dict[tuple[str, str], float]


def goodness(lists: Sequence[Lists], simulations: int, seed: int) -> pd.DataFrame:
    """One line a statistic (``NETWORK``): of the observed network, and of as many drawn ones.

    Statistics: bodies tied, ties, ties repeated, largest degree, transitivity, and the shares of the bodies
    tied by degree and of the ties by shared partners, in classes.
    """
    import pandas as pd

    bodies = np.unique(np.concatenate([item.bodies for item in lists]))
    observed = statistics(_tied([item.observed[None] for item in lists], bodies)[0])
    rng = np.random.default_rng(seed)
    drawn = _tied([item.draw(rng, simulations) for item in lists], bodies)
    found = [statistics(counts) for counts in drawn]
    rows = [
        {"statistic": name, "class": value, "simulations": simulations}
        | compared(observed[name, value], np.array([item[name, value] for item in found]))
        for name, value in observed
    ]
    return pd.DataFrame(rows, columns=list(NETWORK))


def _tied(lists: Sequence[Array], bodies: Array) -> Array:
    """Lists on which two bodies stand together (B, n, n), from lists (B, l, m) of cluster numbers."""
    n, times = len(bodies), len(lists[0])
    counts = np.zeros((times, n, n), dtype=np.int32)
    world = np.arange(times)[:, None]
    for own in lists:
        place = np.searchsorted(bodies, own)
        for a, b in itertools.combinations(range(place.shape[2]), 2):
            np.add.at(counts, (world, place[:, :, a], place[:, :, b]), 1)
    return counts + counts.transpose(0, 2, 1)


def statistics(counts: Array) -> Statistics:
    """The statistics of a network from the number of lists of every pair (n, n)."""
    i, j = np.nonzero(np.triu(counts, 1))
    graph = Graph(len(counts), i, j)
    tied = (counts > 0).astype(float)
    partners = (tied @ tied)[i, j]
    found: Statistics = {
        (BODIES, ""): float(np.count_nonzero(graph.degree)),
        ("ties", ""): float(len(i)),
        ("repeated", ""): float(np.count_nonzero(counts[i, j] > 1)),
        ("degree_max", ""): float(graph.degree.max(initial=0)),
        ("transitivity", ""): float(np.nan_to_num(graph.transitivity)),
    }
    degree = graph.degree[graph.degree > 0]
    for name, values, bins in (("degree", degree, BINS[1:]), ("shared_partners", partners, BINS)):
        shares = np.histogram(values, [*bins, np.inf])[0] / max(len(values), 1)
        found |= {(name, label): float(share) for label, share in zip(_labels(bins), shares, strict=True)}
    return found


def _labels(bins: Sequence[int]) -> list[str]:
    """Classes in words of numbers: 0, 1, 2, 3-4, ..., 65+."""
    pairs = itertools.pairwise(bins)
    return [*(str(low) if high == low + 1 else f"{low}-{high - 1}" for low, high in pairs), f"{bins[-1]}+"]

"""Complementarity: one develops a technology that the other's market takes up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .registry import Array, feature

if TYPE_CHECKING:
    from ..panel.history import History

# A mixed body is half diffusing, half absorbing: the share of the four combinations of halves in which
# one side diffuses and the other absorbs. All six pairs of classes:
COMPLEMENTARITY = {
    ("diffusing", "absorbing"): 1.0,
    ("diffusing", "diffusing"): 0.0,
    ("absorbing", "absorbing"): 0.0,
    ("mixed", "diffusing"): 0.5,
    ("mixed", "absorbing"): 0.5,
    ("mixed", "mixed"): 0.5,
}


@feature(
    "tech_market_complementarity",
    group="complementarity",
    label=("technology/market complementarity", "complémentarité technologie/marché"),
    unit=("0, 0.5 or 1", "0, 0,5 ou 1"),
    definition=(
        "1 for diffusing with absorbing, 0 for two of one of these classes, 0.5 wherever one is mixed",
        "1 pour diffuseur avec absorbeur, 0 pour deux de la même de ces classes, 0,5 dès que l'un est mixte",
    ),
    source="registry, diffusion of technology as judged by one coder",
    date="timeless",
    needs=("clusters.diffusion",),
)
def tech_market_complementarity(history: History, i: Array, j: Array) -> Array:
    """Look the pair of classes up."""
    classes = history.coded("diffusion")
    table = np.full((len(classes.words) + 1,) * 2, np.nan)  # the last row and column: missing (-1)
    for a, first in enumerate(classes.words):
        for b, second in enumerate(classes.words):
            table[a, b] = COMPLEMENTARITY.get((first, second), COMPLEMENTARITY.get((second, first), np.nan))
    return table[classes.codes[i], classes.codes[j]]

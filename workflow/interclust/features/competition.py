"""Competition: close in theme on one territory, and rivalries that are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..numerics.dyads import dyad_number
from ..panel.pairs import PairCounts
from .geographic import territory_overlap
from .registry import Array, feature
from .themes import similarity

if TYPE_CHECKING:
    from ..panel.history import History

RIVAL = "rival"


@feature(
    "theme_territory_overlap",
    group="competition",
    label=("theme × territory", "thème × territoire"),
    unit=("0 to 1", "0 à 1"),
    definition=(
        "thematic similarity times territory overlap",
        "similarité thématique multipliée par le recouvrement des territoires",
    ),
    source="as thematic_similarity and territory_overlap",
    date="records",
    missing=("missing if one of the two factors is", "manquant si l'un des deux facteurs l'est"),
    needs=("clusters.keywords", "projects.topic", "territories"),
)
def theme_territory_overlap(history: History, i: Array, j: Array) -> Array:
    """Product of the two."""
    product: Array = similarity(history, i, j) * territory_overlap(history, i, j)
    return product


@feature(
    "historic_rivalry",
    group="competition",
    label=("historic rivalry", "rivalité historique"),
    definition=("a rivalry of the two is coded", "une rivalité des deux est codée"),
    source="coded relations (relation = rival)",
    date="timeless",
    missing=(
        "missing unless the relation of the two is coded",
        "manquant sauf si la relation des deux est codée",
    ),
    needs=("relations.relation",),
)
def historic_rivalry(history: History, i: Array, j: Array) -> Array:
    """1 where a rivalry is coded, 0 where another relation is, provided rivalries are coded at all."""
    coded = history.once("rivalries", lambda: _coded(history))
    rows, place = coded.find(dyad_number(i, j, history.n))
    values = np.full(len(i), np.nan)
    values[rows] = coded.values[place]
    return values


def _coded(history: History) -> PairCounts:
    """Dyads whose relation is coded: 1.0 rival, 0.0 other; none if no rivalry is coded anywhere."""
    ego, alter, rival = history.relations
    kept = (ego >= 0) & (alter >= 0) & (ego != alter)
    keys = dyad_number(ego[kept], alter[kept], history.n)
    if not rival[kept].any():
        return PairCounts(np.zeros(0, dtype=np.int64), np.zeros(0))
    distinct, line = np.unique(keys, return_inverse=True)
    values = np.zeros(len(distinct))
    np.maximum.at(values, line, rival[kept].astype(float))
    return PairCounts(distinct, values)

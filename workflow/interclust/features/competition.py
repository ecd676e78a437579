"""Competition: close in theme on one territory, and rivalries that are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..numerics.dyads import dyad_number
from ..panel.pairs import PairCounts
from .geographic import same_region, territory_overlap
from .registry import Array, feature
from .strengths import equivalence
from .themes import similarity

if TYPE_CHECKING:
    from ..panel.history import History


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
    settings=("leave_dyad_out",),
)
def theme_territory_overlap(history: History, i: Array, j: Array) -> Array:
    """Product of the two."""
    product: Array = similarity(history, i, j) * territory_overlap(history, i, j)
    return product


@feature(
    "different_region_same_theme",
    group="competition",
    label=("same theme, other region", "même thème, autre région"),
    unit=("0 to 1", "0 à 1"),
    definition=(
        "thematic similarity of two that cover no region in common, 0 of two that do",
        "similarité thématique de deux organismes sans région commune, 0 s'ils en ont une",
    ),
    source="as thematic_similarity and same_region",
    date="records",
    missing=("missing if one of the two features is", "manquant si l'une des deux variables l'est"),
    needs=("clusters.keywords", "projects.topic", "territories"),
    settings=("leave_dyad_out",),
)
def different_region_same_theme(history: History, i: Array, j: Array) -> Array:
    """Similarity times the want of a common region."""
    product: Array = similarity(history, i, j) * (1 - same_region(history, i, j))
    return product


@feature(
    "structural_equivalence",
    group="competition",
    label=("structural equivalence", "équivalence structurale"),
    unit=("cosine, 0 to 1", "cosinus, 0 à 1"),
    definition=(
        "cosine of the two rows of tie_strength with third bodies, as if the projects that name both did not"
        " exist",
        "cosinus des deux lignes de tie_strength avec les tiers, comme si les projets qui nomment les deux"
        " n'existaient pas",
    ),
    source="projects with a list of the sets that count as ties; Lorrain and White (1971)",
    date="records",
    missing=(
        "missing if one of the two has fewer than equivalence_partners partners among third bodies",
        "manquant si l'un des deux a moins de equivalence_partners partenaires parmi les tiers",
    ),
    needs=("memberships",),
    settings=("equivalence_partners", "project_weight", "half_life", "leave_dyad_out"),
)
def structural_equivalence(history: History, i: Array, j: Array) -> Array:
    """See ``strengths``."""
    return equivalence(history, i, j)


@feature(
    "historic_rivalry",
    group="competition",
    label=("historic rivalry", "rivalité historique"),
    definition=("a rivalry of the two is coded", "une rivalité des deux est codée"),
    source="coded relations (relation = rival)",
    date="timeless",
    missing=(
        "missing unless the relation of the two is coded, and where no rivalry is coded for any two",
        "manquant sauf si la relation des deux est codée, et là où aucune rivalité ne l'est pour personne",
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

"""Cognitive proximity: sector and theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .pairwise import equal_codes
from .registry import Array, feature
from .themes import similarity

if TYPE_CHECKING:
    from ..panel.history import History


@feature(
    "same_sector",
    group="cognitive",
    label=("same sector", "même secteur"),
    definition=("both are of one sector", "les deux sont du même secteur"),
    source="registry, sector as judged by one coder on the list of the DGCIS",
    date="timeless",
    needs=("clusters.sector",),
)
def same_sector(history: History, i: Array, j: Array) -> Array:
    """Sectors are equal."""
    return equal_codes(history.coded("sector").codes, i, j)


@feature(
    "thematic_similarity",
    group="cognitive",
    label=("thematic similarity", "similarité thématique"),
    unit=("cosine, 0 to 1", "cosinus, 0 à 1"),
    definition=(
        "cosine of TF-IDF vectors of keywords and of topics of earlier projects, as if the projects that name"
        " both did not exist",
        "cosinus des vecteurs TF-IDF des mots-clés et des thèmes des projets antérieurs, comme si les projets"
        " qui nomment les deux n'existaient pas",
    ),
    source="registry, keywords; records, topics",
    date="records",
    missing=(
        "missing if one of the two has neither keywords nor topics of its own",
        "manquant si l'un des deux n'a ni mots-clés ni thèmes propres",
    ),
    needs=("clusters.keywords", "projects.topic"),
)
def thematic_similarity(history: History, i: Array, j: Array) -> Array:
    """See ``themes``."""
    return similarity(history, i, j)

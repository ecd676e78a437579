"""Cognitive proximity: sector and theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .pairwise import equal_codes
from .registry import Array, feature
from .relatedness import relatedness
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
    settings=("leave_dyad_out",),
)
def thematic_similarity(history: History, i: Array, j: Array) -> Array:
    """See ``themes``."""
    return similarity(history, i, j)


@feature(
    "sector_relatedness",
    group="cognitive",
    label=("relatedness of sectors", "proximité des secteurs"),
    unit=("observed over expected pairs", "paires observées sur attendues"),
    definition=(
        "association strength of the two sectors: C C_ab / (s_a s_b), where C_ab adds up project_weight"
        " over the pairs of members of earlier projects with one in a and one in b (both ways round where a"
        " is b; pairs without a known sector are left out), s_a is the sum of C_ab over b and C that of s_a"
        " over a; as if the projects that name both did not exist; 1 is chance",
        "force d'association des deux secteurs : C C_ab / (s_a s_b), où C_ab cumule project_weight sur les"
        " paires de membres de projets antérieurs, l'un de a, l'autre de b (dans les deux sens si a est b ;"
        " sans les paires dont un secteur est inconnu), s_a est la somme des C_ab sur b et C celle des s_a"
        " sur a ; comme si les projets qui nomment les deux n'existaient pas ; 1 : le hasard",
    ),
    source="registry, sector; projects of the sets that count as ties; van Eck and Waltman (2009)",
    date="records",
    missing=(
        "missing unless the list of every earlier project is complete, if a sector is not known, or if one of"
        " the two has s_a below relatedness_pairs when each pair counts as one",
        "manquant si la liste d'un projet antérieur n'est pas complète, si un secteur est inconnu, ou si l'un"
        " des deux a un s_a inférieur à relatedness_pairs quand chaque paire compte pour un",
    ),
    needs=("clusters.sector", "memberships", "projects.list_status"),
    settings=("relatedness_pairs", "project_weight", "leave_dyad_out"),
)
def sector_relatedness(history: History, i: Array, j: Array) -> Array:
    """See ``relatedness``."""
    return relatedness(history, i, j)

"""Complementarity: a technology that the other's market takes up, knowledge that the other has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import knowledge
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


@feature(
    "knowledge_complementarity",
    group="complementarity",
    label=("complementarity of knowledge", "complémentarité des connaissances"),
    unit=("observed over expected meetings", "rencontres observées sur attendues"),
    definition=(
        "mean of N d_uv / (d_u d_v) over the words u that only one side has and v that only the other has; a"
        " side's words are those of its keywords and of the topics of its earlier projects, and of the N"
        " documents (keywords of an active body, topic of an earlier project) d_u have the word u and d_uv"
        " both; as if the projects that name both sides did not exist; 1 is chance",
        "moyenne de N d_uv / (d_u d_v) sur les mots u que seul un côté a et v que seul l'autre a ; les mots"
        " d'un côté sont ceux de ses mots-clés et des thèmes de ses projets antérieurs, et des N documents"
        " (mots-clés d'un organisme actif, thème d'un projet antérieur) d_u ont le mot u et d_uv les deux ;"
        " comme si les projets qui nomment les deux n'existaient pas ; 1 : le hasard",
    ),
    source=(
        "registry, keywords; records, topics; relatedness after van Eck and Waltman (2009), averaged over"
        " pairs as in the coherence of knowledge of Nesta and Saviotti (2005)"
    ),
    date="records",
    missing=(
        "missing if one of the two has fewer than complementarity_words words that the other lacks",
        "manquant si l'un des deux a moins de complementarity_words mots que l'autre n'a pas",
    ),
    needs=("clusters.keywords", "projects.topic"),
    settings=("complementarity_words", "leave_dyad_out"),
)
def knowledge_complementarity(history: History, i: Array, j: Array) -> Array:
    """See ``knowledge``."""
    return knowledge.complementarity(history, i, j)

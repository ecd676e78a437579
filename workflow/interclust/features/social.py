"""Social proximity: earlier ties of the two, of the dyad and of third bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..numerics.dyads import dyad_number
from ..panel.pairs import PairCounts
from .pairwise import PairProducts
from .registry import Array, feature

if TYPE_CHECKING:
    from ..panel.history import History

TIES = "projects with a list of the sets that count as ties"


@feature(
    "prior_projects",
    group="social",
    label=("earlier joint projects", "projets communs antérieurs"),
    unit=("projects", "projets"),
    definition=(
        "earlier projects of the dyad, those of predecessors that merged into one of the two included",
        "projets antérieurs de la paire, y compris ceux de prédécesseurs fusionnés",
    ),
    source=TIES,
    date="records",
    missing="never",
    needs=("memberships",),
)
def prior_projects(history: History, i: Array, j: Array) -> Array:
    """Number of earlier ties."""
    return PairCounts(history.ties.keys, history.ties.count).at(dyad_number(i, j, history.n))


@feature(
    "common_partners",
    group="social",
    label=("common partners", "partenaires communs"),
    unit=("bodies", "organismes"),
    definition=(
        "third bodies tied before with both, through whatever projects",
        "tiers déjà liés aux deux, par quelque projet que ce soit",
    ),
    source=TIES,
    date="records",
    missing="never",
    needs=("memberships",),
)
def common_partners(history: History, i: Array, j: Array) -> Array:
    """Paths of length two between the bodies."""
    return history.once("common partners", lambda: _paths(history, np.ones(history.n))).of(i, j)


@feature(
    "adamic_adar",
    group="social",
    label=("Adamic-Adar index", "indice d'Adamic-Adar"),
    unit=("index", "indice"),
    definition=(
        "sum over common partners of 1 / ln(number of their partners)",
        "somme sur les partenaires communs de 1 / ln(nombre de leurs partenaires)",
    ),
    source=f"{TIES}; Adamic and Adar (2003)",
    date="records",
    missing="never",
    needs=("memberships",),
)
def adamic_adar(history: History, i: Array, j: Array) -> Array:
    """Common partners weighted by how few partners they have (a common partner has two at least)."""
    weight = 1 / np.log(np.maximum(history.partners, 2))
    return history.once("adamic adar", lambda: _paths(history, weight)).of(i, j)


@feature(
    "preferential_attachment",
    group="social",
    label=("preferential attachment", "attachement préférentiel"),
    unit=("bodies squared", "organismes au carré"),
    definition=(
        "product of the numbers of earlier partners of the two, each other left out",
        "produit des nombres de partenaires antérieurs des deux, l'un l'autre exclus",
    ),
    source=f"{TIES}; Barabási and Albert (1999)",
    date="records",
    missing="never",
    needs=("memberships",),
)
def preferential_attachment(history: History, i: Array, j: Array) -> Array:
    """Product of degrees."""
    tied = prior_projects(history, i, j) > 0
    product: Array = (history.partners[i] - tied) * (history.partners[j] - tied)
    return product


def _paths(history: History, weight: Array) -> PairProducts:
    """Paths of length two between bodies, each the weight (n,) of the body in the middle."""
    from scipy.sparse import diags_array

    tied = (history.tie_matrix > 0).astype(float).tocsr()
    return PairProducts((tied @ diags_array(weight, format="csr")).tocsr(), tied)

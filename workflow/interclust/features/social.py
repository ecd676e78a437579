"""Social proximity: earlier ties of the two, of the dyad and of third bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..numerics.dyads import dyad_number
from ..panel.pairs import PairCounts
from .leave_out import n_shared
from .pairwise import PairProducts
from .registry import Array, Text, feature
from .strengths import strength

if TYPE_CHECKING:
    from ..panel.history import History

TIES = "projects with a list of the sets that count as ties"
CAPABILITY: Text = (
    "share of a body's earlier projects that name another body as well, the dyad's own left out;",
    "part des projets antérieurs d'un organisme qui en nomment un autre, ceux de la paire exclus ;",
)
CAPABILITY_MISSING: Text = (
    "missing unless the list of every earlier project is complete, or if one of the two has fewer than"
    " capability_projects without the dyad's own",
    "manquant si la liste d'un projet antérieur n'est pas complète, ou si l'un des deux en a moins de"
    " capability_projects hors ceux de la paire",
)


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


@feature(
    "tie_strength",
    group="social",
    label=("strength of earlier ties", "force des liens antérieurs"),
    unit=("projects", "projets"),
    definition=(
        "sum over the earlier projects of the dyad of what each counts for a pair (project_weight; m bodies"
        " are named), halved every half_life months from the reference day of its period to that of this one",
        "somme sur les projets antérieurs de la paire de ce que chacun compte pour une paire"
        " (project_weight ; m organismes nommés), divisée par deux tous les half_life mois entre les jours"
        " de référence",
    ),
    source=TIES,
    date="records",
    missing="never",
    needs=("memberships",),
    settings=("project_weight", "half_life"),
)
def tie_strength(history: History, i: Array, j: Array) -> Array:
    """See ``strengths``; without a choice, the number of earlier projects."""
    return strength(history, i, j)


@feature(
    "relational_capability_min",
    group="social",
    label=("relational capability, lower", "capacité relationnelle, la plus faible"),
    unit=("share", "part"),
    definition=(f"{CAPABILITY[0]} the lower of the two", f"{CAPABILITY[1]} la plus faible des deux"),
    source="projects with any list",
    date="records",
    missing=CAPABILITY_MISSING,
    needs=("memberships", "projects.list_status"),
    settings=("capability_projects", "leave_dyad_out"),
)
def relational_capability_min(history: History, i: Array, j: Array) -> Array:
    """The lower share."""
    one, other = _capabilities(history, i, j)
    return np.minimum(one, other)


@feature(
    "relational_capability_mean",
    group="social",
    label=("relational capability, mean", "capacité relationnelle, moyenne"),
    unit=("share", "part"),
    definition=(f"{CAPABILITY[0]} the mean of the two", f"{CAPABILITY[1]} la moyenne des deux"),
    source="projects with any list",
    date="records",
    missing=CAPABILITY_MISSING,
    needs=("memberships", "projects.list_status"),
    settings=("capability_projects", "leave_dyad_out"),
)
def relational_capability_mean(history: History, i: Array, j: Array) -> Array:
    """The mean share."""
    one, other = _capabilities(history, i, j)
    return (one + other) / 2


def _capabilities(history: History, i: Array, j: Array) -> tuple[Array, Array]:
    """Shares of the two sides, NaN without complete lists or with too few projects."""
    if not history.lists_complete:
        return np.full(len(i), np.nan), np.full(len(i), np.nan)
    own = n_shared(history, i, j)
    shared = history.once("shared with others", lambda: history.named.T @ (history.n_named > 1).astype(float))
    sides = []
    for side in (i, j):
        projects = history.mentions[side] - own
        enough = projects >= history.options.capability_projects
        sides.append(np.where(enough, (shared[side] - own) / np.maximum(projects, 1), np.nan))
    return sides[0], sides[1]


def _paths(history: History, weight: Array) -> PairProducts:
    """Paths of length two between bodies, each the weight (n,) of the body in the middle."""
    from scipy.sparse import diags_array

    tied = (history.tie_matrix > 0).astype(float).tocsr()
    return PairProducts((tied @ diags_array(weight, format="csr")).tocsr(), tied)

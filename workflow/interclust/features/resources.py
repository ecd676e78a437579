"""Resources: members, staff, budget and people in charge of projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .pairwise import greatest, least
from .registry import Array, feature

if TYPE_CHECKING:
    from ..panel.history import History

MEASURES = 'registry, measures as printed ("more than 440" counts as 440)'


@feature(
    "members_min",
    group="resources",
    label=("members of the smaller", "adhérents du plus petit"),
    unit=("members", "adhérents"),
    definition=("members of the smaller of the two", "nombre d'adhérents du plus petit des deux"),
    source=MEASURES,
    date="fact",
    needs=("facts.members",),
)
def members_min(history: History, i: Array, j: Array) -> Array:
    """The smaller number of members."""
    return least(history.fact("members"), i, j)


@feature(
    "members_ratio",
    group="resources",
    label=("disparity of size (log)", "disparité de taille (log)"),
    unit=("ln ratio", "ln du rapport"),
    definition=(
        "ln of the members of the larger over those of the smaller",
        "ln du nombre d'adhérents du plus grand sur celui du plus petit",
    ),
    source=MEASURES,
    date="fact",
    needs=("facts.members",),
)
def members_ratio(history: History, i: Array, j: Array) -> Array:
    """Log ratio, 0 for equal sizes."""
    members = history.fact("members")
    logs = np.log(members, out=np.full(history.n, np.nan), where=members > 0)
    return np.abs(logs[i] - logs[j])


@feature(
    "staff_min",
    group="resources",
    label=("staff of the smaller", "effectif du plus petit"),
    unit=("full-time equivalents", "équivalents temps plein"),
    definition=("staff of the smaller of the two teams", "effectif de la plus petite des deux équipes"),
    source=MEASURES,
    date="fact",
    needs=("facts.staff",),
)
def staff_min(history: History, i: Array, j: Array) -> Array:
    """The smaller staff."""
    return least(history.fact("staff"), i, j)


@feature(
    "budget_min",
    group="resources",
    label=("budget of the smaller", "budget du plus petit"),
    unit=("euros", "euros"),
    definition=("yearly budget of the smaller of the two", "budget annuel du plus petit des deux"),
    source=MEASURES,
    date="fact",
    needs=("facts.budget_eur",),
)
def budget_min(history: History, i: Array, j: Array) -> Array:
    """The smaller budget."""
    return least(history.fact("budget_eur"), i, j)


@feature(
    "project_officer",
    group="resources",
    label=("project officer", "chargé de projets"),
    definition=(
        "one of the two at least employs a project officer",
        "l'un des deux au moins emploie un chargé de projets",
    ),
    source="registry, measures and events",
    date="fact",
    missing=(
        "missing if none is known of either and one of the two is not known to lack one",
        "manquant si aucun n'est connu et que son absence n'est pas établie pour les deux",
    ),
    needs=("facts.project_officer",),
)
def project_officer(history: History, i: Array, j: Array) -> Array:
    """1 if one is known, 0 if both are known to have none."""
    employed = history.fact("project_officer")
    known = np.fmax(employed[i], employed[j]) > 0
    return np.where(known, 1.0, np.where(greatest(employed, i, j) == 0, 0.0, np.nan))

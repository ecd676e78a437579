"""Maturity: phase and age of the two, from the start of operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .diversity import diversity_of_sides
from .pairwise import greatest, least
from .registry import Array, feature

if TYPE_CHECKING:
    from ..panel.history import History

START = "registry and events: first director, else foundation, else label"
PHASE = (
    "missing if the start of one of the two is not known",
    "manquant si le début d'activité de l'un des deux est inconnu",
)
YEARS = ("years", "années")


@feature(
    "both_development",
    group="maturity",
    label=("both in development", "les deux en développement"),
    definition=(
        "both have operated for structuring_months or more",
        "les deux sont en activité depuis structuring_months mois ou plus",
    ),
    source=START,
    date="age",
    missing=PHASE,
    needs=("clusters.start_low",),
    settings=("structuring_months",),
)
def both_development(history: History, i: Array, j: Array) -> Array:
    """Both are past structuring."""
    return _in_development(history, i, j, 2)


@feature(
    "one_structuring",
    group="maturity",
    label=("one structuring", "un en structuration"),
    definition=(
        "one of the two, not both, has operated for less than structuring_months",
        "l'un des deux seulement est en activité depuis moins de structuring_months mois",
    ),
    source=START,
    date="age",
    missing=PHASE,
    needs=("clusters.start_low",),
    settings=("structuring_months",),
)
def one_structuring(history: History, i: Array, j: Array) -> Array:
    """One is past structuring."""
    return _in_development(history, i, j, 1)


@feature(
    "both_structuring",
    group="maturity",
    label=("both structuring", "les deux en structuration"),
    definition=(
        "both have operated for less than structuring_months",
        "les deux sont en activité depuis moins de structuring_months mois",
    ),
    source=START,
    date="age",
    missing=PHASE,
    needs=("clusters.start_low",),
    settings=("structuring_months",),
)
def both_structuring(history: History, i: Array, j: Array) -> Array:
    """Neither is past structuring."""
    return _in_development(history, i, j, 0)


@feature(
    "age_min",
    group="maturity",
    label=("age of the younger", "âge du plus jeune"),
    unit=YEARS,
    definition=("years of operation of the younger", "années d'activité du plus jeune"),
    source=START,
    date="age",
    missing=PHASE,
    needs=("clusters.start_low",),
)
def age_min(history: History, i: Array, j: Array) -> Array:
    """Age of the younger side."""
    return least(history.age_months / 12, i, j)


@feature(
    "age_gap",
    group="maturity",
    label=("difference of age", "écart d'âge"),
    unit=YEARS,
    definition=("difference of the years of operation", "différence des années d'activité"),
    source=START,
    date="age",
    missing=PHASE,
    needs=("clusters.start_low",),
)
def age_gap(history: History, i: Array, j: Array) -> Array:
    """Absolute difference."""
    return np.abs(history.age_months[i] - history.age_months[j]) / 12


@feature(
    "partner_age",
    group="maturity",
    label=("age of the more mature side", "âge du plus mûr"),
    unit=YEARS,
    definition=("years of operation of the older", "années d'activité du plus âgé"),
    source=START,
    date="age",
    missing=PHASE,
    needs=("clusters.start_low",),
)
def partner_age(history: History, i: Array, j: Array) -> Array:
    """Age of the older side."""
    return greatest(history.age_months / 12, i, j)


@feature(
    "partner_grade",
    group="maturity",
    label=("grade of the more mature side", "note du plus mûr"),
    unit=("1 to 3", "1 à 3"),
    definition=(
        "latest grade of the older of the two (3 best); of equal ages, the higher",
        "dernière note du plus âgé des deux (3 : la meilleure) ; à âge égal, la plus haute",
    ),
    source="evaluations of 2008 and 2012, scored by features.grades",
    date="fact",
    missing=(
        "missing if the grade of the older (of either, at equal ages), or an age, is not known",
        "manquant si la note du plus âgé (de l'un des deux, à âge égal), ou un âge, est inconnu",
    ),
    needs=("facts.grade", "clusters.start_low"),
    settings=("grades",),
)
def partner_grade(history: History, i: Array, j: Array) -> Array:
    """Grade of the older side."""
    age, grade = history.age_months, history.once("grades", lambda: grades(history))
    older = np.where(age[i] > age[j], grade[i], grade[j])
    chosen = np.where(age[i] == age[j], greatest(grade, i, j), older)
    return np.where(np.isnan(age[i]) | np.isnan(age[j]), np.nan, chosen)


@feature(
    "portfolio_diversity_min",
    group="maturity",
    label=("diversity of the narrower portfolio", "diversité du portefeuille le plus étroit"),
    unit=("nats", "nats"),
    definition=(
        "Shannon entropy expected of diversity_words words drawn without return from the topics of a body's"
        " earlier projects, those that name both left out; the lower of the two",
        "entropie de Shannon attendue de diversity_words mots tirés sans remise des thèmes des projets"
        " antérieurs d'un organisme, sans ceux qui nomment les deux ; la plus faible des deux",
    ),
    source="records, topics; rarefaction after Chao et al. (2014)",
    date="records",
    missing=(
        "missing if the topics of one of the two have fewer than diversity_words words",
        "manquant si les thèmes de l'un des deux ont moins de diversity_words mots",
    ),
    needs=("projects.topic",),
    settings=("diversity_words", "leave_dyad_out"),
)
def portfolio_diversity_min(history: History, i: Array, j: Array) -> Array:
    """The lower entropy."""
    one, other = diversity_of_sides(history, i, j)
    return np.minimum(one, other)


def grades(history: History) -> Array:
    """Latest grade of each body as a score: its number if it has one, else by the words it begins with."""
    score = history.fact("grade").copy()
    for place, text in enumerate(history.fact_text("grade")):
        if text is None or not np.isnan(score[place]):
            continue
        fitting = [word for word in history.options.grades if str(text).startswith(word)]
        if fitting:
            score[place] = history.options.grades[max(fitting, key=len)]
    return score


def _in_development(history: History, i: Array, j: Array, number: int) -> Array:
    """1 where so many of the two are in development, 0 where not, NaN where a phase is not known."""
    grown = history.development[i] + history.development[j]
    return np.where(np.isnan(grown), np.nan, (grown == number).astype(float))

"""Stability: changes of the people who carry a relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..numerics.dyads import dyad_number
from ..panel.history import DAYS_PER_MONTH
from ..panel.pairs import PairCounts
from ..panel.people import DIRECTOR_EVENTS
from .registry import Array, feature

if TYPE_CHECKING:
    from ..panel.history import History


@feature(
    "director_turnover",
    group="stability",
    label=("change of director", "changement de directeur"),
    definition=(
        "one of the two changed its director within turnover_months before the reference day",
        "l'un des deux a changé de directeur dans les turnover_months mois avant le jour de référence",
    ),
    source="registry, events (director appointed or changed)",
    date="fact",
    missing=(
        "missing unless a change surely lies in the window, or both tenures are known to have begun before it"
        " and no change may lie in it; a tenure is taken to last until a change is recorded",
        "manquant sauf si un changement est sûrement dans la fenêtre, ou si les deux mandats ont commencé"
        " avant elle et qu'aucun changement ne peut s'y trouver ; un mandat dure jusqu'au changement relevé",
    ),
    needs=("events.director_change", "facts.director_change"),
    settings=("turnover_months",),
)
def director_turnover(history: History, i: Array, j: Array) -> Array:
    """1 after a change in the window, 0 if both tenures were observed without one."""
    changed = history.once("turnover", lambda: turnover(history))
    known = np.fmax(changed[i], changed[j]) > 0
    return np.where(known, 1.0, np.maximum(changed[i], changed[j]))


@feature(
    "director_mobility_link",
    group="stability",
    label=("a director's move", "mobilité d'un directeur"),
    definition=(
        "a director went from one of the two to the other within mobility_months before the reference day; a"
        " move from or to a body that has merged counts for its successor",
        "un directeur est passé de l'un à l'autre dans les mobility_months mois avant le jour de référence ;"
        " une mobilité de ou vers un organisme fusionné compte pour son successeur",
    ),
    source="registry, events (director appointed or changed) that name another body",
    date="events",
    missing=(
        "missing if no dated move is recorded at all; if none of the two surely lies in the window and one"
        " may",
        "manquant si aucune mobilité datée n'est relevée ; si aucune des deux n'est sûrement dans la fenêtre"
        " et que l'une peut l'être",
    ),
    needs=("events.event", "events.other_id"),
    settings=("mobility_months",),
)
def director_mobility_link(history: History, i: Array, j: Array) -> Array:
    """1 after a move in the window, 0 without one, NaN if it may have been before or in it."""
    if not history.moves_recorded:
        return np.full(len(i), np.nan)
    moves, opening = history.moves, _opening(history, history.options.mobility_months)
    keys = dyad_number(moves["i"], moves["j"], history.n)
    within, before = moves["low"] >= opening, moves["high"] < opening
    number = dyad_number(i, j, history.n)
    unsure = PairCounts.of(keys[~within & ~before]).at(number) > 0
    return np.where(PairCounts.of(keys[within]).at(number) > 0, 1.0, np.where(unsure, np.nan, 0.0))


def turnover(history: History) -> Array:
    """1 for a change in the window, 0 for a tenure known from before it, NaN for what is not observed.

    A change that may lie before or in the window leaves open whether the tenure before it has ended.
    """
    opening = _opening(history, history.options.turnover_months)
    happened = history.happened(DIRECTOR_EVENTS)
    within, before = happened["low"] >= opening, happened["high"] < opening
    changed = np.full(history.n, np.nan)
    for chosen, value in ((before, 0.0), (~within & ~before, np.nan), (within, 1.0)):
        changed[happened["cluster"][chosen]] = value
    return changed


def _opening(history: History, months: float) -> np.datetime64:
    """First day of a window of so many months before the reference day."""
    return history.reference - np.timedelta64(round(months * DAYS_PER_MONTH), "D")

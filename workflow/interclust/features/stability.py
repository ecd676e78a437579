"""Stability: changes of the people who carry a relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..panel.history import DAYS_PER_MONTH
from .registry import Array, feature

if TYPE_CHECKING:
    from ..panel.history import History

CHANGES = ("director_change", "director_start")


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
        "missing unless a change is known, or both tenures are known from before the window",
        "manquant sauf changement connu, ou si les deux mandats sont connus avant la fenêtre",
    ),
    needs=("events.director_change", "facts.director_change"),
)
def director_turnover(history: History, i: Array, j: Array) -> Array:
    """1 after a change in the window, 0 if both tenures were observed without one."""
    changed = history.once("turnover", lambda: turnover(history))
    known = np.fmax(changed[i], changed[j]) > 0
    return np.where(known, 1.0, np.maximum(changed[i], changed[j]))


def turnover(history: History) -> Array:
    """1 for a change in the window, 0 for a tenure known from before it, NaN for what is not observed."""
    window = round(history.options.turnover_months * DAYS_PER_MONTH)
    opening = history.reference - np.timedelta64(window, "D")
    happened = history.happened(CHANGES)
    changed = np.full(history.n, np.nan)
    changed[happened["cluster"][happened["high"] < opening]] = 0.0
    changed[happened["cluster"][happened["low"] >= opening]] = 1.0
    return changed

"""Rules of the programme under which a period's projects were submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .registry import Array, feature

if TYPE_CHECKING:
    from ..panel.history import History

SECOND_PHASE = np.datetime64("2009-01-01")  # of the State's policy towards clusters


@feature(
    "rule_regime",
    group="rules",
    label=("regime of the rules", "régime des règles"),
    unit=("number of the regime, from 0", "rang du régime, à partir de 0"),
    definition=(
        "regime of the rules in the period: 0 for the one of rule_regimes that begins first, 1 for the next"
        " and so on; the same for all pairs",
        "régime des règles de la période : 0 pour le premier de rule_regimes à commencer, 1 pour le suivant"
        " et ainsi de suite ; le même pour toutes les paires",
    ),
    source="the study's setting features.rule_regimes, which says where each regime is read",
    date="calendar",
    missing=(
        "missing before the first regime, and without the setting",
        "manquant avant le premier régime, et sans ce réglage",
    ),
    needs=("periods.period",),
    settings=("rule_regimes",),
)
def rule_regime(history: History, i: Array, j: Array) -> Array:
    """Number of regimes that have begun, less one."""
    begun = sum(first <= history.period for first in history.options.rule_regimes.values())
    return np.full(len(i), begun - 1.0 if begun else np.nan)


@feature(
    "after_2009",
    group="rules",
    label=("second policy phase", "deuxième phase de la politique"),
    definition=(
        "the reference day lies in or after the second phase of the State's policy, which began on"
        " 1 January 2009; the same for all pairs",
        "le jour de référence est dans la deuxième phase de la politique de l'État, ouverte le 1er janvier"
        " 2009, ou après elle ; la même valeur pour toutes les paires",
    ),
    source="reference days of the periods",
    date="calendar",
    missing=("never missing", "jamais manquant"),
    needs=("periods.reference",),
)
def after_2009(history: History, i: Array, j: Array) -> Array:
    """1 from the first day of the phase on."""
    return np.full(len(i), float(history.reference >= SECOND_PHASE))

"""The registry of features: one entry a feature, from which checks, dictionary and labels are made.

A feature is a vectorised function of a History and two arrays of cluster numbers::

    @feature("same_sector", group="cognitive", label=("same sector", "même secteur"), ...)
    def same_sector(history, i, j):
        ...

It receives nothing but what was known before the period, gives the same value for (i, j) and (j, i),
and returns NaN where it is not known, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..config.suggest import did_you_mean
from ..errors import ConfigError

if TYPE_CHECKING:
    from ..panel.history import History

Array = np.ndarray
Text = tuple[str, str]  # English, French
Function = Callable[["History", Array, Array], Array]

GROUPS = (
    "exposure",
    "geographic",
    "cognitive",
    "complementarity",
    "social",
    "institutional",
    "maturity",
    "resources",
    "stability",
    "competition",
    "rules",
)
DATE_RULES: Mapping[str, Text] = {
    "timeless": (
        "judged once for all time",
        "jugé une fois pour toutes",
    ),
    "records": (
        "records of earlier periods",
        "projets des périodes antérieures",
    ),
    "fact": (
        "latest value known before the reference day",
        "dernière valeur connue avant le jour de référence",
    ),
    "in force": (
        "in force on the reference day",
        "en vigueur au jour de référence",
    ),
    "events": (
        "events dated before the reference day",
        "événements datés d'avant le jour de référence",
    ),
    "calendar": (
        "set for each period before it opens",
        "fixé pour chaque période avant son ouverture",
    ),
    "age": (
        "on the reference day, from the start of operations (of the oldest predecessor after a merger)",
        "au jour de référence, depuis le début d'activité (du plus ancien prédécesseur après fusion)",
    ),
}
MISSING_RULES: Mapping[str, Text] = {
    "never": (
        "never missing: a count of what is recorded",
        "jamais manquant : un décompte de ce qui est relevé",
    ),
    "either": (
        "missing if not known for one of the two",
        "manquant si inconnu pour l'un des deux",
    ),
}


@dataclass(frozen=True)
class Feature:
    """One feature; texts are (English, French).

    ``needs`` names the columns of records it rests on, ``settings`` those of ``features`` that it heeds.
    """

    name: str
    group: str
    label: Text
    unit: Text
    definition: Text
    source: str
    date_rule: Text
    missing_rule: Text
    needs: tuple[str, ...]
    settings: tuple[str, ...]
    function: Function

    def __call__(self, history: History, i: Array, j: Array) -> Array:
        """Values for the pairs (i, j), float32, NaN where missing."""
        return np.asarray(self.function(history, i, j), dtype=np.float32)


REGISTRY: dict[str, Feature] = {}


def feature(
    name: str,
    *,
    group: str,
    label: Text,
    unit: Text = ("0 or 1", "0 ou 1"),
    definition: Text,
    source: str,
    date: str,
    missing: str | Text = "either",
    needs: tuple[str, ...],
    settings: tuple[str, ...] = (),
) -> Callable[[Function], Function]:
    """Register a function as the feature ``name``.

    ``date`` is a key of DATE_RULES; ``missing`` a key of MISSING_RULES or a rule of its own; ``needs`` and
    ``settings`` as in Feature. Raises ValueError for a name that is taken or a group that does not exist.
    """
    if name in REGISTRY or group not in GROUPS:
        raise ValueError(f"the feature {name} is registered twice, or its group {group} is not known")
    rule = MISSING_RULES[missing] if isinstance(missing, str) else missing

    def register(function: Function) -> Function:
        REGISTRY[name] = Feature(
            name, group, label, unit, definition, source, DATE_RULES[date], rule, needs, settings, function
        )
        return function

    return register


def select(names: Iterable[str] | None) -> list[Feature]:
    """The features of these names, once each, in this order; None gives all, by group.

    Raises ConfigError for a name that is not registered.
    """
    if names is None:
        return sorted(REGISTRY.values(), key=lambda item: GROUPS.index(item.group))
    unknown = [name for name in names if name not in REGISTRY]
    if unknown:
        known = sorted(REGISTRY)
        hint = did_you_mean(unknown[0], known) or f"; known are {', '.join(known)}"
        raise ConfigError(f"features.names: there is no feature {unknown[0]!r}{hint}")
    return [REGISTRY[name] for name in dict.fromkeys(names)]

"""Moves of directors and affiliations as dated arrays; History says what of them is known."""

from __future__ import annotations

import numpy as np

from ..config.suggest import did_you_mean
from ..errors import ConfigError
from .arrays import Coded, Dated, days
from .tables import ALWAYS, Tables

DIRECTOR_EVENTS = ("director_change", "director_start")


def moves(tables: Tables) -> Dated:
    """Dated events in which a director came from another body: cluster, other, low, high.

    By the last day on which they may have happened; low is NaT where not known.
    """
    events = tables.records.events
    events = events[events["high"].notna() & events["event"].isin(DIRECTOR_EVENTS)]
    cluster, other = tables.number(events["cluster_id"]), tables.number(events["other_id"])
    kept = (cluster >= 0) & (other >= 0) & (cluster != other)
    low, high = days(events["low"])[kept], days(events["high"])[kept]
    return Dated.of(high, {"cluster": cluster[kept], "other": other[kept], "low": low, "high": high})


def affiliations_named(tables: Tables) -> tuple[str, ...]:
    """Every federation, agency or ministry that the affiliations name, sorted.

    Raises ConfigError for a name of ``features.affiliations`` that a study with affiliations lacks.
    """
    named = tuple(sorted(set(tables.records.affiliations["affiliation"])))
    for group, names in tables.settings.features.affiliations.items():
        unknown = [name for name in names if name not in named]
        if named and unknown:
            hint = did_you_mean(unknown[0], named) or f"; they name {', '.join(named)}"
            raise ConfigError(f"features.affiliations.{group}: no affiliation is to {unknown[0]!r}{hint}")
    return named


def affiliations(tables: Tables) -> Dated:
    """Affiliations, by the day from which they hold: cluster, affiliation (number of its name), until.

    Those without a date hold always; until is the last day, NaT where open.
    """
    table = tables.records.affiliations
    since = days(table["valid_from"])
    columns = {
        "cluster": tables.number(table["cluster_id"]),
        "affiliation": Coded.of(table["affiliation"], affiliations_named(tables)).codes,
        "until": days(table["valid_to"]),
    }
    return Dated.of(np.where(np.isnat(since), ALWAYS, since), columns)

"""Units that can be completed by hand: a call, the portfolio of a body, every call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .calls import Call
from .law import ListLaw, PeriodLaw
from .portfolios import Published, mean_size

Array = np.ndarray
Kind = Literal["call", "cluster", "all"]


@dataclass(frozen=True)
class Unit:
    """What is completed: its number (of a call or a cluster), projects to read, lists gained, information.

    ``projects`` is None for the portfolio of a body whose number of projects is not published; the number of
    its lists then rests on the law. ``information`` (P, P) is expected of the lists gained together.
    """

    kind: Kind
    number: int
    projects: float | None
    lists: float
    information: Array


def call_units(law: ListLaw, calls: Sequence[Call]) -> list[Unit]:
    """Each call completed by itself."""
    found = []
    for call in calls:
        own = law.on(call.period)
        information = np.zeros((law.n_parameters,) * 2)
        information[np.ix_(own.at, own.at)] = call.lists * own.information()
        found.append(Unit("call", call.period, call.to_read, call.lists, information))
    return found


def cluster_units(
    law: ListLaw,
    calls: Sequence[Call],
    printed: Mapping[int, int],
    published: Mapping[int, Published],
) -> list[Unit]:
    """The lists of each body over all calls, as if it gave its portfolio.

    ``printed`` counts the lists of the model that name each body, ``published`` its projects where they are.
    """
    found = []
    laws = {call.period: law.on(call.period) for call in calls}
    for body in law.bodies.tolist():
        lists, information = _portfolio(law, calls, laws, body)
        total, projects = published.get(body), None
        if total is not None and lists > 0.0:
            expected = max(total.lists(calls, mean_size(law.sizes)) - printed.get(body, 0), 0.0)
            information *= expected / lists
            lists, projects = expected, max(total.projects - printed.get(body, 0), 0.0)
        found.append(Unit("cluster", body, projects, lists, information))
    return found


def _portfolio(
    law: ListLaw, calls: Sequence[Call], laws: Mapping[int, PeriodLaw], body: int
) -> tuple[float, Array]:
    """Lists not printed yet that name a body, by its share under the law, and their information."""
    lists, information = 0.0, np.zeros((law.n_parameters,) * 2)
    for call in calls:
        own = laws[call.period]
        row = int(np.searchsorted(own.who, body))
        if row < len(own.who) and own.who[row] == body:
            named, told = own.portfolio(row)
            lists += call.lists * named
            information[np.ix_(own.at, own.at)] += call.lists * told
    return lists, information


def together(units: Sequence[Unit]) -> Unit:
    """All units at once: lists and projects add up, as calls do (and portfolios do not)."""
    information = np.sum([unit.information for unit in units], axis=0)
    projects = sum(unit.projects or 0.0 for unit in units)
    return Unit("all", 0, projects, sum(unit.lists for unit in units), information)

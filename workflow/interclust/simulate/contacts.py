"""A survey of contacts in a simulated world: a ledger of coded relations with a known truth.

In each period of the survey some bodies, the egos, say of every other body that exists whether they were in
contact. Contact of i and j has the probability

    P = 1 - exp(-exp(a + x_ij'b + u_i + u_j))

with features of what the world knew before the period and one effect u a body, so that dyads with a body in
common depend. A joint idea comes of a contact, an attempt of an idea and a project of an attempt, with one
probability each. Contact is of the dyad: two egos tell of one and the same. Any cell may be blank, at random.
Random numbers are streams of their own: the projects of a world do not depend on its survey.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts import CONTRACTS
from ..panel.contacts import CODED, contact_tables, exists
from .strengths import truncated_normal
from .utility import log_weights

if TYPE_CHECKING:
    import pandas as pd

    from ..panel import History, Tables
    from ..records import Records

Array = np.ndarray
Row = dict[str, Any]

STREAM = 1  # with the period the key of a survey's random numbers; projects have the period alone
PHASES = {0.0: "structuring", 1.0: "development"}


def draw_contacts(study: Mapping[str, Any], records: Records, seed: int) -> pd.DataFrame:
    """The ledger of a survey (contract ``ingest/relations``) by the settings ``simulate.contacts``.

    ``records`` hold the projects of the world. Raises ConfigError for a period that the study has not.
    """
    settings = study["simulate"]["contacts"]
    tables = contact_tables(records, study)
    effect = settings["cluster_effects"]["sd"] * truncated_normal(stream(seed, 0), tables.n)
    rows: list[Row] = []
    for period in settings["periods"]:
        rows += rows_of_period(tables, period, settings, effect, stream(seed, period))
    return CONTRACTS["ingest/relations"].frame(rows)


def rows_of_period(
    tables: Tables, period: int, settings: Mapping[str, Any], effect: Array, rng: np.random.Generator
) -> list[Row]:
    """What the egos of one period say, ego by ego; ``effect`` (n,) are the effects of bodies."""
    from ..panel import History

    history = History.before(tables, period)
    first, last = span(tables, period)
    there = np.flatnonzero(exists(tables, np.arange(tables.n), *np.array([[first], [first]])))
    egos = chosen(history, there, settings["egos"], rng)
    i, j = there[np.stack(np.triu_indices(len(there), 1))]
    asked = np.isin(i, egos) | np.isin(j, egos)
    i, j = i[asked], j[asked]
    told = outcomes(history, i, j, settings, effect, rng)
    ego = np.concatenate([i[np.isin(i, egos)], j[np.isin(j, egos)]])
    alter = np.concatenate([j[np.isin(i, egos)], i[np.isin(j, egos)]])
    told = {name: np.concatenate([x[np.isin(i, egos)], x[np.isin(j, egos)]]) for name, x in told.items()}
    order = np.lexsort((alter, ego))
    blank = rng.random((len(order), len(CODED))) < settings["blank"]
    said = {name: np.where(blank[:, k], np.nan, told[name][order]) for k, name in enumerate(CODED)}
    dates = {"from_low": first, "from_high": first, "to_low": last, "to_high": last}
    return printed(tables, history, ego[order], alter[order], said, dates)


def span(tables: Tables, period: int) -> tuple[np.datetime64, np.datetime64]:
    """First and last day of a survey: the reference day, and the day before the next one (a year at most)."""
    reference = tables.calendar.reference
    first = reference[tables.calendar.position(period)]
    later = reference[reference > first]
    after = later[0] if len(later) else first + np.timedelta64(365, "D")
    return first, after - np.timedelta64(1, "D")


def chosen(history: History, there: Array, wanted: Mapping[str, int], rng: np.random.Generator) -> Array:
    """Numbers of the egos, sorted: so many of the bodies in structuring, and so many of the others."""
    structuring = history.development[there] == 0.0
    groups = (there[structuring], there[~structuring])
    counts = (wanted["structuring"], wanted["others"])
    drawn = [rng.permutation(group)[:count] for group, count in zip(groups, counts, strict=True)]
    return np.sort(np.concatenate(drawn))


def outcomes(
    history: History, i: Array, j: Array, settings: Mapping[str, Any], effect: Array, rng: np.random.Generator
) -> dict[str, Array]:
    """1, 0 or NaN (not asked, for the step before it did not come) of every dyad (i, j) and step."""
    eta = settings["intercept"] + log_weights(history, i, j, settings["coefficients"])
    draws = rng.random((len(CODED), len(i)))
    contact = draws[0] < -np.expm1(-np.exp(eta + effect[i] + effect[j]))
    share = settings["shares"]
    practice = draws[1] < share["practice_exchange"]
    idea = draws[2] < share["joint_idea"]
    attempted = draws[3] < share["project_attempted"]
    realised = attempted & (draws[4] < share["project_realised"])
    met, had = contact, contact & idea
    return {
        "contact": contact.astype(float),
        "practice_exchange": np.where(met, practice, np.nan),
        "joint_idea": np.where(met, idea, np.nan),
        "project_attempted": np.where(had, attempted, np.nan),
        "project_realised": np.where(had, realised, np.nan),
    }


def printed(
    tables: Tables,
    history: History,
    ego: Array,
    alter: Array,
    said: Mapping[str, Array],
    dates: Mapping[str, np.datetime64],
) -> list[Row]:
    """Rows of ingest/relations."""
    clusters = tables.records.clusters
    ids, names = clusters["cluster_id"].tolist(), clusters["name"].tolist()
    phases = [PHASES.get(value) for value in history.development[ego].tolist()]
    cells = {name: [None if x != x else bool(x) for x in values.tolist()] for name, values in said.items()}
    return [
        {
            "ego": names[a],
            "alter": names[b],
            "ego_id": ids[a],
            "alter_id": ids[b],
            "phase": phases[row],
            **{name: values[row] for name, values in cells.items()},
            **dates,
        }
        for row, (a, b) in enumerate(zip(ego.tolist(), alter.tolist(), strict=True))
    ]


def realisation(settings: Mapping[str, Any]) -> float:
    """Probability that a joint idea is realised: attempted, and the attempt a success."""
    return float(settings["shares"]["project_attempted"] * settings["shares"]["project_realised"])


def stream(seed: int, period: int) -> np.random.Generator:
    """Random numbers of the survey of one period of one world; 0 stands for the effects of bodies."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(STREAM, period)))

"""The columns of the tables that describe a panel: types as in contracts, and what each column means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...contracts import Contract

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, tuple[str, str]]

TABLES: Mapping[str, Columns] = {
    "network": {
        "scope": ("str", "period: ties of the period alone; cumulative: also the earlier ones"),
        "period": ("int16", "the period"),
        "bodies": ("int32", "eligible bodies active in the period"),
        "bodies_tied": ("int32", "those with a tie"),
        "projects": ("int32", "projects behind the ties"),
        "ties": ("int32", "pairs tied"),
        "density": ("float64?", "ties / pairs of active bodies"),
        "mean_degree": ("float64?", "partners of an active body on average"),
        "components": ("int32", "components of two bodies or more"),
        "largest": ("int32", "bodies in the largest component"),
        "share_largest": ("float64?", "those, of the bodies with a tie"),
        "centralisation": ("float64?", "degree centralisation (Freeman 1979), over active bodies"),
        "clustering": ("float64?", "mean local clustering (Watts and Strogatz 1998)"),
        "transitivity": ("float64?", "three triangles / connected triples (Newman 2003, eq. 3)"),
        "transitivity_of_lists": (
            "float64?",
            "transitivity if bodies were on the lists at random (Newman, Strogatz and Watts 2001); up to a "
            "density of 0.1, beyond which the formula does not hold",
        ),
        "triangles": ("int32", "triangles"),
        "share_of_one_list": ("float64?", "triangles whose three bodies are on one list, of all"),
        "degree_assortativity": ("float64?", "correlation of partners' degrees (Newman 2002, eq. 4)"),
        "sector_assortativity": ("float64?", "by sector (Newman 2003, Mixing patterns, eq. 2)"),
        "region_assortativity": ("float64?", "by region of the head office, likewise"),
    },
    "transitions": {
        "outcome": ("str", "emergence: a first tie; recurrence: a tie again"),
        "by": ("str", "all, period, or prior_projects (recurrence: earlier joint projects, 4+ four or more)"),
        "level": ("str?", "which of them"),
        "at_risk": ("int32", "pairs of active bodies in the risk set, by period"),
        "events": ("int32", "those with a tie in the period"),
        "rate": ("float64?", "events / at_risk, on complete records only"),
        "reading": ("str", "what events and rate are"),
    },
    "gaps": {
        "gap": ("int16", "periods since the last tie; 0: the period of the tie itself"),
        "entered": ("int32", "gaps first seen at this length: with their tie (0), or later (a successor's)"),
        "at_risk": ("int32", "gaps that had come to this length"),
        "events": ("int32", "those that a tie ended in this period"),
        "censored": ("int32", "those not followed further: end of the records or of one of the two"),
        "hazard": ("float64?", "events / at_risk"),
        "survivor": ("float64?", "share of gaps that last longer (Kaplan and Meier 1958)"),
    },
    "lists": {
        "by": ("str", "all, period, or source (a list of two sources is counted at both)"),
        "level": ("str?", "which period or source; null: the list has no date, or names no source"),
        "set": ("str", "strict, joint or broad"),
        "m": ("int16", "eligible bodies on the list"),
        "lists": ("int32", "lists of two eligible bodies or more that can be placed in time"),
        "projects": ("int32", "projects that they were printed for"),
    },
    "visibility": {
        "cluster_id": ("str", "the body: eligible, and active in some period of the panel"),
        "name": ("str", "its name"),
        "projects": ("int32", "projects recorded that name it"),
        "lists": ("int32", "lists of two eligible bodies or more that name it"),
        "partners": ("int32", "bodies with which it shares a list"),
        "first": ("int16?", "first period of a published total of the body's projects"),
        "last": ("int16?", "last period of it"),
        "published": ("float64?", "that total"),
        "recorded": ("int32?", "projects recorded that name the body in those periods"),
        "record_rate": ("float64?", "recorded / published"),
        "source": ("str?", "file and line of the total"),
    },
    "mergers": {
        "record": ("str", "event: a row of the registry's events; registry: a body with a successor"),
        "cluster_id": ("str", "the body of the record"),
        "name": ("str", "its name"),
        "year_low": ("int16?", "first year that the record allows"),
        "year_high": ("int16?", "last year that the record allows"),
        "other": ("str?", "the partner or successor as the record has it"),
        "year": ("int16?", "year of the pair that it makes; a pair may answer to several records"),
        "cluster_i": ("str?", "one of the pair"),
        "cluster_j": ("str?", "the other of the pair"),
        "way": ("str?", "absorbed: one absorbed the other; joined: both went into a third"),
        "why": ("str?", "why the record makes no pair"),
    },
    "merger_years": {
        "year": ("int16", "the year"),
        "pairs": ("int32", "pairs of bodies at risk on its reference day"),
        "events": ("int32", "pairs that became one in the year"),
        "undated": ("int32", "pairs that became one in a year that is not known, perhaps this one"),
    },
    "contacts": {
        "step": ("str", "step from the ledger to the rows of each outcome (where contacts are modelled)"),
        "kept": ("int32", "relations that are left"),
        "left": ("int32", "those that leave here (of the two outcomes: among the rows)"),
        "why": ("str?", "why"),
    },
}


def frame(table: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a table with its columns and types, in the order given; ContractError if they do not fit."""
    tokens = {name: token for name, (token, _) in TABLES[table].items()}
    contract = Contract(f"panel/describe/{table}", tokens, key=())
    return contract.check(contract.frame(list(rows)))


def dictionary() -> pd.DataFrame:
    """Every column of every table: table, column, type, meaning."""
    import pandas as pd

    rows = [
        {"table": f"{table}.csv", "column": name, "type": token, "meaning": meaning}
        for table, columns in TABLES.items()
        for name, (token, meaning) in columns.items()
    ]
    return pd.DataFrame(rows)

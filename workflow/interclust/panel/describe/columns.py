"""The columns of the tables that describe a panel: types as in contracts, and what each column means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...contracts import Contract

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, tuple[str, str]]

TABLES: Mapping[str, Columns] = {
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

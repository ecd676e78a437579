"""Writing the tables that describe a panel, as CSV for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...io import write_csv
from ..blocks import Store
from ..settings import SettingsLike
from ..tables import Tables
from .columns import dictionary
from .contacts import contact_flow
from .gaps import gaps
from .lists import list_counts
from .mergers import merger_flow, merger_years
from .network import network
from .transitions import transitions
from .visibility import visibility

if TYPE_CHECKING:
    from ...records import Records

READ = ("tie", "in_emergence_risk_set", "in_recurrence_risk_set", "prior_projects", "periods_since_last_tie")


def write(
    records: Records | Tables,
    settings: SettingsLike,
    panel: str | Path,
    checks: Iterable[Mapping[str, Any]] = (),
    complete: bool = True,
) -> None:
    """Write network, transitions, gaps, lists, visibility and columns (CSV) to ``panel/describe``.

    ``panel`` is the folder of the stage, whose period files are gone through block by block; ``checks`` are
    those of ingest.json; ``complete`` says whether every label is known.
    """
    tables, folder = Tables.of(records, settings), Path(panel) / "describe"
    store = Store.open(Path(panel) / "periods")
    found = {
        "network": network(tables),
        "transitions": transitions(store.by_period([*READ, *store.weights]), complete),
        "gaps": gaps(store.by_period(READ), complete),
        "lists": list_counts(tables),
        "visibility": visibility(tables, checks),
        "columns": dictionary(),
    }
    for name, table in found.items():
        write_csv(table, folder / f"{name}.csv")


def write_contact_flow(records: Records | Tables, settings: SettingsLike, path: str | Path) -> None:
    """Write contacts.csv."""
    write_csv(contact_flow(records, settings), path)


def write_merger_tables(records: Records | Tables, settings: SettingsLike, folder: str | Path) -> None:
    """Write mergers.csv and merger_years.csv to ``folder``."""
    write_csv(merger_flow(records, settings), Path(folder) / "mergers.csv")
    write_csv(merger_years(records, settings), Path(folder) / "merger_years.csv")

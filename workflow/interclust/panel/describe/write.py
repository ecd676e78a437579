"""Writing the tables that describe a panel, as CSV for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ...io import write_csv
from ..settings import SettingsLike
from ..tables import Tables
from .mergers import merger_flow, merger_years

if TYPE_CHECKING:
    from ...records import Records


def write_merger_tables(records: Records | Tables, settings: SettingsLike, folder: str | Path) -> None:
    """Write mergers.csv and merger_years.csv to ``results/<study>/panel/describe``."""
    write_csv(merger_flow(records, settings), Path(folder) / "mergers.csv")
    write_csv(merger_years(records, settings), Path(folder) / "merger_years.csv")

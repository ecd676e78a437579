"""What ingest hands over: the records, and the tables that people check them by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..io import write_csv, write_json
from ..records import Records

if TYPE_CHECKING:
    import pandas as pd

SUMMARY = "ingest.json"
COLUMNS = {
    "resolution": (
        "printed",
        "cluster_id",
        "cluster_name",
        "method",
        "score",
        "records",
        "first_period",
        "last_period",
        "note",
    ),
    "unresolved": ("printed", "records", "rank", "cluster_id", "cluster_name", "score", "note"),
    "quarantine": ("file", "line", "column", "value", "reason", "remedy"),
    "conflicts": ("project_id", "cluster_id", "field", "values", "kept", "rule"),
    "alias_candidates": ("alias", "cluster", "valid_from", "valid_to", "exact_only"),
    "sources": ("source_id", "n_records", "n_multi", "scope", "list_format", "url"),
}


@dataclass(frozen=True)
class IngestResult:
    """Records and reports of one study; ``summary`` is the content of ingest.json.

    ``alias_candidates`` holds the suggestions for unresolved names as lines of the study's table of aliases.
    """

    records: Records
    resolution: pd.DataFrame
    unresolved: pd.DataFrame
    quarantine: pd.DataFrame
    conflicts: pd.DataFrame
    sources: pd.DataFrame
    alias_candidates: pd.DataFrame
    summary: dict[str, Any]

    @classmethod
    def files(cls) -> list[str]:
        """The names of the files that ``write`` makes."""
        tables = [f"{name}.parquet" for name in Records.names()]
        return [*tables, *(f"{name}.csv" for name in COLUMNS), SUMMARY]

    def write(self, folder: str | Path) -> None:
        """Write every table of the stage: Parquet by contract, CSV and ingest.json for people."""
        folder = Path(folder)
        self.records.write(folder)
        for name in COLUMNS:
            write_csv(getattr(self, name), folder / f"{name}.csv")
        write_json(self.summary, folder / SUMMARY)


def report(name: str, rows: list[dict[str, Any]], columns: Sequence[str] = ()) -> pd.DataFrame:
    """A table for people: the columns in order, whole numbers without a point."""
    import pandas as pd

    table = pd.DataFrame(rows, columns=list(columns or COLUMNS[name]))
    whole = [
        column for column in ("records", "rank", "line", "first_period", "last_period") if column in table
    ]
    return table.astype(dict.fromkeys(whole, "Int32"))

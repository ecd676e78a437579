"""The relations of a simulated world as a raw table, in the columns that its study maps."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..contracts import CONTRACTS
from ..io import atomic

if TYPE_CHECKING:
    import pandas as pd


def joined(judged: pd.DataFrame, survey: pd.DataFrame) -> pd.DataFrame:
    """Relations that the registry judges (rivalries), then those of a survey, as ingest reads them."""
    import pandas as pd

    rows = [*judged.to_dict("records"), *survey.to_dict("records")]
    return CONTRACTS["ingest/relations"].frame(pd.DataFrame(rows, columns=list(survey.columns)))


def write_ledger(relations: pd.DataFrame, spec: Mapping[str, Any], folder: Path) -> None:
    """Write relations (contract ``ingest/relations``) by the section ``ingest.relations`` of a study."""
    columns = spec["columns"]
    with (
        atomic(folder / spec["file"]) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns.values())
        for row in relations.to_dict("records"):
            days = {name: row[f"{name}_low"] for name in ("from", "to")}
            writer.writerow([_text({**row, **days}[name]) for name in columns])


def _text(cell: Any) -> str:
    """1, 0, a day in ISO, or blank."""
    import pandas as pd

    if pd.isna(cell):
        return ""
    if isinstance(cell, pd.Timestamp):
        return cell.date().isoformat()
    return str(int(cell)) if pd.api.types.is_bool(cell) else str(cell)

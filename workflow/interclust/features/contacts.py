"""Features of the dyads of coded relations, so that contacts can be modelled as ties are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..contracts import METADATA_KEY, STORED
from ..io import atomic
from ..panel.contacts import contact_tables
from ..panel.contacts import contacts as coded_relations
from ..panel.history import History
from ..panel.settings import SettingsLike
from ..panel.tables import Tables
from .compute import columns
from .registry import select

if TYPE_CHECKING:
    import pandas as pd

    from ..records import Records


def contacts(
    records: Records | Tables, names: Iterable[str] | None = None, settings: SettingsLike = None
) -> pd.DataFrame:
    """The rows of ``panel.contacts`` with one column a feature (float32, NaN missing).

    Features are what was known before the period of the relation. ``names`` None takes those of the
    settings. Raises ConfigError for an unknown name.
    """
    import pandas as pd

    tables = contact_tables(records, settings)
    chosen = [item.name for item in select(tables.settings.features.names if names is None else names)]
    table = coded_relations(tables)
    parts = [_with_features(tables, int(period), rows, chosen) for period, rows in table.groupby("period")]
    return pd.concat(parts, ignore_index=True) if parts else table.assign(**dict.fromkeys(chosen, 0.0))


def _with_features(tables: Tables, period: int, rows: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    i, j = (rows[name].to_numpy() for name in ("cluster_i", "cluster_j"))
    return rows.assign(**columns(History.before(tables, period), i, j, names))


def write_contacts(records: Records | Tables, settings: SettingsLike, path: str | Path) -> None:
    """Write ``contacts`` with the features of the settings."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(contacts(records, None, settings), preserve_index=False)
    table = table.replace_schema_metadata({METADATA_KEY: b"features/contacts/1"})
    with atomic(path) as temporary:
        pq.write_table(table, temporary, use_dictionary=False, **STORED)

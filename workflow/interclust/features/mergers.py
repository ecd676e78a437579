"""Features of the pairs that may merge, so that mergers can be modelled as ties are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..contracts import METADATA_KEY, STORED
from ..io import atomic
from ..panel.blocks import frame
from ..panel.mergers import merger_blocks, merger_tables
from ..panel.settings import SettingsLike
from ..panel.tables import Tables
from .compute import with_features
from .registry import select

if TYPE_CHECKING:
    import pandas as pd

    from ..records import Records


def mergers(
    records: Records | Tables, names: Iterable[str] | None = None, settings: SettingsLike = None
) -> pd.DataFrame:
    """The rows of ``panel.mergers`` with one column a feature (float32, NaN missing).

    Features are what was known before the year's reference day: projects of earlier years, facts and events
    dated before the day. ``names`` None takes those of the settings. Raises ConfigError for an unknown name.
    """
    tables = merger_tables(records, settings)
    chosen = select(tables.settings.features.names if names is None else names)
    table = frame(with_features(tables, merger_blocks(tables), chosen))
    return table.rename(columns={"period": "year"})


def write_mergers(records: Records | Tables, settings: SettingsLike, path: str | Path) -> None:
    """Write ``mergers`` with the features of the settings; without a merger a table of no columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(mergers(records, None, settings), preserve_index=False)
    table = table.replace_schema_metadata({METADATA_KEY: b"features/mergers/1"})
    with atomic(path) as temporary:
        pq.write_table(table, temporary, use_dictionary=False, **STORED)

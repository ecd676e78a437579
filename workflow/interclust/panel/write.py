"""Writing the stage: period files, lists, dyads and the flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..contracts import CONTRACTS
from ..io import atomic, write_json
from . import blocks as period_files
from .build import period_blocks
from .dyads import dyad_batches, row_projects
from .flow import count_rows, flow_of
from .lists import lists
from .settings import SettingsLike
from .tables import Tables

if TYPE_CHECKING:
    import pyarrow as pa

    from ..records import Records
    from .blocks import Block


def write(records: Records | Tables, settings: SettingsLike, folder: str | Path) -> None:
    """Write ``results/<study>/panel``: periods/, lists, row_projects, dyads (Parquet) and flow.json."""
    tables, folder = Tables.of(records, settings), Path(folder)
    counts: Counter[str] = Counter()
    period_files.clear(folder / "periods")
    for position in np.flatnonzero(tables.calendar.panel):
        period = int(tables.calendar.periods[position])
        path = folder / "periods" / period_files.file_name(period)
        blocks = _counted(period_blocks(tables, int(position)), counts)
        period_files.write_period(blocks, path, "panel/periods")
    CONTRACTS["panel/lists"].write(lists(tables), folder / "lists.parquet")
    CONTRACTS["panel/row_projects"].write(row_projects(tables), folder / "row_projects.parquet")
    _write_dyads(dyad_batches(tables), folder / "dyads.parquet")
    write_json(flow_of(tables, counts), folder / "flow.json")


def _counted(blocks: Iterable[Block], counts: Counter[str]) -> Iterator[Block]:
    """Pass blocks on and count their rows and events on the way."""
    for block in blocks:
        counts.update(count_rows([block]))
        yield block


def _write_dyads(batches: Iterable[pa.RecordBatch], path: Path) -> None:
    """One row group a shard."""
    import pyarrow.parquet as pq

    contract = CONTRACTS["panel/dyads"]
    options = {"compression": "zstd", "use_dictionary": contract.string_columns}
    with atomic(path) as temporary, pq.ParquetWriter(temporary, contract.arrow_schema, **options) as writer:
        for batch in batches:
            writer.write_batch(batch)

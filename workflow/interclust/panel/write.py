"""Writing the stage: period files, lists, dyads and the flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..contracts import CONTRACTS, STORED, Contract
from ..io import atomic, write_json
from ..parallel import mapped
from . import blocks as period_files
from .build import period_blocks
from .coverage import coverage
from .dyads import dyad_batches, dyads_contract, row_projects
from .flow import COUNTED, count_rows, flow_of
from .lists import lists
from .settings import SettingsLike
from .tables import Tables

if TYPE_CHECKING:
    import pyarrow as pa

    from ..records import Records
    from .blocks import Block


def write(records: Records | Tables, settings: SettingsLike, folder: str | Path, threads: int = 1) -> None:
    """Write ``results/<study>/panel``: periods/, lists, row_projects, regions, dyads (Parquet) and flow.json.

    ``threads`` periods are built at a time; the files are the same whatever their number.
    """
    tables, folder = Tables.of(records, settings), Path(folder)
    period_files.clear(folder / "periods")
    positions = np.flatnonzero(tables.calendar.panel).tolist()
    counts = mapped(lambda position: write_position(tables, position, folder / "periods"), positions, threads)
    _write_rest(tables, folder, sum(counts, Counter()))


def write_periods(
    records: Records | Tables,
    settings: SettingsLike,
    folder: str | Path,
    periods: Sequence[int],
    threads: int = 1,
) -> None:
    """Write the files of some periods alone: a part of ``write`` for one job of several, then ``gather``."""
    tables, folder = Tables.of(records, settings), Path(folder)
    positions = [tables.calendar.position(period) for period in periods]
    mapped(lambda position: write_position(tables, position, folder / "periods"), positions, threads)


def gather(records: Records | Tables, settings: SettingsLike, folder: str | Path) -> None:
    """Write what ``write`` does beside the period files, which ``write_periods`` has written."""
    tables, folder = Tables.of(records, settings), Path(folder)
    periods = tables.calendar.periods[tables.calendar.panel].tolist()
    period_files.clear(folder / "periods", keep=periods)
    store = period_files.Store.open(folder / "periods")
    _write_rest(tables, folder, Counter(count_rows(store.by_period(COUNTED))))


def _write_rest(tables: Tables, folder: Path, counts: Counter[str]) -> None:
    """Lists, the projects of rows, regions, dyads and the flow."""
    CONTRACTS["panel/lists"].write(lists(tables), folder / "lists.parquet")
    CONTRACTS["panel/row_projects"].write(row_projects(tables), folder / "row_projects.parquet")
    CONTRACTS["panel/regions"].write(coverage(tables), folder / "regions.parquet")
    _write_dyads(dyad_batches(tables), dyads_contract(tables), folder / "dyads.parquet")
    write_json(flow_of(tables, counts), folder / "flow.json")


def write_position(tables: Tables, position: int, folder: Path) -> Counter[str]:
    """Write the file of one period, by its place in the calendar; return what ``flow`` counts of it."""
    counts: Counter[str] = Counter()
    blocks = _counted(period_blocks(tables, position), counts)
    path = folder / period_files.file_name(int(tables.calendar.periods[position]))
    period_files.write_period(blocks, path, "panel/periods", sampling=tables.settings.panel.sampling)
    return counts


def _counted(blocks: Iterable[Block], counts: Counter[str]) -> Iterator[Block]:
    """Pass blocks on and count their rows and events on the way."""
    for block in blocks:
        counts.update(count_rows([block]))
        yield block


def _write_dyads(batches: Iterable[pa.RecordBatch], contract: Contract, path: Path) -> None:
    """One row group a shard."""
    import pyarrow.parquet as pq

    options = {"use_dictionary": contract.string_columns, **STORED}
    with atomic(path) as temporary, pq.ParquetWriter(temporary, contract.arrow_schema, **options) as writer:
        for batch in batches:
            writer.write_batch(batch)

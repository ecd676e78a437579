"""Mergers of clusters as a dyadic outcome of their own: pairs of active bodies by year, and who became one.

It rests on the registry alone (entry, exit, successor), so it is nearly complete where the projects are
not. The rules:

- a row is a pair of bodies of an eligible kind, both active on the reference day of the year (1 January);
- ``merger``: on the next reference day one body bears the history of both. One absorbed the other
  (``absorbed``), or both went into a third, old or new (``joined``); a merger of three gives three pairs;
- a merger is dated as its body's exit is, by the last day that the printed date allows;
- a merger whose date is not known leaves both bodies at risk, with ``merger`` null for that pair in every
  year (it happened in one of them) and ``undated_exit`` true for all rows of the body that went;
- a body that lost its label before it merged left at that time: its later merger is none of these;
- a successor that begins on the reference day of the year in which its predecessors go is what the merger
  makes, no partner in it, and at risk from the next year on;
- a merger with a body that the registry does not have makes no pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..io import atomic
from .blocks import Block, frame
from .lineage import heirs
from .pairs import active_pairs, n_shards
from .settings import PanelSettings, SettingsLike
from .tables import Tables

if TYPE_CHECKING:
    import pandas as pd

    from ..records import Records

Array = np.ndarray

NOT_STATED = "not stated"  # what ingest writes as the basis of a first day that nothing states
WAYS = np.array(["absorbed", "joined", None], dtype=object)


def mergers(records: Records | Tables, settings: SettingsLike = None) -> pd.DataFrame:
    """One row a pair and year in which both are at risk (contract ``panel/mergers``).

    Years run from the first label to the registry's last dated event, or over ``panel.years``. Without a
    merger of eligible bodies in the registry there are no rows: the outcome is not recorded. Bodies are
    eligible by their kind alone, whatever projects name them.
    """
    from ..contracts import CONTRACTS

    found = frame(merger_blocks(merger_tables(records, settings)))
    return CONTRACTS["panel/mergers"].frame(found.rename(columns={"period": "year"}))


def n_events(table: pd.DataFrame) -> int:
    """Pairs that became one in a year that is known."""
    return int(table["merger"].fillna(False).sum())


def merger_tables(records: Records | Tables, settings: SettingsLike = None) -> Tables:
    """Tables whose periods are the years of the registry, for the rows and for the History of each.

    Projects count by their year, so those of a year are not known on its 1 January.
    """
    given = Tables.of(records, settings)
    kept = replace(given.settings.panel, unit="year", first=None, last=None, burn_in=0, min_projects=0)
    years = kept.years or registry_years(_with_panel(given, kept))
    return _with_panel(given, replace(kept, years=years))


def registry_years(tables: Tables) -> tuple[int, int] | None:
    """Year of the first label that is stated, and of the last event or exit; None if nothing is dated."""
    stated = (tables.records.clusters["active_from_basis"] != NOT_STATED).to_numpy(dtype=bool)
    begun = tables.active_from[stated & tables.eligible]
    ended = np.concatenate([tables.active_to - 1, tables.events.columns["high"]])
    ended = ended[~np.isnat(ended)]
    if not len(begun) or not len(ended) or ended.max() < begun.min():
        return None
    return _year(begun.min()), _year(ended.max())


def merger_blocks(tables: Tables) -> Iterator[Block]:
    """The rows year by year, shard by shard, from tables made by ``merger_tables``."""
    span = tables.settings.panel.years
    if span is None or not (tables.eligible & (tables.successor >= 0)).any():
        return
    for position, year in enumerate(tables.calendar.periods.tolist()):
        if span[0] <= year <= span[1]:
            yield from _of_year(tables, position)


def at_risk(tables: Tables, position: int) -> Array:
    """Numbers of the bodies at risk in a year: active on its reference day, not born of its mergers."""
    day = tables.calendar.reference[position]
    active = tables.activity[:, position]
    leaving = np.flatnonzero(active & (tables.successor >= 0) & _gone(tables, position))
    born = np.zeros(tables.n, dtype=bool)
    born[tables.successor[leaving]] = True
    found: Array = np.flatnonzero(active & ~(born & (tables.active_from == day)))
    return found


def bearers(tables: Tables, position: int) -> Array:
    """The body that bears the history of each one on the next reference day (n,)."""
    return heirs(tables.successor, _gone(tables, position))


def _with_panel(tables: Tables, panel: PanelSettings) -> Tables:
    """Tables of the same records under other settings of the panel."""
    return Tables(tables.records, replace(tables.settings, panel=panel))


def _of_year(tables: Tables, position: int) -> Iterator[Block]:
    year, active = int(tables.calendar.periods[position]), at_risk(tables, position)
    undated = (tables.successor >= 0) & np.isnat(tables.active_to)
    heir = bearers(tables, position)
    perhaps = heirs(tables.successor, _gone(tables, position) | undated)
    for shard in range(n_shards(len(tables.able))):
        i, j = active_pairs(shard, tables.able, active)
        merger = heir[i] == heir[j]
        joined = merger & (heir[i] != i) & (heir[i] != j)
        columns = {
            "merger": np.ma.MaskedArray(merger, mask=~merger & (perhaps[i] == perhaps[j])),
            "way": WAYS[np.where(merger, joined.astype(int), 2)],
            "undated_exit": undated[i] | undated[j],
        }
        yield Block(year, shard, i, j, columns)


def _gone(tables: Tables, position: int) -> Array:
    """Bodies that had left by the next reference day (n,)."""
    year = int(tables.calendar.periods[position]) + 1
    day = np.datetime64(f"{year:04d}-{tables.settings.panel.year_reference}")
    gone: Array = ~np.isnat(tables.active_to) & (tables.active_to <= day)
    return gone


def write_mergers(records: Records | Tables, settings: SettingsLike, path: str | Path) -> None:
    """Write the table, one row group a year and shard: it never stands in memory as a whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from ..contracts import CONTRACTS, STORED

    contract = CONTRACTS["panel/mergers"]
    options = {"use_dictionary": contract.string_columns, **STORED}
    with atomic(path) as temporary, pq.ParquetWriter(temporary, contract.arrow_schema, **options) as writer:
        for block in merger_blocks(merger_tables(records, settings)):
            table = block.frame().rename(columns={"period": "year"})
            writer.write_table(pa.Table.from_pandas(table, contract.arrow_schema, preserve_index=False))


def _year(day: np.datetime64) -> int:
    return int(day.astype("datetime64[Y]").astype(int)) + 1970

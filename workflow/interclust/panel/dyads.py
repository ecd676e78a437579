"""What a dyad has in all: the projects behind tied rows, and one row a dyad."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..contracts import CONTRACTS, Contract, sampled_name
from ..numerics.dyads import dyad_number
from .bits import n_common, pack
from .pairs import dyad_nodes, n_shards
from .sampling import ShardPairs, shard_pairs
from .settings import SettingsLike
from .tables import Tables
from .ties import tie_pairs

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from ..records import Records

Array = np.ndarray

TIE_CLASSES = np.array(["none", "single", "repeated"])


@dataclass(frozen=True)
class TiedRows:
    """Ties that have a row of the panel, by dyad, period and project id (k,) each.

    position: place of the period; number: dyad number; project: project number.
    """

    position: Array
    number: Array
    project: Array


def tied_rows(tables: Tables) -> TiedRows:
    """Every tie that has a row of the panel.

    It has none if one of the two is of no eligible kind or not active on the reference day.
    """
    empty = np.zeros(0, dtype=np.int64)
    found = [(empty, empty, empty)]
    for position in np.flatnonzero(tables.calendar.panel):
        number, project = tie_pairs(tables, int(position))
        i, j = dyad_nodes(number, tables.n)
        kept = tables.activity[i, position] & tables.activity[j, position]
        found.append((np.full(int(kept.sum()), position), number[kept], project[kept].astype(np.int64)))
    positions, numbers, projects = (np.concatenate(part) for part in zip(*found, strict=True))
    by_id = np.argsort(np.argsort(tables.project_ids))[projects] if len(projects) else projects
    order = np.lexsort((by_id, positions, numbers))
    return TiedRows(positions[order], numbers[order], projects[order])


def row_projects(records: Records | Tables, settings: SettingsLike = None) -> pd.DataFrame:
    """The projects of every tied row (contract ``panel/row_projects``)."""
    import pandas as pd

    tables = Tables.of(records, settings)
    tied = tied_rows(tables)
    i, j = dyad_nodes(tied.number, tables.n)
    rows = {
        "period": tables.calendar.periods[tied.position],
        "cluster_i": i,
        "cluster_j": j,
        "project_id": tables.project_ids[tied.project],
    }
    return CONTRACTS["panel/row_projects"].frame(pd.DataFrame(rows))


def dyads(records: Records | Tables, settings: SettingsLike = None) -> pd.DataFrame:
    """Every dyad that has a row in some period (contract ``panel/dyads`` or ``sampled_dyads``), in memory."""
    import pyarrow as pa

    tables = Tables.of(records, settings)
    contract = dyads_contract(tables)
    stored = pa.Table.from_batches(dyad_batches(tables), contract.arrow_schema)
    return contract.from_arrow(stored)


def dyads_contract(tables: Tables) -> Contract:
    """The contract of the table of dyads: of all, or of those sampled."""
    sampled = tables.settings.panel.sampling is not None
    return CONTRACTS[sampled_name("panel/dyads") if sampled else "panel/dyads"]


def dyad_batches(tables: Tables) -> Iterator[pa.RecordBatch]:
    """The table of dyads, one batch a shard, so that it never stands in memory as a whole."""
    tied = tied_rows(tables)
    present = tables.activity & tables.calendar.panel[None, :]
    bits, ever = pack(present), np.flatnonzero(present.any(axis=1))
    for shard in range(n_shards(len(tables.able))):
        pairs = shard_pairs(tables, shard, ever)
        together = n_common(bits, pairs.i, pairs.j) > 0
        columns = {name: values[together] for name, values in pairs.columns.items()}
        yield _batch(tables, tied, ShardPairs(pairs.i[together], pairs.j[together], columns))


def _batch(tables: Tables, tied: TiedRows, pairs: ShardPairs) -> pa.RecordBatch:
    import pyarrow as pa

    contract, i, j = dyads_contract(tables), pairs.i, pairs.j
    number = dyad_number(i, j, tables.n)
    begin, end = (np.searchsorted(tied.number, number, side=side) for side in ("left", "right"))
    n_projects, has_tie = end - begin, end > begin
    period = np.zeros(len(i), np.int16), np.zeros(len(i), np.int16)
    for limit, place in zip(period, (begin, end - 1), strict=True):
        limit[has_tie] = tables.calendar.periods[tied.position[place[has_tie]]]
    # The ties of a shard's dyads lie side by side.
    ids = tables.project_ids[tied.project[begin[0] : end[-1]]] if len(i) else []
    offsets = np.concatenate([[0], np.cumsum(n_projects)]).astype(np.int32)
    arrays = [
        pa.array(i),
        pa.array(j),
        pa.array(n_projects.astype(np.int16)),
        pa.array(TIE_CLASSES[np.minimum(n_projects, 2)]),
        *(pa.array(limit, mask=~has_tie) for limit in period),
        pa.ListArray.from_arrays(pa.array(offsets), pa.array(ids, type=pa.string())),
        *(pa.array(values) for name, values in pairs.columns.items() if name in contract.columns),
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=contract.arrow_schema)

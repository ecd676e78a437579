"""Blocks: the rows of one period and one shard, in memory and in Parquet.

One file a period, ``period=NNN.parquet``, in which row group k holds the dyads of shard k (empty if none
is at risk): building walks periods, estimation walks shards.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts import CONTRACTS, METADATA_KEY, SAMPLING_KEY, STORED, VERIFIED, sampled_name, undamaged
from ..errors import ContractError
from ..io import atomic
from .settings import CaseControl

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Array = np.ndarray


KEY = ("period", "cluster_i", "cluster_j")


@dataclass(frozen=True)
class Block:
    """Dyads i < j (rows,) of one period and shard, by dyad number, with columns (rows,) by name.

    Columns that allow null are masked arrays (numpy.ma), but floats, in which NaN is null.
    """

    period: int
    shard: int
    i: Array
    j: Array
    columns: dict[str, Array]

    def __len__(self) -> int:
        return len(self.i)

    def with_columns(self, more: Mapping[str, Array]) -> Block:
        """The block with columns added behind its own."""
        return Block(self.period, self.shard, self.i, self.j, {**self.columns, **more})

    @property
    def weights(self) -> Array | None:
        """How many rows each one stands for (rows,), in a sampled panel."""
        return self.columns.get("sampling_weight")

    def frame(self) -> pd.DataFrame:
        """The block as a table: period, cluster_i, cluster_j and the columns."""
        import pandas as pd

        data = {name: _series(values) for name, values in self.columns.items()}
        period = np.full(len(self), self.period, dtype=np.int16)
        return pd.DataFrame({"period": period, "cluster_i": self.i, "cluster_j": self.j, **data})


def frame(blocks: Iterable[Block]) -> pd.DataFrame:
    """Blocks as one table, for small studies."""
    import pandas as pd

    parts = [block.frame() for block in blocks]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def file_name(period: int) -> str:
    """Name of the file of a period."""
    return f"period={period:03d}.parquet"


def clear(folder: Path, keep: Iterable[int] = ()) -> None:
    """Remove the period files of an earlier run, which may have had other periods, but those to ``keep``."""
    kept = {file_name(period) for period in keep}
    for path in sorted(folder.glob("period=*.parquet")):
        if path.name not in kept:
            path.unlink()


def write_period(
    blocks: Iterable[Block],
    path: Path,
    contract: str,
    extra: Sequence[str] = (),
    sampling: CaseControl | None = None,
) -> None:
    """Write the blocks of one period, one row group each: the columns of the panel, then ``extra`` float32.

    Of a sampled panel the contract has its own name, and the sampling stands in the file's metadata.
    The file appears whole or not at all.
    """
    import pyarrow as pa

    rows, said = "panel/periods", {}
    if sampling is not None:
        contract, rows = sampled_name(contract), sampled_name(rows)
        said = {SAMPLING_KEY: json.dumps(asdict(sampling), sort_keys=True).encode()}
    panel = CONTRACTS[rows].arrow_schema
    _write(blocks, path, contract, [*panel, *(pa.field(name, pa.float32()) for name in extra)], said)


def write_pairs(blocks: Iterable[Block], path: Path, contract: str, names: Sequence[str]) -> None:
    """Write pairs of many periods to one file, one row group a block: the keys, then float32 columns."""
    import pyarrow as pa

    panel = CONTRACTS["panel/periods"].arrow_schema
    keys = [panel.field(name) for name in KEY]
    _write(blocks, path, contract, [*keys, *(pa.field(name, pa.float32()) for name in names)])


def _write(
    blocks: Iterable[Block],
    path: Path,
    contract: str,
    columns: Sequence[pa.Field],
    said: Mapping[bytes, bytes] = MappingProxyType({}),
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(columns, metadata={METADATA_KEY: f"{contract}/1".encode(), **said})
    with (
        atomic(path) as temporary,
        pq.ParquetWriter(temporary, schema, use_dictionary=False, **STORED) as writer,
    ):
        for block in blocks:
            writer.write_batch(_batch(block, schema))


def _batch(block: Block, schema: pa.Schema) -> pa.RecordBatch:
    import pyarrow as pa

    period = np.full(len(block), block.period, dtype=np.int16)
    given = {"period": period, "cluster_i": block.i, "cluster_j": block.j, **block.columns}
    arrays = [_arrow(given[field.name], field) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _arrow(values: Array, field: pa.Field) -> pa.Array:
    import pyarrow as pa

    if isinstance(values, np.ma.MaskedArray):
        return pa.array(values.data, type=field.type, mask=np.ma.getmaskarray(values))
    return pa.array(values, type=field.type, from_pandas=pa.types.is_floating(field.type))


@dataclass(frozen=True)
class Store:
    """Period files of one folder, read by period or by shard (``panel/periods``, ``features/periods``)."""

    folder: Path
    contract: str
    only: int | None = None

    @classmethod
    def open(cls, folder: str | Path, contract: str = "panel/periods", only: int | None = None) -> Store:
        """Open a folder, or the file of ``only`` one period; ContractError where it has none, or others.

        A sampled panel is opened by the same name: who reads it heeds ``sampling``.
        """
        store = cls(Path(folder), contract, only)
        for path, file in zip(store._paths, store._files, strict=True):
            found = (file.schema_arrow.metadata or {}).get(METADATA_KEY, b"none").decode()
            if found not in (f"{contract}/1", f"{sampled_name(contract)}/1"):
                raise ContractError(f"{path}: holds {found}, expected {contract}/1; delete it and run again")
        if not store._paths:
            raise ContractError(f"{folder}: there are no files period=NNN.parquet; run the stage before")
        return store

    @cached_property
    def _paths(self) -> list[Path]:
        pattern = "period=*.parquet" if self.only is None else file_name(self.only)
        return sorted(self.folder.glob(pattern), key=_period)

    @cached_property
    def _files(self) -> list[Any]:
        import pyarrow.parquet as pq

        files = []
        for path in self._paths:
            with undamaged(path, self.contract):
                files.append(pq.ParquetFile(path, **VERIFIED))
        return files

    @cached_property
    def periods(self) -> list[int]:
        """The periods that have a file, in order."""
        return [_period(path) for path in self._paths]

    @property
    def columns(self) -> list[str]:
        """Columns behind period, cluster_i and cluster_j."""
        return [name for name in self._files[0].schema_arrow.names if name not in KEY]

    @property
    def weights(self) -> list[str]:
        """The column of weights, if the panel is sampled."""
        return [] if self.sampling is None else ["sampling_weight"]

    @property
    def sampling(self) -> CaseControl | None:
        """How the dyads were sampled; None: all of them have rows."""
        said = (self._files[0].schema_arrow.metadata or {}).get(SAMPLING_KEY)
        return None if said is None else CaseControl(**json.loads(said))

    @property
    def n_shards(self) -> int:
        """Row groups of every file."""
        return max(file.num_row_groups for file in self._files)

    def block(self, period: int, shard: int, columns: Sequence[str] | None = None) -> Block:
        """Read one block; ``columns`` None reads all."""
        names = list(self.columns if columns is None else columns)
        place = self.periods.index(period)
        with undamaged(self._paths[place], self.contract):
            stored = self._files[place].read_row_group(shard, [*KEY[1:], *names], use_threads=False)
        i, j = (stored.column(name).to_numpy() for name in ("cluster_i", "cluster_j"))
        return Block(period, shard, i, j, {name: _numpy(stored, name) for name in names})

    def of_period(self, period: int, columns: Sequence[str] | None = None) -> Iterator[Block]:
        """The blocks of one period, shard by shard."""
        for shard in range(self._files[self.periods.index(period)].num_row_groups):
            yield self.block(period, shard, columns)

    def by_period(self, columns: Sequence[str] | None = None) -> Iterator[Block]:
        """All blocks, period by period, shard by shard."""
        for period in self.periods:
            yield from self.of_period(period, columns)

    def shard(self, shard: int, columns: Sequence[str] | None = None) -> list[Block]:
        """The blocks of one shard in all periods."""
        present = zip(self.periods, self._files, strict=True)
        return [self.block(period, shard, columns) for period, file in present if shard < file.num_row_groups]


def _period(path: Path) -> int:
    return int(path.stem.partition("=")[2])


def _numpy(stored: pa.Table, name: str) -> Array:
    import pyarrow as pa

    column, field = stored.column(name), stored.schema.field(name)
    if pa.types.is_floating(field.type) or not field.nullable:
        return column.to_numpy()
    mask = column.is_null().to_numpy()
    null = False if pa.types.is_boolean(field.type) else 0
    return np.ma.MaskedArray(column.fill_null(null).to_numpy(), mask=mask)


def _series(values: Array) -> Any:
    import pandas as pd

    if not isinstance(values, np.ma.MaskedArray):
        return values
    mask = np.ma.getmaskarray(values)
    if values.dtype == bool:
        return pd.arrays.BooleanArray(values.data, mask)
    return pd.arrays.IntegerArray(values.data, mask)

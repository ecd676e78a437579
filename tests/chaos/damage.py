"""Ways to damage a file between two stages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from interclust.contracts import METADATA_KEY


def cut(file: Path) -> None:
    """Lose the second half."""
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def empty(file: Path) -> None:
    """Lose everything."""
    file.write_bytes(b"")


def spoil_footer(file: Path) -> None:
    """Overwrite the bytes before the last eight, which say where the columns are."""
    content = bytearray(file.read_bytes())
    content[-60:-8] = b"\xff" * 52
    file.write_bytes(content)


def flip(name: str) -> Callable[[Path], None]:
    """Another bit near the end of the data of one column."""

    def spoil(file: Path) -> None:
        group = pq.read_metadata(file).row_group(0)
        columns = [group.column(number) for number in range(group.num_columns)]
        column = next(each for each in columns if each.path_in_schema == name)
        content = bytearray(file.read_bytes())
        content[column.data_page_offset + column.total_compressed_size - 3] ^= 0x10
        file.write_bytes(content)

    return spoil


def age(file: Path) -> None:
    """The version of the contract is 0."""
    table = pq.read_table(file, partitioning=None)
    name = table.schema.metadata[METADATA_KEY].decode().rpartition("/")[0]
    _rewrite(table.replace_schema_metadata({METADATA_KEY: f"{name}/0"}), file)


def drop(column: str) -> Callable[[Path], None]:
    """A column is not there."""
    return lambda file: _rewrite(pq.read_table(file, partitioning=None).drop_columns([column]), file)


def blank(column: str) -> Callable[[Path], None]:
    """The first cell of a column is null."""

    def spoil(file: Path) -> None:
        table = pq.read_table(file, partitioning=None)
        place = table.schema.get_field_index(column)
        field = table.schema.field(place).with_nullable(True)
        cells = pa.array([None, *table.column(place).to_pylist()[1:]], field.type)
        _rewrite(table.set_column(place, field, cells), file)

    return spoil


def _rewrite(table: pa.Table, file: Path) -> None:
    pq.write_table(table, file)

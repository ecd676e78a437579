"""Parquet files between stages: pages carry checksums, and what is damaged is refused with a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..io import damaged

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

# A byte that the disk or a copy has flipped is then seen, which compression alone would not.
WRITTEN = {"compression": "zstd", "write_page_checksum": True}


@contextmanager
def reading(path: str | Path) -> Iterator[None]:
    """Around whatever reads a Parquet file: ContractError with file and remedy where it is damaged."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, KeyError, UnicodeDecodeError) as error:
        raise damaged(path, str(error)) from error


def opened(path: str | Path, metadata: Any = None) -> pq.ParquetFile:
    """The file, open, its pages to be checked; read from it within ``reading``."""
    import pyarrow.parquet as pq

    with reading(path):
        return pq.ParquetFile(path, metadata=metadata, page_checksum_verification=True)


def footer(path: str | Path) -> pq.FileMetaData:
    """What a file says of its row groups."""
    import pyarrow.parquet as pq

    with reading(path):
        return pq.read_metadata(path)


def schema(path: str | Path) -> pa.Schema:
    """The columns of a file, in its order, and its metadata."""
    import pyarrow.parquet as pq

    with reading(path):
        return pq.read_schema(path)


def stored(path: str | Path, columns: Sequence[str] | None = None) -> pa.Table:
    """The table of a file, or those of its columns."""
    import pyarrow.parquet as pq

    with reading(path):
        names = None if columns is None else list(columns)
        # A path that holds `=` must not be taken for a partition.
        return pq.read_table(path, columns=names, partitioning=None, page_checksum_verification=True)


def frame(path: str | Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """The same as pandas has it."""
    return stored(path, columns).to_pandas()

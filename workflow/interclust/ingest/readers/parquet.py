"""Parquet files to records, batch by batch; what they nest has dotted names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from ...errors import InputError
from . import limits
from .cells import Cell, Flaw, Watch, cell_of, spread
from .footer import read_footer
from .record import Record, Settings
from .source import AGAIN, Source

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

Groups = list[tuple[str, list[str]]]  # columns, and the names of the cells that each gives
SPLIT = "split it, or keep only the columns that are needed"


def read_parquet(source: Source, spec: Settings, wanted: Iterable[str], notes: list[str]) -> Iterator[Record]:
    """Yield the header and then every row; NaN is blank, as tables of pandas mean it.

    Raises InputError for a damaged file, one without columns and one beyond the limits.
    """
    decimal = spec.get("decimal", ".")
    with source.seekable() as raw:
        batches = _batches(raw, source.file)
        groups: Groups = next(batches)
        header = [name for _, names in groups for name in names]
        if not header:
            raise InputError("holds no columns", file=source.file, remedy=AGAIN)
        watch = Watch(header, wanted)
        yield Record(1, header)
        rows = chain.from_iterable(_rows(batch, groups, decimal) for batch in batches)
        for number, cells in enumerate(rows, start=1):
            yield watch.record(number, list(cells))


def _batches(raw: BinaryIO, file: str) -> Iterator[Any]:
    """First the names of each column's cells, then batches of rows."""
    import pyarrow as pa

    with _refusals(file):
        table = _opened(raw, file)
        groups = [(field.name, list(_names(field.type, field.name))) for field in table.schema_arrow]
    yield groups
    batches = table.iter_batches(limits.BATCH_ROWS)
    while True:
        with _refusals(file):
            batch = next(batches, None)
        if batch is None:
            return
        try:
            size = sum(map(_size, batch.columns))
        except pa.ArrowIndexError as error:  # a text that the column's list of texts does not hold
            raise InputError(f"is damaged ({error})", file=file, remedy=AGAIN) from None
        if size > limits.BATCH_BYTES:
            problem = f"holds {batch.num_rows} rows of more than {limits.BATCH_BYTES} bytes"
            raise InputError(problem, file=file, remedy=SPLIT)
        yield batch


@contextmanager
def _refusals(file: str) -> Iterator[None]:
    """What Arrow raises for a file that is damaged, as a sentence."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        problem = f"is damaged ({' '.join(str(error).split())[:200]})"
        raise InputError(problem, file=file, remedy=AGAIN) from None


def _opened(raw: BinaryIO, file: str) -> pq.ParquetFile:
    """The file, once its description says that it can be held."""
    import pyarrow.parquet as pq

    described = read_footer(raw, file)
    _check("rows", described.rows, limits.ROWS, file)
    _check("bytes unpacked", described.unpacked, limits.UNPACKED_BYTES, file)
    _check("values", described.values, limits.PARQUET_VALUES, file)
    for values, unpacked, packed in described.chunks:
        _check_chunk(values, unpacked, packed, file)
    table = pq.ParquetFile(raw, pre_buffer=False)
    schema = table.schema
    limits.check_columns(len(schema), file)
    # Repeated texts stay packed until it is known what they come to.
    leaves = map(schema.column, range(len(schema)))
    texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY" and _is_text(leaf)]
    return pq.ParquetFile(raw, pre_buffer=False, read_dictionary=texts)


def _is_text(leaf: Any) -> bool:
    return str(leaf.logical_type.type) in ("STRING", "NONE", "JSON", "ENUM")


def _check_chunk(values: int, unpacked: int, packed: int, file: str) -> None:
    """Refuse a part of a column before Arrow unpacks it: a page is held whole, and more than once."""
    if unpacked > limits.EXPANSION * packed:
        problem = f"has a column that unpacks from {packed} to {unpacked} bytes, as no table does"
        raise InputError(problem, file=file, remedy="see where it comes from")
    if unpacked * min(values, limits.BATCH_ROWS) > limits.BATCH_BYTES * max(1, values):
        problem = f"has a column of {values} values in {unpacked} bytes"
        raise InputError(problem, file=file, remedy=SPLIT)


def _check(what: str, count: int, limit: int, file: str) -> None:
    if count > limit:
        raise InputError(f"has {count} {what}, and at most {limit} are read", file=file, remedy=SPLIT)


def _size(column: pa.Array) -> int:
    """Bytes of a column once its repeated texts are written out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_struct(kind):
        return sum(_size(column.field(place)) for place in range(kind.num_fields))
    if pa.types.is_map(kind):
        return 8 * len(column) + _size(column.keys) + _size(column.items)
    if pa.types.is_nested(kind):
        return 8 * len(column) + _size(column.flatten())
    if not pa.types.is_dictionary(kind):
        return int(column.nbytes)
    if not _holds_text(kind.value_type):
        return 8 * len(column)
    return 8 * len(column) + (pc.sum(pc.binary_length(column.dictionary).take(column.indices)).as_py() or 0)


def _holds_text(kind: pa.DataType) -> bool:
    import pyarrow.types as types

    return any(is_text(kind) for is_text in (types.is_string, types.is_large_string, types.is_binary))


def _names(kind: pa.DataType, name: str) -> Iterator[str]:
    """The dotted names of the cells that a column gives."""
    import pyarrow.types as types

    if types.is_struct(kind):
        for place in range(kind.num_fields):
            yield from _names(kind.field(place).type, f"{name}.{kind.field(place).name}")
    elif types.is_map(kind):
        yield from _names(kind.key_type, f"{name}.key")
        yield from _names(kind.item_type, f"{name}.value")
    elif types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        yield from _names(kind.value_type, name)
    else:
        yield name


def _rows(batch: pa.RecordBatch, groups: Groups, decimal: str) -> Iterator[tuple[Cell, ...]]:
    """The cells of a batch, row by row."""
    import pyarrow.types as types

    columns: list[Iterable[Cell]] = []
    for column, (name, names) in zip(batch.columns, groups, strict=True):
        values = _values(column)
        if types.is_nested(column.type):
            columns.extend(zip(*(_spread(value, name, names, decimal) for value in values), strict=True))
        else:
            columns.append([value if value.__class__ is str else _cell(value, decimal) for value in values])
    return zip(*columns, strict=True)


def _values(column: pa.Array) -> Iterable[Any]:
    """The values of a column; a Flaw for each that Python cannot hold (texts that are none, far dates)."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError):
        values = [_one(scalar) for scalar in column]
    return values


def _one(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError) as error:
        return Flaw(f"a value that cannot be read ({error})")


def _cell(value: Any, decimal: str) -> Cell:
    if isinstance(value, Flaw):
        return value
    return "" if value != value else cell_of(value, decimal)


def _spread(value: Any, name: str, names: list[str], decimal: str) -> list[Cell]:
    """The cells of a nested value, one a name."""
    if isinstance(value, Flaw) or value is None:
        return [value or ""] * len(names)
    try:
        cells = dict(spread(value, name, decimal))
    except Flaw as flaw:
        return [flaw] * len(names)
    return [cells.get(name, "") for name in names]

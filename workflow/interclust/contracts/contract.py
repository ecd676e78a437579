"""What a contract is: the columns of a table, their types, their order; a writer and a reader that keep it.

Types are written as tokens: ``str int8 int16 int32 float32 float64 bool date list<str> list<int32>``; ``?``
after a token allows null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ContractError
from ..io import atomic

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

METADATA_KEY = b"interclust.contract"
# How every table is stored and read: a byte that changed on the disk is noticed, not computed with.
STORED: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}
VERIFIED: dict[str, Any] = {"page_checksum_verification": True}


@contextmanager
def undamaged(path: str | Path, tag: str) -> Iterator[None]:
    """What reading a Parquet file says of a damaged one, as ContractError with the remedy."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        what = str(error).splitlines()[0]
        raise ContractError(
            f"{path}: cannot be read as {tag} ({what}); delete the file and run again"
        ) from error


def read_loose(path: str | Path, tag: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """A table whose columns the settings decide (features); ContractError if it is damaged."""
    import pyarrow.parquet as pq

    with undamaged(path, tag):
        return pq.read_table(path, columns=None if columns is None else list(columns), **VERIFIED).to_pandas()


def schema_of(path: str | Path, tag: str) -> pa.Schema:
    """The Arrow schema of a table; ContractError if its file is damaged."""
    import pyarrow.parquet as pq

    with undamaged(path, tag):
        return pq.read_schema(path)


@dataclass(frozen=True)
class Contract:
    """One table: ``columns`` maps a name to its type token, ``key`` orders and identifies rows."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: int = 1

    @property
    def tag(self) -> str:
        """Name and version as stored in the file's metadata."""
        return f"{self.name}/{self.version}"

    @cached_property
    def arrow_schema(self) -> pa.Schema:
        """The Arrow schema that the table is stored with."""
        import pyarrow as pa

        fields = [
            pa.field(name, _arrow_type(token.rstrip("?")), nullable=token.endswith("?"))
            for name, token in self.columns.items()
        ]
        return pa.schema(fields, metadata={METADATA_KEY: self.tag.encode()})

    @cached_property
    def checks(self) -> Any:
        """The pandera schema of the table in pandas."""
        import pandera.pandas as pandera

        columns = {
            name: pandera.Column(
                None if token.startswith("list") else pandas_type(token),
                nullable=token.endswith("?"),
                checks=[pandera.Check.isin(self.allowed[name])] if name in self.allowed else [],
            )
            for name, token in self.columns.items()
        }
        return pandera.DataFrameSchema(columns, strict=True, ordered=True, unique=list(self.key) or None)

    def frame(self, rows: Any) -> pd.DataFrame:
        """Build the table from records or a frame: columns in order, types cast, sorted by key."""
        import pandas as pd

        table = pd.DataFrame(rows).reindex(columns=list(self.columns))
        for name, token in self.columns.items():
            if token.startswith("list"):
                cells = [item if isinstance(item, (list, tuple)) else [] for item in table[name]]
                table[name] = pd.Series(cells, dtype=object, index=table.index)
            else:
                table[name] = self._cast(table[name], token)
        if self.key:
            table = table.sort_values(list(self.key), kind="stable")
        return table.reset_index(drop=True)

    def _cast(self, column: pd.Series[Any], token: str) -> pd.Series[Any]:
        """A column in its type; ContractError for a number beyond it, which would wrap in silence."""
        try:
            cast = column.astype(pandas_type(token))
        except TypeError as error:
            raise ContractError(f"the column {column.name} of {self.name} is not {token}: {error}") from error
        if token.startswith("int") and column.dtype.kind in "iuf" and (cast != column).any():
            raise ContractError(f"the column {column.name} of {self.name} holds numbers beyond {token}")
        return cast

    def check(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the table if it keeps the contract, else raise ContractError."""
        from pandera.errors import SchemaError

        try:
            return self.checks.validate(table)
        except SchemaError as error:
            first = " ".join(str(error).split())[:300]
            raise ContractError(f"the table {self.name} does not keep its contract: {first}") from error

    def write(self, table: pd.DataFrame, path: str | Path) -> None:
        """Check and write one Parquet file."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.check(table)
        try:
            stored = pa.Table.from_pandas(table, schema=self.arrow_schema, preserve_index=False)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise ContractError(f"the table {self.name} does not keep its contract: {error}") from error
        stored = stored.replace_schema_metadata(self.arrow_schema.metadata)
        with atomic(path) as temporary:
            pq.write_table(stored, temporary, use_dictionary=self.string_columns, **STORED)

    @property
    def string_columns(self) -> list[str]:
        """Columns worth dictionary encoding."""
        return [name for name, token in self.columns.items() if token.startswith("str")]

    def read(self, path: str | Path) -> pd.DataFrame:
        """Read a table written under this contract.

        Raises ContractError if the file is damaged or carries another name or version.
        """
        import pyarrow.parquet as pq

        with undamaged(path, self.tag):
            stored = pq.read_table(path, **VERIFIED)
        found = (stored.schema.metadata or {}).get(METADATA_KEY, b"none").decode()
        if found != self.tag:
            raise ContractError(
                f"{path}: holds the table {found}, expected {self.tag}; delete the file and run again"
            )
        for field_ in self.arrow_schema:
            self._refuse_other(path, stored, field_)
        return self.from_arrow(stored)

    def _refuse_other(self, path: str | Path, stored: pa.Table, field_: pa.Field) -> None:
        """Raise ContractError for a column that is absent, of another type, or blank where it may not be."""
        if field_.name not in stored.schema.names:
            problem = f"has no column {field_.name}"
        elif stored.schema.field(field_.name).type != field_.type:
            problem = f"has the column {field_.name} as {stored.schema.field(field_.name).type}"
        elif not field_.nullable and stored.column(field_.name).null_count:
            problem = f"has blanks in the column {field_.name}"
        else:
            return
        raise ContractError(f"{path}: {problem}, against {self.tag}; delete the file and run again")

    def from_arrow(self, stored: pa.Table) -> pd.DataFrame:
        """Turn a stored table into pandas with the types of the contract."""
        import pandas as pd

        columns = {}
        for name, token in self.columns.items():
            column = stored.column(name)
            if token.startswith("list"):
                columns[name] = pd.Series(column.to_pylist(), dtype=object)
            elif token.rstrip("?") == "date":
                columns[name] = column.cast("timestamp[s]").to_pandas()
            elif token.rstrip("?") == "str":
                columns[name] = column.cast("string").to_pandas().astype("str")
            else:
                mapper = {column.type: pd.api.types.pandas_dtype(pandas_type(token))} if "?" in token else {}
                columns[name] = column.to_pandas(types_mapper=mapper.get)
        return pd.DataFrame(columns)


def _arrow_type(token: str) -> pa.DataType:
    import pyarrow as pa

    return {
        "str": pa.string(),
        "bool": pa.bool_(),
        "int8": pa.int8(),
        "int16": pa.int16(),
        "int32": pa.int32(),
        "float32": pa.float32(),
        "float64": pa.float64(),
        "date": pa.date32(),
        "list<str>": pa.list_(pa.string()),
        "list<int32>": pa.list_(pa.int32()),
    }[token]


def pandas_type(token: str) -> str:
    """The pandas type of a token; nullable integers and flags use pandas' masked types."""
    kind, null = token.rstrip("?"), token.endswith("?")
    if kind == "date":
        return "datetime64[s]"
    if kind == "bool":
        return "boolean" if null else "bool"
    if kind.startswith("int"):
        return kind.capitalize() if null else kind
    return kind

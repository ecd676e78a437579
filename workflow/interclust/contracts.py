"""The tables that stages hand to each other: their columns, types, keys and versions.

A writer checks the rows, a reader checks name and version; a stage knows the stages before it
by these contracts alone. Types are written as tokens: ``str int8 int16 int32 float32 float64
bool date list<str> list<int32>``; ``?`` after a token allows null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ContractError
from .io import atomic

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

METADATA_KEY = b"interclust.contract"
SAMPLING_KEY = b"interclust.case_control"

KINDS = ("pole", "bid", "grappe", "cluster", "agency", "association", "organisation")
LIST_STATUSES = ("complete", "lower_bound", "unknown", "none")
FACTS = (
    "grade",
    "members",
    "members_sme",
    "staff",
    "budget_eur",
    "director_change",
    "project_officer",
)


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
            pq.write_table(stored, temporary, use_dictionary=self.string_columns, compression="zstd")

    @property
    def string_columns(self) -> list[str]:
        """Columns worth dictionary encoding."""
        return [name for name, token in self.columns.items() if token.startswith("str")]

    def read(self, path: str | Path) -> pd.DataFrame:
        """Read a table written under this contract.

        Raises ContractError if the file is damaged or carries another name or version.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            stored = pq.read_table(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise ContractError(
                f"{path}: cannot be read as {self.tag} ({str(error).splitlines()[0]}); "
                "delete the file and run again"
            ) from error
        found = (stored.schema.metadata or {}).get(METADATA_KEY, b"none").decode()
        if found != self.tag:
            raise ContractError(
                f"{path}: holds the table {found}, expected {self.tag}; delete the file and run again"
            )
        return self.from_arrow(stored)

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


def _contracts(*items: Contract) -> dict[str, Contract]:
    return {item.name: item for item in items}


CONTRACTS = _contracts(
    Contract(
        "ingest/projects",
        {
            "project_id": "str",
            "source_id": "str?",
            "line": "int32",
            "acronym": "str?",
            "topic": "str?",
            "coordinator": "str?",
            "call": "int16?",
            "year": "int16?",
            "announced_low": "date?",
            "announced_high": "date?",
            "period": "int16?",
            "period_basis": "str",
            # without a period: first and last one that the printed dates and names allow, if narrowed
            "period_low": "int16?",
            "period_high": "int16?",
            "status": "str?",
            "list_status": "str",
            "list_group": "str?",
            "n_named": "int16",
            "n_clusters": "int16",
            "sources": "list<str>",
            "url": "str?",
        },
        key=("project_id",),
        allowed={"list_status": LIST_STATUSES, "period_basis": ("stated", "inferred", "year", "none")},
    ),
    Contract(
        "ingest/memberships",
        {
            "project_id": "str",
            "cluster_id": "str",
            "role": "str",
            "printed": "list<str>",
            "method": "str",
            "score": "float64",
        },
        key=("project_id", "cluster_id"),
        allowed={
            "role": ("lead", "co", "unknown"),
            "method": ("exact", "normalised", "acronym", "fuzzy", "id"),
        },
    ),
    Contract(
        "ingest/clusters",
        {
            "cluster_id": "str",
            "name": "str",
            "kind": "str",
            "active_from": "date",
            "active_from_basis": "str",
            "active_to": "date?",
            "exit": "str?",
            "successor": "str?",
            "start_low": "date?",
            "start_high": "date?",
            "start_basis": "str",
            "region": "str?",
            "lat": "float64?",
            "lon": "float64?",
            "place_basis": "str?",
            "vocation": "str?",
            "sector": "str?",
            "keywords": "list<str>",
            "diffusion": "str?",
            "country": "str?",
        },
        key=("cluster_id",),
        allowed={
            "kind": KINDS,
            "exit": ("merged", "delabelled"),
            "start_basis": ("director", "foundation", "label", "none"),
            "diffusion": ("diffusing", "absorbing", "mixed"),
        },
    ),
    Contract(
        "ingest/territories",
        {"cluster_id": "str", "region": "str", "valid_from": "date?"},
        key=("cluster_id", "region"),
    ),
    Contract(
        "ingest/regions",
        {"region": "str", "neighbours": "list<str>", "region_2016": "str?", "integrated": "bool"},
        key=("region",),
    ),
    Contract(
        "ingest/facts",
        {
            "cluster_id": "str",
            "fact": "str",
            "low": "date",
            "high": "date",
            "value": "float64?",
            "text": "str?",
            "bound": "str",
            "source": "str?",
        },
        key=("cluster_id", "fact", "low", "high"),
        allowed={"fact": FACTS, "bound": ("exact", "about", "at_least", "planned")},
    ),
    Contract(
        "ingest/events",
        {
            "cluster_id": "str",
            "event": "str",
            "low": "date?",
            "high": "date?",
            "other_id": "str?",
            "other": "str?",
            "detail": "str?",
            "source": "str?",
        },
        key=(),
    ),
    Contract(
        "ingest/agreements",
        {"cluster_i": "str", "cluster_j": "str", "low": "date", "high": "date?", "source": "str?"},
        key=("cluster_i", "cluster_j", "low"),
    ),
    Contract(
        "ingest/affiliations",
        {
            "cluster_id": "str",
            "affiliation": "str",
            "valid_from": "date?",
            "valid_to": "date?",
            "source": "str?",
        },
        key=("cluster_id", "affiliation", "valid_from"),
    ),
    Contract(
        "ingest/relations",
        {
            "ego": "str",
            "alter": "str",
            "ego_id": "str?",
            "alter_id": "str?",
            "phase": "str?",
            "contact": "bool?",
            "practice_exchange": "bool?",
            "joint_idea": "bool?",
            "project_attempted": "bool?",
            "project_realised": "bool?",
            "initiative": "str?",
            "same_territory": "bool?",
            "relation": "str?",
            "catalyst": "str?",
            "brake": "str?",
            "locator": "str?",
            "from_low": "date?",
            "from_high": "date?",
            "to_low": "date?",
            "to_high": "date?",
        },
        key=(),
    ),
    Contract(
        "ingest/periods",
        {
            "period": "int16",
            "label": "str",
            "reference": "date",
            "reference_basis": "str",
            "n_financed_low": "int32?",
            "n_financed_high": "int32?",
            "n_colabelled": "int32?",
            "n_records": "int32",
            "n_lists": "int32",
            "record_rate": "float64?",
            "visibility": "float64?",
        },
        key=("period",),
    ),
    Contract(
        "panel/periods",
        {
            "period": "int16",
            "cluster_i": "int32",
            "cluster_j": "int32",
            "n_projects": "int16",
            "tie": "bool",
            "prior_projects": "int32",
            "periods_at_risk": "int16",
            "periods_since_first_tie": "int16?",
            "periods_since_last_tie": "int16?",
            "in_emergence_risk_set": "bool",
            "emergence": "bool?",
            "in_recurrence_risk_set": "bool",
            "recurrence": "bool?",
            "left_truncated": "bool",
            "inherited": "bool",
            "undated_tie": "bool",
            "log_exposure": "float32",
            "tie_weight": "float32",
        },
        key=("period", "cluster_i", "cluster_j"),
    ),
    Contract(
        "panel/lists",
        {
            "list_id": "str",
            "project_ids": "list<str>",
            "members": "list<int32>",
            "m": "int16",
            "period": "int16?",
            "period_low": "int16",
            "period_high": "int16",
            "source_ids": "list<str>",
            "set": "str",
        },
        key=("list_id",),
        allowed={"set": ("strict", "joint", "broad")},
    ),
    Contract(
        "panel/row_projects",
        {"period": "int16", "cluster_i": "int32", "cluster_j": "int32", "project_id": "str"},
        key=("period", "cluster_i", "cluster_j", "project_id"),
    ),
    Contract(
        "panel/dyads",
        {
            "cluster_i": "int32",
            "cluster_j": "int32",
            "n_projects": "int16",
            "tie_class": "str",
            "first": "int16?",
            "last": "int16?",
            "project_ids": "list<str>",
        },
        key=("cluster_i", "cluster_j"),
        allowed={"tie_class": ("none", "single", "repeated")},
    ),
    Contract(
        "panel/regions",
        {"period": "int16", "cluster": "int32", "region": "str"},
        key=("period", "cluster", "region"),
    ),
    Contract(
        "panel/mergers",
        {
            "year": "int16",
            "cluster_i": "int32",
            "cluster_j": "int32",
            # null: the registry says that the two became one, but not when
            "merger": "bool?",
            "way": "str?",
            "undated_exit": "bool",
        },
        key=("year", "cluster_i", "cluster_j"),
        allowed={"way": ("absorbed", "joined")},
    ),
    Contract(
        "panel/contacts",
        {
            "period": "int16",
            "cluster_i": "int32",
            "cluster_j": "int32",
            "relation": "int32",  # row of ingest/relations, from 0
            "ego": "int32",
            # null: not said, which is no zero
            "contact": "bool?",
            "practice_exchange": "bool?",
            "joint_idea": "bool?",
            "project_attempted": "bool?",
            "project_realised": "bool?",
            "idea": "bool?",
        },
        key=("period", "cluster_i", "cluster_j", "relation"),
    ),
)

# The ledger once more, as a second coder coded it without seeing the first coding.
CONTRACTS |= _contracts(replace(CONTRACTS["ingest/relations"], name="ingest/second_relations"))

# What a sampled panel has beside (study setting panel.case_control). Its tables have names of their own:
# who took them for all dyads would be misled.
SAMPLED = {
    "panel/periods": {"sampling_weight": "float64", "in_subcohort": "bool"},
    "panel/dyads": {"sampling_weight": "float64"},
}


def sampled_name(name: str) -> str:
    """The name of a table over sampled dyads: ``panel/sampled_periods`` for ``panel/periods``."""
    stage, _, table = name.partition("/")
    return f"{stage}/sampled_{table}"


CONTRACTS |= _contracts(
    *(
        replace(CONTRACTS[name], name=sampled_name(name), columns={**CONTRACTS[name].columns, **more})
        for name, more in SAMPLED.items()
    )
)

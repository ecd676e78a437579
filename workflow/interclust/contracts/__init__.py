"""The tables that stages hand to each other: their columns, types, keys and versions.

A writer checks the rows, a reader checks name and version; a stage knows the stages before it
by these contracts alone.
"""

from __future__ import annotations

from . import of_ingest, of_panel
from .contract import (
    METADATA_KEY,
    STORED,
    VERIFIED,
    Contract,
    pandas_type,
    read_loose,
    schema_of,
    undamaged,
)
from .of_ingest import FACTS, KINDS
from .of_panel import SAMPLED, SAMPLING_KEY, sampled_name

CONTRACTS = {table.name: table for table in (*of_ingest.TABLES, *of_panel.TABLES, *of_panel.SAMPLED_TABLES)}

__all__ = [
    "CONTRACTS",
    "FACTS",
    "KINDS",
    "METADATA_KEY",
    "SAMPLED",
    "SAMPLING_KEY",
    "STORED",
    "VERIFIED",
    "Contract",
    "pandas_type",
    "read_loose",
    "sampled_name",
    "schema_of",
    "undamaged",
]

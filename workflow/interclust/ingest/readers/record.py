"""What every reader yields: records of text cells, whatever the file was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Joins the items of a cell that is a list in the file itself (JSON, Parquet, several columns of names).
# A sign of Unicode's private use area: no printed text holds it, and no tidying takes it for a space.
ITEM = "\ue000"

Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One record with its cells, and what is wrong with it, if anything.

    ``line`` is where it begins: line, sheet row or number of the item, from 1; ``column`` the header of
    the cell that is wrong, if it is one.
    """

    line: int
    cells: list[str]
    problem: str | None = None
    column: str | None = None

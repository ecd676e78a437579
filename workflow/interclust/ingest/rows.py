"""One row: its mapped cells as text, and how its dates and numbers are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .numbers import Signs

if TYPE_CHECKING:
    from .tables import Table


class Refusal(Exception):  # noqa: N818  (not an error of the run: one row is set aside)
    """Raised while a row is being read: this row goes to the quarantine.

    ``column`` is our name of the cell that cannot be used.
    """

    def __init__(self, column: str | None, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.column, self.reason, self.remedy = column, reason, remedy


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table's rows hold our columns: ``sources`` the places in the file, ``places`` in the row."""

    sources: Mapping[str, tuple[int, ...]]
    places: Mapping[str, int]
    constants: Mapping[str, str]
    decimal: str = "."
    dates: str | tuple[str, ...] = "day_first"
    scale: Mapping[str, float] | None = None
    # What comma and full stop are in columns of numbers, once the file has been looked through.
    signs: dict[str, Signs] = field(default_factory=dict)

    def widened(self, names: Sequence[str]) -> Layout:
        """The layout of rows that hold further columns, taken from another file."""
        sources = {**self.sources, **{name: () for name in names if name not in self.sources}}
        places = {target: place for place, target in enumerate(sources)}
        return replace(self, sources=sources, places=places)

    @classmethod
    def of(
        cls,
        sources: Mapping[str, tuple[int, ...]],
        constants: Mapping[str, str] | None = None,
        spec: Mapping[str, Any] | None = None,
    ) -> Layout:
        """The layout of a file's columns with the settings ``decimal``, ``dates`` and ``scale``."""
        settings = spec or {}
        dates = settings.get("dates", "day_first")
        return cls(
            sources,
            {target: place for place, target in enumerate(sources)},
            constants or {},
            settings.get("decimal", "."),
            dates if isinstance(dates, str) else tuple(dates),
            settings.get("scale"),
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it begins in its file and its mapped cells, "" where blank or not mapped.

    A mapped column that is blank takes the constant of its name, if there is one. ``others`` are the rows
    of other files that were joined to it.
    """

    line: int
    cells: tuple[str, ...]
    layout: Layout
    others: tuple[tuple[Table, Row], ...] = ()

    def __getitem__(self, column: str) -> str:
        return self.printed(column) or self.layout.constants.get(column, "")

    def printed(self, column: str) -> str:
        """The cell without the constant that stands for a blank one."""
        place = self.layout.places.get(column)
        return self.cells[place] if place is not None else ""

    def maps(self, column: str) -> bool:
        """Whether the table has the column at all."""
        return column in self.layout.places or column in self.layout.constants


def row_of(line: int, values: Mapping[str, str]) -> Row:
    """A row made of values, for bodies that stand in no file."""
    return Row(line, tuple(values.values()), Layout.of(dict.fromkeys(values, ())))

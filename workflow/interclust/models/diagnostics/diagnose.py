"""All diagnostics of one recorded fit, as tables and a summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import io
from . import conditioning, dependence, dispersion, influence, network
from .list_laws import Lists
from .summary import summary

if TYPE_CHECKING:
    import pandas as pd

Record = Mapping[str, Any]

COLUMNS: dict[str, tuple[str, ...]] = {
    "conditioning": tuple(conditioning.Inflation.__dataclass_fields__),
    "dispersion": dispersion.DISPERSION,
    "rootogram": dispersion.ROOTOGRAM,
    "influence": influence.COLUMNS,
    "dependence": dependence.COLUMNS,
    "network": network.NETWORK,
}
DEFAULTS = {"simulations": 200, "seed": 1}


@dataclass
class Diagnostics:
    """Tables by name (``COLUMNS``), the condition numbers, and why a table is empty, by its name.

    ``lists`` counts the lists drawn again, and those left out for a member that the model has no row of.
    ``simulations`` 0 makes nothing that is drawn.
    """

    record: Record
    settings: dict[str, int]
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    condition: dict[str, float] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    lists: dict[str, int] = field(default_factory=dict)

    def leave_out(self, reason: str, *names: str) -> None:
        """Say why tables stay empty."""
        self.left_out |= dict.fromkeys(names, reason)

    def network(self, lists: list[Lists], known: int) -> None:
        """Draw the networks of some of the ``known`` lists."""
        self.tables["network"] = network.goodness(lists, **self.settings)
        drawn = sum(len(item.observed) for item in lists)
        self.lists = {"drawn": drawn, "left_out": known - drawn}

    def inflation(self, terms: list[conditioning.Inflation]) -> None:
        """Keep the variance inflation of the terms."""
        import pandas as pd

        self.tables["conditioning"] = pd.DataFrame([asdict(item) for item in terms])

    def table(self, name: str) -> pd.DataFrame:
        """A table, with its columns though it may have no row."""
        import pandas as pd

        return self.tables.get(name, pd.DataFrame()).reindex(columns=list(COLUMNS[name]))

    def write(self, folder: str | Path) -> None:
        """Write ``<name>.csv`` of every table and ``diagnostics.json``."""
        for name in COLUMNS:
            io.write_csv(self.table(name), Path(folder) / f"{name}.csv")
        io.write_json(summary(self), Path(folder) / "diagnostics.json")


def diagnose(record: Record, folder: str | Path, settings: Mapping[str, int] | None = None) -> Diagnostics:
    """Diagnose a recorded fit (the content of fit.json) from the files of its study, results/<study>.

    ``settings`` {simulations, seed} are those of the study; the model's own come before them. Of a model that
    was not fitted every table is empty.
    """
    own = record["spec"].get("diagnostics") or {}
    found = Diagnostics(record, DEFAULTS | dict(settings or {}) | own)
    if record["status"] != "fitted":
        found.leave_out("not_fitted", *COLUMNS)
    elif record["outcome"] == "list_choice":
        from .of_lists import diagnose_lists

        diagnose_lists(found, Path(folder))
    else:
        from .of_panel import diagnose_panel

        diagnose_panel(found, Path(folder))
    return found

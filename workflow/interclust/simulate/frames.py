"""Drawn projects as records by contract, exactly as ingest would read them from the printed tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..contracts import CONTRACTS

if TYPE_CHECKING:
    import pandas as pd

    from ..records import Records
    from .world import Drawn

FIRST_LINE = 2  # behind the header
SOURCE = "simulated"
STATUS = "complete"


@dataclass
class Growing:
    """Records that grow period by period; ``stem`` begins the ids of projects.

    Types are settled by ``finished``: doing it every period would take longer than drawing the lists.
    """

    records: Records
    stem: str
    _parts: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"projects": [], "memberships": []}
    )
    _line: int = FIRST_LINE

    def add(self, drawn: Drawn) -> None:
        """Add the projects of one period."""
        import pandas as pd

        rows = project_rows(drawn, self._line, self.stem, year_of(self.records, drawn.period))
        self._line += len(rows)
        members = member_rows(drawn, [row["project_id"] for row in rows], self.records)
        for name, found in (("projects", rows), ("memberships", members)):
            self._parts[name] += found
        grown = {
            name: pd.DataFrame(found, columns=list(CONTRACTS[f"ingest/{name}"].columns))
            for name, found in self._parts.items()
        }
        self.records = replace(self.records, **grown)

    def finished(self) -> Records:
        """The records by contract, sorted, with the counts of the periods."""
        tables: dict[str, Any] = dict(self._parts)
        tables["periods"] = counted(self.records)
        return replace(
            self.records, **{name: CONTRACTS[f"ingest/{name}"].frame(table) for name, table in tables.items()}
        )


def counted(records: Records) -> pd.DataFrame:
    """The periods with the projects recorded in each, and the two rates as ingest defines them."""
    import pandas as pd

    projects, periods = records.projects, records.periods
    found = {
        "n_records": projects.groupby("period").size(),
        "n_lists": projects[projects["n_clusters"] > 1].groupby("period").size(),
    }
    table = periods.assign(
        **{name: periods["period"].map(count).fillna(0).astype("int32") for name, count in found.items()}
    )
    financed = (table["n_financed_low"] + table["n_financed_high"]).astype("float64")
    rates = {
        "record_rate": 2 * table["n_records"] / financed,
        "visibility": table["n_lists"] / table["n_colabelled"].astype("float64"),
    }
    return table.assign(**{name: rate.where(pd.notna(rate)) for name, rate in rates.items()})


def year_of(records: Records, period: int) -> int:
    """The year of a period's reference day, in which its labels were given."""
    day = records.periods.loc[records.periods["period"] == period, "reference"].iloc[0]
    return int(day.year)


def project_rows(drawn: Drawn, line: int, stem: str, year: int) -> list[dict[str, Any]]:
    """Rows of ingest/projects from ``line`` on."""
    return [
        {
            "project_id": f"{stem}:{line + place}",
            "source_id": SOURCE,
            "line": line + place,
            "acronym": f"SIM-{drawn.period:02d}-{place + 1:03d}",
            "topic": topic or None,
            "call": drawn.period,
            "year": year,
            "period": drawn.period,
            "period_basis": "stated",
            "status": STATUS,
            "list_status": "complete",
            "n_named": len(members),
            "n_clusters": len(members),
            "sources": [SOURCE],
        }
        for place, (members, topic) in enumerate(zip(drawn.lists, drawn.topics, strict=True))
    ]


def member_rows(drawn: Drawn, project_ids: list[str], records: Records) -> list[dict[str, Any]]:
    """Rows of ingest/memberships; the first member of a list leads."""
    ids, names = records.clusters["cluster_id"].tolist(), records.clusters["name"].tolist()
    return [
        {
            "project_id": project_id,
            "cluster_id": ids[number],
            "role": "lead" if place == 0 else "co",
            "printed": [names[number]],
            "method": "exact",
            "score": 100.0,
        }
        for project_id, members in zip(project_ids, drawn.lists, strict=True)
        for place, number in enumerate(members)
    ]

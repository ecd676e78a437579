"""Records: the clean tables that ingest makes and every later stage starts from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from .contracts import CONTRACTS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Records:
    """Frozen frames by contract (``ingest/<name>``); nobody changes them in place.

    ``clusters`` is sorted by ``cluster_id``: its row number is the cluster's number everywhere later.
    """

    projects: pd.DataFrame
    memberships: pd.DataFrame
    clusters: pd.DataFrame
    territories: pd.DataFrame
    regions: pd.DataFrame
    facts: pd.DataFrame
    events: pd.DataFrame
    agreements: pd.DataFrame
    affiliations: pd.DataFrame
    relations: pd.DataFrame
    second_relations: pd.DataFrame
    periods: pd.DataFrame

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of the tables, each a Parquet file in the folder of the stage."""
        return tuple(item.name for item in fields(cls))

    @classmethod
    def read(cls, folder: str | Path) -> Records:
        """Read every table of ``results/<study>/ingest`` and check name and version."""
        return cls(
            **{
                name: CONTRACTS[f"ingest/{name}"].read(Path(folder) / f"{name}.parquet")
                for name in cls.names()
            }
        )

    def write(self, folder: str | Path) -> None:
        """Check and write every table."""
        for name in self.names():
            CONTRACTS[f"ingest/{name}"].write(getattr(self, name), Path(folder) / f"{name}.parquet")

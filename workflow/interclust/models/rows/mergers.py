"""Pairs at risk of merging, by year, as the rows of a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...contracts import read_loose
from ...errors import NotEstimable
from .data import Data
from .frames import from_frame

MERGER = "merger"


def merger_data(folder: Path, columns: Sequence[str], n_clusters: int, threads: int | None = None) -> Data:
    """Rows of ``features/mergers`` of results/<study>: a pair of bodies and a year (column ``period``).

    Pairs whose merger has no date are left out and counted, as rows that lack a term are. No project makes
    a merger, so that rows depend by their clusters alone. Raises NotEstimable without a merger.
    """
    table = read_loose(folder / "features" / "mergers.parquet", "features/mergers")
    table = table.rename(columns={"year": "period"})
    if table.empty:
        raise NotEstimable("not fitted: 0 events, at least 1 are needed", {"events": 0})
    nodes = ("cluster_i", "cluster_j")
    return from_frame(table, columns, nodes, node_labels=range(n_clusters), threads=threads)

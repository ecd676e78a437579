"""Coded relations between bodies as the rows of a model: whether in contact, and what came of ideas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...contracts import read_loose
from ...errors import NotEstimable
from .data import Data
from .frames import from_frame
from .mergers import MERGER

CONTACTS = ("contact", "idea")
# Outcomes whose rows are not those of the panel: no sampling of its dyads and no project concerns them.
OWN_ROWS = (MERGER, *CONTACTS)


def contact_data(folder: Path, columns: Sequence[str], n_clusters: int, threads: int | None = None) -> Data:
    """Rows of ``features/contacts`` of results/<study>: a relation that a body tells of, by period.

    Relations whose outcome is not said are left out and counted, as those that lack a term are. Two
    bodies that tell of one another make two rows of one dyad, which depend as rows of a dyad in two periods
    do. No project makes a contact. Raises NotEstimable without a coded relation.
    """
    table = read_loose(folder / "features" / "contacts.parquet", "features/contacts")
    if table.empty:
        raise NotEstimable("not fitted: 0 events, at least 1 are needed", {"events": 0})
    nodes = ("cluster_i", "cluster_j")
    columns = list(dict.fromkeys([*columns, "period"]))  # counted in the record
    return from_frame(table, columns, nodes, node_labels=range(n_clusters), threads=threads)

"""What a panel looks like: its network, transitions, gaps, lists, visibility and mergers, as tables.

``columns.TABLES`` says what every column means; a run writes it as columns.csv beside the tables.
"""

from __future__ import annotations

from .contacts import contact_flow
from .gaps import gaps
from .lists import list_counts
from .mergers import merger_flow, merger_years
from .network import network
from .transitions import transitions
from .visibility import visibility
from .write import write, write_contact_flow, write_merger_tables

__all__ = [
    "contact_flow",
    "gaps",
    "list_counts",
    "merger_flow",
    "merger_years",
    "network",
    "transitions",
    "visibility",
    "write",
    "write_contact_flow",
    "write_merger_tables",
]

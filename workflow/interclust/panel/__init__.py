"""The panel: who is at risk of a tie with whom, in which period, and what was known before."""

from __future__ import annotations

from .blocks import Block, Store
from .build import build
from .contacts import contacts, write_contacts
from .dyads import dyads, row_projects
from .flow import flow
from .history import History
from .lists import lists
from .mergers import mergers, n_events, write_mergers
from .settings import Settings
from .tables import Tables
from .write import gather, write, write_periods

__all__ = [
    "Block",
    "History",
    "Settings",
    "Store",
    "Tables",
    "build",
    "contacts",
    "dyads",
    "flow",
    "gather",
    "lists",
    "mergers",
    "n_events",
    "row_projects",
    "write",
    "write_contacts",
    "write_mergers",
    "write_periods",
]

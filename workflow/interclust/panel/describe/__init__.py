"""What a panel looks like: its network, transitions, gaps, lists, visibility and mergers, as tables."""

from __future__ import annotations

from .mergers import merger_flow, merger_years
from .write import write_merger_tables

__all__ = ["merger_flow", "merger_years", "write_merger_tables"]

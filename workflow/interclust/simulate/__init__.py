"""Complete worlds with a known truth, on the real registry and calibrated to the published totals."""

from __future__ import annotations

from .registry import read_registry, source_folder
from .tables import write_tables
from .world import Generator, SimulatedRecords, generate

__all__ = ["Generator", "SimulatedRecords", "generate", "read_registry", "source_folder", "write_tables"]

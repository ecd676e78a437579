"""Worlds with a known truth, complete or recorded in part, on the real registry and its published totals."""

from __future__ import annotations

from .recording import Recorder, generate
from .registry import read_registry, source_folder
from .tables import write_tables
from .world import Generator, SimulatedRecords

__all__ = [
    "Generator",
    "Recorder",
    "SimulatedRecords",
    "generate",
    "read_registry",
    "source_folder",
    "write_tables",
]

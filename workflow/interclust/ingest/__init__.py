"""From raw tables to clean, traceable records.

``read(study)`` gives the Records; ``run(study)`` also what people check: resolution, unresolved names,
quarantine, conflicts, sources and a summary. Nothing is lost: rows read = accepted + quarantined.
"""

from __future__ import annotations

from .result import IngestResult
from .stage import read, run

__all__ = ["IngestResult", "read", "run"]

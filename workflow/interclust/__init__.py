"""interclust: how clusters come to work together, from raw project records to a paper's numbers."""

from __future__ import annotations

import importlib
from types import ModuleType

__version__ = "0.1.0"

_STAGES = ("config", "ingest", "panel", "features", "models", "inference", "effects", "report", "simulate")
__all__ = [*_STAGES, "__version__"]


def __getattr__(name: str) -> ModuleType:
    """Import a stage when it is first used, so that importing the package costs nothing."""
    if name in _STAGES:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Features of dyads: what was known of two bodies before a period.

``REGISTRY`` holds every feature; the modules of the groups fill it when the package is imported.
"""

from __future__ import annotations

from . import (
    cognitive,
    competition,
    complementarity,
    exposure,
    geographic,
    institutional,
    maturity,
    resources,
    rules,
    social,
    stability,
)
from .compute import columns, gather, table, write, write_periods
from .contacts import contacts, write_contacts
from .dictionary import dictionary
from .mergers import mergers, write_mergers
from .registry import REGISTRY, Feature, feature, select

__all__ = [
    "REGISTRY",
    "Feature",
    "cognitive",
    "columns",
    "competition",
    "complementarity",
    "contacts",
    "dictionary",
    "exposure",
    "feature",
    "gather",
    "geographic",
    "institutional",
    "maturity",
    "mergers",
    "resources",
    "rules",
    "select",
    "social",
    "stability",
    "table",
    "write",
    "write_contacts",
    "write_mergers",
    "write_periods",
]

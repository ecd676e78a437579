"""The parts of the bench by name, in the order of the table."""

from __future__ import annotations

from . import ingest, mrqap
from .logit import COVARIANCE, LOGIT
from .panel import FEATURE, PANEL
from .part import Part
from .streamed import STREAMED

PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        *(ingest.part(form) for form in ("ids", "names", "wide", "more_names")),
        PANEL,
        FEATURE,
        LOGIT,
        STREAMED,
        COVARIANCE,
        mrqap.part("linear"),
        mrqap.part("logit"),
    )
}

"""How often the two bodies are recorded at all: no proximity, but a term of every default model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..panel.build import log_exposure as panel_exposure
from .registry import Array, feature

if TYPE_CHECKING:
    from ..panel.history import History


@feature(
    "log_exposure",
    group="exposure",
    label=("log exposure", "exposition (log)"),
    unit=("ln projects", "ln projets"),
    definition=(
        "ln(a_i + 1/2) + ln(a_j + 1/2), a = earlier projects that name the body but not both",
        "ln(a_i + 1/2) + ln(a_j + 1/2), a = projets antérieurs qui nomment l'organisme mais pas les deux",
    ),
    source="projects with any list",
    date="records",
    missing="never",
    needs=("memberships",),
)
def log_exposure(history: History, i: Array, j: Array) -> Array:
    """Earlier mentions of both, the shared ones left out."""
    return panel_exposure(history, i, j)

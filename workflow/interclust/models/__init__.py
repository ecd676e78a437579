"""Models of dyads: one engine for every family, and the list-choice model."""

from __future__ import annotations

from .fit import Fit, fit, fit_data
from .lists import ListFit, fit_lists
from .relogit import relogit
from .run import run

__all__ = ["Fit", "ListFit", "fit", "fit_data", "fit_lists", "relogit", "run"]

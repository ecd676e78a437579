"""Models of dyads: one engine for every family, and the list-choice model."""

from __future__ import annotations

from .fit import Fit, fit, fit_data
from .lists import ListFit, fit_lists
from .run import run
from .validation import Validation, validate

__all__ = ["Fit", "ListFit", "Validation", "fit", "fit_data", "fit_lists", "run", "validate"]

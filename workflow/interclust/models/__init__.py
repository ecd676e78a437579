"""Models of dyads: one engine for every family, list choice, and hidden history."""

from __future__ import annotations

from .fit import Fit, fit, fit_data
from .hidden.history import HiddenHistory, hidden_history
from .joint import joint_covariance
from .lists.fit import ListFit, fit_lists
from .relogit import relogit
from .run import run
from .validation import Validation, validate

__all__ = [
    "Fit",
    "HiddenHistory",
    "ListFit",
    "Validation",
    "fit",
    "fit_data",
    "fit_lists",
    "hidden_history",
    "joint_covariance",
    "relogit",
    "run",
    "validate",
]

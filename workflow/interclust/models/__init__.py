"""Models of dyads: one engine for every family, and the list-choice model."""

from __future__ import annotations

from .fit import Fit, fit, fit_data
from .joint import joint_covariance
from .lists import ListFit, fit_lists
from .run import run

__all__ = ["Fit", "ListFit", "fit", "fit_data", "fit_lists", "joint_covariance", "run"]

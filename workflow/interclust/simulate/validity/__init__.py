"""Measured validity: how often the intervals of each covariance hold the truth, design by design."""

from __future__ import annotations

from .cells import Cell, Grid, load_grid
from .coverage import coverage
from .replications import block, truth

__all__ = ["Cell", "Grid", "block", "coverage", "load_grid", "truth"]

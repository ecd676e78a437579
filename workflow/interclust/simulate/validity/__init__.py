"""Measured validity: how often the intervals of each covariance hold the truth, design by design."""

from __future__ import annotations

from .cells import Cell, Grid, grid_file, load_grid
from .coverage import coverage, markdown, tabulate
from .replications import block, truth

__all__ = ["Cell", "Grid", "block", "coverage", "grid_file", "load_grid", "markdown", "tabulate", "truth"]

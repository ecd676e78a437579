"""What is to be doubted of a fitted model: collinearity, dispersion, influence, dependence, network."""

from __future__ import annotations

from .diagnose import Diagnostics, diagnose

__all__ = ["Diagnostics", "diagnose"]

"""Validation by forward chaining: forecasts of a period from those before it, and how good they were."""

from __future__ import annotations

from .validate import Validation, validate

__all__ = ["Validation", "validate"]

"""Inference for dyads made of projects: covariances from arrays, whatever the likelihood."""

from __future__ import annotations

from .covariance import Covariance, dyadic_vcov
from .intervals import coefficient_table

__all__ = ["Covariance", "coefficient_table", "dyadic_vcov"]

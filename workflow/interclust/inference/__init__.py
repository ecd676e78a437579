"""Inference for dyads made of projects: covariances from arrays, and permutations of nodes."""

from __future__ import annotations

from .covariance import Covariance, dyadic_vcov
from .intervals import coefficient_table
from .mrqap import mrqap
from .qap import qap_correlation

__all__ = ["Covariance", "coefficient_table", "dyadic_vcov", "mrqap", "qap_correlation"]

"""Inference for dyads made of projects: covariances from arrays, whatever the likelihood."""

from __future__ import annotations

from .covariance import Covariance, dyadic_vcov
from .intervals import coefficient_table
from .joint import joint_vcov
from .wald import wald

__all__ = ["Covariance", "coefficient_table", "dyadic_vcov", "joint_vcov", "wald"]

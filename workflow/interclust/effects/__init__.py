"""Effects of fitted models, and the verdicts on hypotheses that they allow."""

from __future__ import annotations

from .calls import (
    average_marginal_effect,
    contrast,
    curve,
    johnson_neyman,
    ratio_of_ratios,
    second_difference,
    slope,
    tipping_ratio,
)
from .comparisons import equal, wald
from .estimate import estimate
from .johnson_neyman import JohnsonNeyman

__all__ = [
    "JohnsonNeyman",
    "average_marginal_effect",
    "contrast",
    "curve",
    "equal",
    "estimate",
    "johnson_neyman",
    "ratio_of_ratios",
    "second_difference",
    "slope",
    "tipping_ratio",
    "wald",
]

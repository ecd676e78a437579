"""Effects of fitted models, and the verdicts on hypotheses that they allow."""

from __future__ import annotations

from .comparisons import equal, wald
from .estimate import average_marginal_effect, estimate, second_difference, tipping_ratio

__all__ = [
    "average_marginal_effect",
    "equal",
    "estimate",
    "second_difference",
    "tipping_ratio",
    "wald",
]

"""What makes two bodies likelier to share a list: the known coefficients of the simulated world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..panel import History

Array = np.ndarray


def factors(coefficients: Mapping[str, float]) -> list[str]:
    """Names of the features that terms with a coefficient other than zero are products of, sorted."""
    return sorted({name for term, value in coefficients.items() if value for name in term.split(":")})


def pair_utility(history: History, coefficients: Mapping[str, float]) -> Array:
    """Log weight x'beta of every two active bodies, (a, a) symmetric with a zero diagonal.

    Features are those of the product itself, computed from what was known before the period, so that
    state dependence and closure are a coefficient like any other. A term ``a:b`` is the product of two
    features. A term that is missing for a pair adds nothing to it.
    """
    from .. import features

    active = history.active_numbers
    low, high = np.triu_indices(len(active), 1)
    utility = np.zeros((len(active), len(active)))
    names = factors(coefficients)
    if not names or not len(low):
        return utility
    columns = features.columns(history, active[low], active[high], names)
    total = np.zeros(len(low))
    for term, value in sorted(coefficients.items()):
        if value:
            product = np.prod([np.asarray(columns[name], dtype=float) for name in term.split(":")], axis=0)
            total += value * np.nan_to_num(product, nan=0.0)
    utility[low, high] = utility[high, low] = total
    return utility

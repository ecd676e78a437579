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
    """``log_weights`` of every two active bodies, (a, a) symmetric with a zero diagonal."""
    active = history.active_numbers
    low, high = np.triu_indices(len(active), 1)
    utility = np.zeros((len(active), len(active)))
    total = log_weights(history, active[low], active[high], coefficients)
    utility[low, high] = utility[high, low] = total
    return utility


def log_weights(history: History, i: Array, j: Array, coefficients: Mapping[str, float]) -> Array:
    """Log weight x'beta of the pairs (i, j), cluster numbers (rows,): (rows,).

    Features are those of the product itself, computed from what was known before the period, so that
    state dependence and closure are a coefficient like any other. A term ``a:b`` is the product of two
    features. A term that is missing for a pair adds nothing to it.
    """
    from .. import features

    names, total = factors(coefficients), np.zeros(len(i))
    if not names or not len(i):
        return total
    columns = features.columns(history, i, j, names)
    for term, value in sorted(coefficients.items()):
        if value:
            product = np.prod([np.asarray(columns[name], dtype=float) for name in term.split(":")], axis=0)
            total += value * np.nan_to_num(product, nan=0.0)
    return total

"""Several tests at once: Holm's step-down adjustment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Adjust p-values so that rejecting those below a level keeps the family-wise error at it.

    Parameters
    ----------
    p_values
        (n,) p-values in [0, 1] of the tests that were made; the order is kept in the answer.

    Returns
    -------
    ndarray
        (n,) adjusted p-values, each at least its p-value and at most 1.

    Raises
    ------
    ValueError
        If a value is missing or outside [0, 1]: a test without a p-value is not in the family.

    Source: Holm (1979), A simple sequentially rejective multiple test procedure.

    """
    p = np.asarray(p_values, dtype=float)
    if p.ndim != 1 or not bool(np.all((p >= 0) & (p <= 1))):
        raise ValueError("p-values must be a vector of numbers between 0 and 1")
    order = np.argsort(p, kind="stable")
    stepped = p[order] * np.arange(p.size, 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return adjusted

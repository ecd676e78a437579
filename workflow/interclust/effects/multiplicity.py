"""Several tests at once: Holm's step-down and Benjamini and Hochberg's step-up adjustment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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
    p, order = _sorted(p_values)
    stepped = p[order] * np.arange(p.size, 0, -1)
    return _put_back(np.minimum(np.maximum.accumulate(stepped), 1.0), order)


def benjamini_hochberg(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Adjust p-values so that rejecting those below a level keeps the false discovery rate at it.

    The expected share of true nulls among what is rejected is bounded for tests that are independent or
    positively dependent (Benjamini & Yekutieli 2001), not the chance that any one rejection is wrong.
    Arguments, answer and errors as of ``holm``.

    Source: Benjamini & Hochberg (1995), JRSS B 57(1).
    """
    p, order = _sorted(p_values)
    stepped = p[order] * p.size / np.arange(1, p.size + 1)
    return _put_back(np.minimum.accumulate(stepped[::-1])[::-1], order)


ADJUSTMENTS: Mapping[str, Callable[[Sequence[float]], np.ndarray]] = {"holm": holm, "bh": benjamini_hochberg}


def _sorted(p_values: Sequence[float] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The p-values (n,) as numbers, and the order in which they rise."""
    p = np.asarray(p_values, dtype=float)
    if p.ndim != 1 or not bool(np.all((p >= 0) & (p <= 1))):
        raise ValueError("p-values must be a vector of numbers between 0 and 1")
    return p, np.argsort(p, kind="stable")


def _put_back(adjusted: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Values (n,) of the rising p-values in the order in which these were given."""
    found = np.empty_like(adjusted)
    found[order] = adjusted
    return found

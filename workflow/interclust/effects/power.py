"""What a test of a given precision would find: power at effects that are declared, never at the estimate.

Power at the estimate is the p-value said again (Hoenig & Heisey 2001, American Statistician 55); power at a
ratio that would matter says what an undecided test may have missed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import chndtr, ncfdtr, nctdtr, ndtr, ndtri

from ..inference.intervals import critical_value

Array = np.ndarray

RATIOS = (1.5, 2.0)  # the ratios at which power is declared
POWER = 0.8  # and the power at which the smallest detectable ratio is
FAR = 5.0  # standard errors


def power(effect: float, std_error: float, df: float, level: float = 0.05) -> float:
    """Chance that the two-sided test at ``level`` rejects, in either direction, if ``effect`` is true.

    ``effect`` and ``std_error`` are on the scale of the test (a log ratio, a difference); ``df`` are the
    degrees of freedom of t, infinite for the normal. The statistic is taken for noncentral t: the estimate
    normal, its error estimated with ``df`` degrees of freedom.
    """
    bound, shift = critical_value(df, 1.0 - level), abs(effect) / std_error
    if math.isinf(df):
        return float(ndtr(shift - bound) + ndtr(-shift - bound))
    wrong = (
        nctdtr(df, shift, -bound) if shift < FAR else 0.0
    )  # beyond, nothing, and scipy has no digits of it
    missed = float(nctdtr(df, shift, bound))  # nan in places where it is below 1e-150
    return float(1.0 - (0.0 if math.isnan(missed) else missed) + wrong)


def detectable(std_error: float, df: float, level: float = 0.05, wanted: float = POWER) -> float:
    """The smallest effect (above zero, on the scale of the test) that is found with the power ``wanted``."""
    return (critical_value(df, 1.0 - level) + float(ndtri(wanted))) * std_error


def power_of_equality(std_error: float, df: float, margin: float, level: float = 0.05) -> float:
    """Chance that two one-sided tests find a log ratio within ``margin`` of equality, if it is equal.

    ``margin`` is the largest ratio that still counts as equal. Normal in the estimate, as Schuirmann (1987).
    """
    bound = critical_value(df, 1.0 - 2.0 * level)
    return max(0.0, 2.0 * float(ndtr(math.log(margin) / std_error - bound)) - 1.0)


def power_of_terms(effects: Sequence[float] | Array, matrix: Array, df: float, level: float = 0.05) -> float:
    """Chance that Wald's test of several terms rejects, if they have ``effects`` (q,), covariance (q, q).

    Noncentral F with q and ``df`` degrees of freedom (chi-squared if infinite), as ``inference.wald`` tests.
    """
    from scipy.stats import chi2, f

    delta = np.asarray(effects, dtype=float)
    q, shift = len(delta), float(delta @ np.linalg.solve(matrix, delta))
    if math.isinf(df):
        return float(1.0 - chndtr(chi2.isf(level, q), q, shift))
    return float(1.0 - ncfdtr(q, df, shift, f.isf(level, q, df)))


def times_more(found: float, ratio: float = RATIOS[-1]) -> float:
    """How many times the records are needed to detect ``ratio`` where they now detect ``found`` (a ratio).

    A standard error falls with the square root of what is observed, all else alike. At most 1 means that they
    suffice.
    """
    return (math.log(found) / math.log(ratio)) ** 2

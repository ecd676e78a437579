"""Student intervals and p-values from estimates, a covariance and its degrees of freedom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray


def critical_value(df: float, level: float = 0.95) -> float:
    """Two-sided critical value of Student's t (normal for infinite df)."""
    return float(critical_values(df, level))


def critical_values(df: float | Array, level: float = 0.95) -> Array:
    """The same for an array of degrees of freedom."""
    tail, df = 1.0 - (1.0 - level) / 2.0, np.asarray(df, dtype=float)
    infinite = np.isinf(df)
    found: Array = np.where(infinite, ndtri(tail), stdtrit(np.where(infinite, 1.0, df), tail))
    return found


def p_value(statistic: Array, df: float | Array) -> Array:
    """Two-sided p-value of t statistics (normal for infinite df)."""
    df = np.asarray(df, dtype=float)
    found: Array = 2.0 * stdtr(np.where(np.isinf(df), 1e15, df), -np.abs(statistic))
    return found


def coefficient_table(
    terms: list[str], estimates: Array, covariance: Array, df: float | Array, level: float = 0.95
) -> pd.DataFrame:
    """Table of term, estimate, std_error, df, statistic, p_value, conf_low, conf_high (k rows).

    ``df`` is one number or one a term.

    A variance that is not positive gives missing errors, never a zero.
    """
    import pandas as pd

    variances = np.diag(covariance)
    errors = np.sqrt(np.where(variances > 0, variances, np.nan))
    width = critical_values(df, level) * errors
    statistic = estimates / errors
    return pd.DataFrame(
        {
            "term": terms,
            "estimate": estimates,
            "std_error": errors,
            "df": df,
            "statistic": statistic,
            "p_value": p_value(statistic, df),
            "conf_low": estimates - width,
            "conf_high": estimates + width,
        }
    )

"""Claims of equality: two one-sided tests on a log ratio."""

from __future__ import annotations

import math

MARGIN = 1.5  # largest ratio that still counts as equal, unless a hypothesis states another


def equivalence_p(
    log_ratio: float, std_error: float, df: float | None = None, margin: float = MARGIN
) -> tuple[float, bool]:
    """Test whether a ratio lies between 1/margin and margin.

    Parameters
    ----------
    log_ratio, std_error
        Estimate and standard error on the log scale.
    df
        Degrees of freedom of the t distribution; None or infinite for the normal.
    margin
        Largest ratio that still counts as equal, above 1.

    Returns
    -------
    (p, inside)
        ``inside`` says on which side of the margin the estimate lies. Inside, p is that of the two
        one-sided tests (the larger), small when the ratio is shown to be equal within the margin;
        outside, p is two-sided against the nearer margin, small when it is shown to be unequal.

    Source: Schuirmann (1987), two one-sided tests procedure.

    """
    from scipy import stats

    finite = df is not None and math.isfinite(df)
    tail = stats.t(df).sf if finite else stats.norm.sf
    bound = math.log(margin)
    distance = bound - abs(log_ratio)  # positive inside the margin
    if distance > 0:
        return float(tail(distance / std_error)), True
    return min(1.0, 2.0 * float(tail(-distance / std_error))), False

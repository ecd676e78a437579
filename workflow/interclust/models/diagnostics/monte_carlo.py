"""What was observed beside what was simulated: one line, with a p-value and its own error."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

COLUMNS = ("observed", "simulated_mean", "conf_low", "conf_high", "p_value", "mc_error")
TAILS = (0.025, 0.975)


def compared(observed: float, simulated: Array) -> dict[str, float]:
    """``COLUMNS`` for a number and its B simulated values.

    The p-value is two-sided, twice the smaller of (1 + #{simulated >= observed}) / (B + 1) and the same with
    <= (Davison & Hinkley 1997, Bootstrap Methods and their Application, section 4.2); ``mc_error`` is its
    binomial standard error.
    """
    b = len(simulated)
    least = min(np.count_nonzero(simulated >= observed), np.count_nonzero(simulated <= observed))
    tail = (1 + least) / (b + 1)
    low, high = np.quantile(simulated, TAILS)
    values = (
        observed,
        simulated.mean(),
        low,
        high,
        min(1.0, 2 * tail),
        2 * np.sqrt(max(tail * (1 - tail), 0.0) / b),
    )
    return dict(zip(COLUMNS, map(float, values), strict=True))

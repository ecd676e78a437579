"""Growth exponents: the slope of log CPU seconds on log rows, with its standard error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BAR = 1.10
SIZES = 4
LEAST_CPU = 0.05  # seconds; below it a call is what does not grow


@dataclass(frozen=True)
class Growth:
    """Slope, its standard error, the rows between which it was fitted and how many sizes they were."""

    exponent: float
    std_error: float
    rows: tuple[int, int]
    sizes: int


def fitted(rows: Sequence[int], cpu: Sequence[float]) -> Growth | None:
    """Least squares over the sizes that take at least ``LEAST_CPU``; None if they are fewer than four.

    What does not grow (imports of a library at its first call, files that are opened) flattens small sizes,
    and would flatter the slope.
    """
    pairs = [(r, s) for r, s in zip(rows, cpu, strict=True) if s >= LEAST_CPU]
    if len(pairs) < SIZES:
        return None
    x, y = ([math.log(pair[k]) for pair in pairs] for k in (0, 1))
    n, x_mean, y_mean = len(pairs), sum(x) / len(x), sum(y) / len(y)
    spread = sum((value - x_mean) ** 2 for value in x)
    slope = sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True)) / spread
    rest = sum((b - y_mean - slope * (a - x_mean)) ** 2 for a, b in zip(x, y, strict=True))
    return Growth(slope, math.sqrt(rest / (n - 2) / spread), (pairs[0][0], pairs[-1][0]), n)

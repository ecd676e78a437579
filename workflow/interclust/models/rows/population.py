"""How many rows of the population each row of a sample stands for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Array = np.ndarray

SAMPLING = "sampling_weight"  # the column of a sampled panel
OUTCOME = "rows of the population"  # made for rows that are chosen by their outcome (models/relogit.py)


def row_weights(columns: Mapping[str, Array]) -> Array | None:
    """The weights (n,) that means over the rows are to be taken with, on any scale; None: all rows alike."""
    for name in (OUTCOME, SAMPLING):
        if name in columns:
            return np.asarray(columns[name], dtype=float)
    return None

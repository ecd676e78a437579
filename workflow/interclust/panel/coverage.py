"""Regions covered by every active body on the reference day of every period, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..contracts import CONTRACTS
from .bits import unpack
from .history import History
from .tables import Tables

if TYPE_CHECKING:
    import pandas as pd


def coverage(tables: Tables) -> pd.DataFrame:
    """The table ``panel/regions``: period, cluster (number), region."""
    import pandas as pd

    parts = []
    for position in np.flatnonzero(tables.calendar.panel).tolist():
        history = History(tables, position)
        active = history.active_numbers
        row, region = np.nonzero(unpack(history.covered[active], len(tables.regions)))
        names = np.array(tables.regions, dtype=object)[region]
        parts.append(pd.DataFrame({"cluster": active[row], "region": names}).assign(period=history.period))
    return CONTRACTS["panel/regions"].frame(pd.concat(parts) if parts else [])

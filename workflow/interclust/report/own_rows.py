"""Variables of models whose rows are not those of the panel: mergers by year, relations of a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from .results import Results

# The table of the stage features that holds the rows of an outcome.
TABLES = {"merger": "mergers", "contact": "contacts", "idea": "contacts"}
SHARES = {"q1": 0.25, "median": 0.5, "q3": 0.75}


def described(results: Results, outcome: str, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The outcome itself, then each variable, over the rows whose outcome is known.

    Keys and definitions are those of features/moments.json (n, missing, mean, sd with n - 1, min, max,
    levels) and features/quartiles.csv (the smallest value up to which that share of the known rows lies).
    """
    from ..contracts import read_loose

    tag = f"features/{TABLES[outcome]}"
    table = read_loose(results.folder / f"{tag}.parquet", tag, [outcome, *names])
    table = table[table[outcome].notna()]
    return {name: _moments(table[name].astype("float64")) for name in (outcome, *names)}


def _moments(column: pd.Series) -> dict[str, Any]:
    known = column.dropna()
    found: dict[str, Any] = {"n": len(known), "missing": len(column) - len(known)}
    if known.empty:
        return found
    quartiles = np.quantile(known, list(SHARES.values()), method="inverted_cdf").tolist()
    levels = sorted({f"{value:g}" for value in known.unique()}) if set(known.unique()) <= {0, 1} else []
    return found | {
        "mean": known.mean(),
        "sd": known.std() if len(known) > 1 else None,
        "min": known.min(),
        "max": known.max(),
        "levels": levels,
        **dict(zip(SHARES, quartiles, strict=True)),
    }

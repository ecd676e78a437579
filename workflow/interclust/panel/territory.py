"""Regions covered by bodies, and which regions border on each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray


def covered_regions(held: Mapping[str, Array], home: Array, n_regions: int) -> Array:
    """Flags (n, regions): territories in force, else the region of the head office (-1 not known)."""
    flags = np.zeros((len(home), n_regions), dtype=bool)
    flags[held["cluster"], held["region"]] = True
    bare = np.flatnonzero(~flags.any(axis=1) & (home >= 0))
    flags[bare, home[bare]] = True
    return flags


def borders(table: pd.DataFrame, regions: Sequence[str]) -> Array:
    """Flags (regions, regions): one is named as a neighbour of the other, whichever way."""
    place = {name: number for number, name in enumerate(regions)}
    flags = np.zeros((len(regions), len(regions)), dtype=bool)
    for region, neighbours in zip(table["region"], table["neighbours"], strict=True):
        for other in neighbours:
            if other in place:
                flags[place[region], place[other]] = flags[place[other], place[region]] = True
    return flags

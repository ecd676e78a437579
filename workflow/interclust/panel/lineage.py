"""Mergers: who bears the history of a body that was merged, at a given day."""

from __future__ import annotations

import numpy as np

from ..errors import ContractError

Array = np.ndarray


def heirs(successor: Array, gone: Array) -> Array:
    """The body that bears each one's history: itself, or the end of its chain of successors (n,) int32.

    successor (n,) cluster number or -1; gone (n,) bool, merged by the day in question. Raises
    ContractError if successors lead round in a circle.
    """
    n = len(successor)
    moving = gone & (successor >= 0)
    bearer = np.where(moving, successor, np.arange(n))
    for _ in range(n.bit_length()):  # each pass doubles the length of chain that is followed
        bearer = bearer[bearer]
    if moving[bearer].any():
        raise ContractError("the successors of merged clusters lead round in a circle; correct merged_into")
    return bearer.astype(np.int32)


def lineage_or(bits: Array, bearer: Array) -> Array:
    """Bit sets (n, words) in which every bearer also has the bits of those whose history it bears."""
    joined = bits.copy()
    moved = np.flatnonzero(bearer != np.arange(len(bearer)))
    np.bitwise_or.at(joined, bearer[moved], bits[moved])
    return joined


def lineage_min(values: Array, bearer: Array) -> Array:
    """The least value of a bearer and of those whose history it bears (n,); NaT counts as latest."""
    latest = np.iinfo(np.int64).max
    days = values.astype("datetime64[D]").astype(np.int64)
    days = np.where(np.isnat(values), latest, days)
    least = days.copy()
    np.minimum.at(least, bearer, days)
    return np.where(least == latest, np.iinfo(np.int64).min, least).astype("datetime64[D]")

"""The step of a term for which ratios are declared: 0 to 1 of a flag or a score, one sd of a measure.

A ratio of 1.5 says something of a flag; of a measure only once its unit is fixed. Of a product the steps are
multiplied, of a square squared.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from .claims import columns_of

RISK_SETS = {"in_emergence_risk_set": "emergence", "in_recurrence_risk_set": "recurrence"}
WHOLE = "rows"
_SQUARE = re.compile(r"\*\*\s*(\d+)")

Moments = Mapping[str, Mapping[str, Any]]


def step(term: str, moments: Moments, sample: str | None) -> float:
    """The step of a term in the risk set of a model's ``sample`` (of all rows where that is not known).

    1 where no column of it has moments.
    """
    power = _SQUARE.search(term)
    steps = [_step(moments.get(column, {}), sample) for column in columns_of(term)]
    return float(math.prod(steps)) ** (int(power[1]) if power else 1)


def is_flag(column: str, moments: Moments, sample: str | None) -> bool:
    """Whether a column takes 0 and 1 only."""
    return set(_stats(moments.get(column, {}), sample).get("levels") or ()) == {"0", "1"}


def _step(of: Mapping[str, Any], sample: str | None) -> float:
    found = _stats(of, sample)
    if not found or not found.get("sd") or _graded(found):
        return 1.0
    return float(found["sd"])


def _graded(found: Mapping[str, Any]) -> bool:
    """Whether a column goes from 0 to 1 in a few levels."""
    return bool(found.get("levels")) and (found["min"], found["max"]) == (0.0, 1.0)


def _stats(of: Mapping[str, Any], sample: str | None) -> Mapping[str, Any]:
    """The moments in the risk set, else over all rows; empty where nothing is known."""
    for name in (RISK_SETS.get(str(sample), WHOLE), WHOLE):
        found = of.get(name)
        if isinstance(found, Mapping) and found.get("mean") is not None and found.get("sd") is not None:
            return found
    return {}

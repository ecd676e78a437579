"""What tests of features share: a value by name, checked both ways round; bodies a to e and their lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from interclust import features
from interclust.panel import History
from interclust.records import Records
from worlds import records

NAN = float("nan")
A, B, C, D, E = range(5)
DAYS = {1: "2006-01-01", 2: "2007-01-01", 3: "2008-01-01", 4: "2009-01-01"}


def value(world: Records, name: str, period: int, i: int, j: int, **settings: Any) -> float:
    history = History.before(world, period, {"panel": {}, "features": settings})
    there = features.columns(history, np.array([i]), np.array([j]), [name])[name]
    back = features.columns(history, np.array([j]), np.array([i]), [name])[name]
    np.testing.assert_allclose(there, back, rtol=1e-6)
    return float(there[0])


def check(world: Records, cases: Mapping[tuple[Any, ...], float], **settings: Any) -> None:
    for (name, period, i, j), expected in cases.items():
        found = value(world, name, period, i, j, **settings)
        assert found == pytest.approx(expected, rel=1e-6, nan_ok=True), (name, period, i, j)


def world_of(*lists: tuple[int, str], complete: bool = True, **rows: Any) -> Records:
    """Bodies a to e; lists as (period, members)."""
    sectors = {"a": "s", "b": "t", "c": "s", "d": "t", "e": None}
    bodies = [{"cluster_id": name, "sector": sector} for name, sector in sectors.items()]
    status = {"list_status": "complete", "status": "complete"} if complete else {}
    projects = [{"period": period, "members": list(members), **status} for period, members in lists]
    return records(bodies, projects, DAYS, **rows)

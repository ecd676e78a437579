"""Lists counted: by call, by source, by size and by how firmly they are stated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..lists import lists
from ..settings import SettingsLike
from ..tables import Tables
from .columns import frame

if TYPE_CHECKING:
    import pandas as pd

    from ...records import Records

SETS = ("strict", "joint", "broad")
BY = ("all", "period", "source")
Key = tuple[str, Any, str, int]


def list_counts(records: Records | Tables, settings: SettingsLike = None) -> pd.DataFrame:
    """Lists and their projects by set and size: in all, by period, by source."""
    return frame("lists", counted(lists(Tables.of(records, settings))))


def counted(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of the counts from the table of lists (contract ``panel/lists``)."""
    found, projects = Counter[Key](), Counter[Key]()
    for item in table.to_dict("records"):
        for by, level in _levels(item):
            key = (by, level, item["set"], int(item["m"]))
            found[key] += 1
            projects[key] += len(item["project_ids"])
    names = ("by", "level", "set", "m")
    return [
        dict(zip(names, (key[0], None if key[1] is None else str(key[1]), *key[2:]), strict=True))
        | {"lists": found[key], "projects": projects[key]}
        for key in sorted(found, key=_order)
    ]


def _levels(item: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    import pandas as pd

    yield "all", None
    yield "period", None if pd.isna(item["period"]) else int(item["period"])
    for source in list(item["source_ids"]) or [None]:
        yield "source", source


def _order(key: Key) -> tuple[Any, ...]:
    """What has no period or source comes last."""
    by, level, kind, m = key
    return BY.index(by), level is None, 0 if level is None else level, SETS.index(kind), m


def on_lists(table: pd.DataFrame, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Lists that name each body and the bodies that it shares one with, (n,) each."""
    named, partners = np.zeros(n, dtype=np.int64), [set[int]() for _ in range(n)]
    for members in table["members"]:
        for body in members:
            named[body] += 1
            partners[body].update(members)
    return named, np.array([max(len(own) - 1, 0) for own in partners], dtype=np.int64)

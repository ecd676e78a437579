"""Which bodies the records name, and how much of what is published about each they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..lists import lists
from ..settings import SettingsLike
from ..tables import Tables
from .columns import frame
from .lists import on_lists

if TYPE_CHECKING:
    import pandas as pd

    from ...records import Records


def visibility(
    records: Records | Tables, checks: Iterable[Mapping[str, Any]] = (), settings: SettingsLike = None
) -> pd.DataFrame:
    """One row a body and published total of its projects, one row a body of which none is published.

    ``checks`` are those of ``ingest.json``; those with a ``cluster_id`` are totals of one body. The share
    of a total that is recorded is a record rate: it says nothing about lists.
    """
    tables = Tables.of(records, settings)
    published: dict[str, list[Mapping[str, Any]]] = {}
    for check in checks:
        if check.get("cluster_id"):
            published.setdefault(check["cluster_id"], []).append(check)
    rows = []
    for body in _bodies(tables):
        totals = sorted(published.get(body["cluster_id"], []), key=lambda item: (item["first"], item["last"]))
        rows += [body | _total(check) for check in totals] or [body]
    return frame("visibility", rows)


def _bodies(tables: Tables) -> list[dict[str, Any]]:
    """What the records hold of every body of the panel."""
    present = np.flatnonzero((tables.activity & tables.calendar.panel[None, :]).any(axis=1))
    projects = np.bincount(tables.memberships.cluster, minlength=tables.n)
    named, partners = on_lists(lists(tables), tables.n)
    clusters = tables.records.clusters
    return [
        {
            "cluster_id": clusters["cluster_id"].iloc[body],
            "name": clusters["name"].iloc[body],
            "projects": int(projects[body]),
            "lists": int(named[body]),
            "partners": int(partners[body]),
        }
        for body in present.tolist()
    ]


def _total(check: Mapping[str, Any]) -> dict[str, Any]:
    published, recorded = check["published"], check["found"]
    return {
        "first": check["first"],
        "last": check["last"],
        "published": published,
        "recorded": recorded,
        "record_rate": recorded / published if published else None,
        "source": check["source"],
    }

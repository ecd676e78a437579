"""The network over time: in each period by itself, and with all that was before.

The bodies are those active in the period. Its ties are those of the period alone, or also the earlier ones
of bodies still active, a predecessor's borne by its successor as the panel has it. On incomplete records
it is the network that was printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays import Memberships
from ..history import History
from ..settings import SettingsLike
from ..tables import Tables
from .by_lists import Lists
from .columns import frame

if TYPE_CHECKING:
    import pandas as pd

    from ...records import Records

Array = np.ndarray

SCOPES = ("period", "cumulative")
ATTRIBUTES = ("sector", "region")
SPARSE = 0.1  # density up to which what lists make by themselves can be worked out


def network(records: Records | Tables, settings: SettingsLike = None) -> pd.DataFrame:
    """One row a scope and period of the panel (columns: ``columns.TABLES["network"]``)."""
    tables = Tables.of(records, settings)
    once = one_a_list(tables)
    rows = [
        row
        for position in np.flatnonzero(tables.calendar.panel)
        for row in _of_period(tables, History(tables, int(position)), once)
    ]
    return frame("network", sorted(rows, key=lambda row: SCOPES.index(row["scope"])))


def one_a_list(tables: Tables) -> Array:
    """Flags the first project of every list (P,): a list printed for several projects is one."""
    groups = tables.records.projects["list_group"]
    first = groups.isna() | ~groups.duplicated()
    return first.to_numpy(dtype=bool)


def _of_period(tables: Tables, history: History, once: Array) -> Iterator[dict[str, Any]]:
    now = tables.memberships.at(history.position)
    for scope, parts in zip(SCOPES, ([now], [history.memberships, now]), strict=True):
        lists = _lists(tables, history, parts, once)
        graph = lists.graph(history.active_numbers)
        codes = {name: history.coded(name).codes[history.active_numbers] for name in ATTRIBUTES}
        yield {"scope": scope, "period": history.period} | measures(lists, graph, codes)


def _lists(tables: Tables, history: History, parts: list[Memberships], once: Array) -> Lists:
    project = np.concatenate([part.project for part in parts])
    cluster = np.concatenate([part.cluster for part in parts])
    kept = tables.is_tie[project] & history.active[cluster]
    return Lists.of(tables.n, project[kept], cluster[kept], once)


def measures(lists: Lists, graph: Any, codes: dict[str, Array]) -> dict[str, Any]:
    """Every measure of one network; NaN where a measure has no meaning."""
    tied, sizes, triples = int((graph.degree > 0).sum()), graph.components, lists.n_triples
    triangles = graph.triangles
    return {
        "bodies": graph.n,
        "bodies_tied": tied,
        "projects": lists.n_projects,
        "ties": len(graph.i),
        "density": graph.density,
        "mean_degree": 2 * len(graph.i) / graph.n if graph.n else np.nan,
        "components": len(sizes),
        "largest": int(sizes[0]) if len(sizes) else 0,
        "share_largest": sizes[0] / tied if tied else np.nan,
        "centralisation": graph.centralisation,
        "clustering": graph.clustering,
        "transitivity": graph.transitivity,
        "transitivity_of_lists": lists.transitivity if graph.density <= SPARSE else np.nan,
        "triangles": triangles,
        "share_of_one_list": triples / triangles if triangles and triples is not None else np.nan,
        "degree_assortativity": graph.degree_assortativity(),
        **{f"{name}_assortativity": graph.attribute_assortativity(codes[name]) for name in ATTRIBUTES},
    }

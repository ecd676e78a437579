"""How close a simulated world comes to the published totals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .registry import lineage, projects_by_period

if TYPE_CHECKING:
    import pandas as pd

    from ..records import Records

Array = np.ndarray
Published = Mapping[str, Any]
Line = dict[str, Any]


def closeness(records: Records, settings: Mapping[str, Any]) -> list[Line]:
    """One line a published figure: measure, of what, published, simulated."""
    published = settings["published"]
    projects = records.projects[["project_id", "period", "n_clusters"]]
    members = records.memberships[["project_id", "cluster_id"]].merge(projects, on="project_id")
    return [
        *_financed(records, projects),
        *_shares("colabelled", published.get("colabelled", []), projects, 2),
        *_shares("colabelled_not_followed", published.get("colabelled_not_followed", []), projects, 2),
        *_shares("more_than_three", published.get("more_than_three", []), projects, 4),
        *_involved(published.get("clusters_involved", {}), members),
        *_named(published.get("projects_named", []), members, records),
        *_concentration(published.get("concentration", []), members),
    ]


def _line(measure: str, of: str, published: float, simulated: float) -> Line:
    return {"measure": measure, "of": of, "published": published, "simulated": simulated}


def _span(item: Published) -> str:
    one = item["first"] == item["last"]
    return f"period {item['first']}" if one else f"periods {item['first']}-{item['last']}"


def _within(table: pd.DataFrame, item: Published) -> pd.DataFrame:
    return table[table["period"].between(item["first"], item["last"])]


def _financed(records: Records, projects: pd.DataFrame) -> list[Line]:
    periods, counts = projects_by_period(records)
    span = f"periods {periods.min()}-{periods.max()}"
    return [_line("projects_financed", span, int(counts.sum()), len(projects))]


def _shares(measure: str, items: list[Published], projects: pd.DataFrame, least: int) -> list[Line]:
    """Share of projects with ``least`` labels or more."""
    return [
        _line(
            f"share_{measure}",
            _span(item),
            round(item["n"] / item["of"], 4),
            round(float((_within(projects, item)["n_clusters"] >= least).mean()), 4),
        )
        for item in items
    ]


def _involved(published: Mapping[Any, int], members: pd.DataFrame) -> list[Line]:
    """Clusters named by at least one project of a period."""
    found = members.groupby("period")["cluster_id"].nunique()
    return [
        _line("clusters_involved", f"period {period}", count, int(found.get(int(period), 0)))
        for period, count in sorted(published.items(), key=lambda item: int(item[0]))
    ]


def _named(items: list[Published], members: pd.DataFrame, records: Records) -> list[Line]:
    """Projects that name a body or one that merged into it."""
    lines = []
    for item in items:
        ids = records.clusters["cluster_id"].iloc[lineage(records, item["cluster"])]
        mine = _within(members, item)
        n = mine.loc[mine["cluster_id"].isin(ids), "project_id"].nunique()
        lines.append(_line("projects_named", f"{item['cluster']}, {_span(item)}", item["n"], int(n)))
    return lines


def _concentration(items: list[Published], members: pd.DataFrame) -> list[Line]:
    """Share of all labels that goes to the most named clusters."""
    counts = np.sort(members.groupby("cluster_id").size().to_numpy())[::-1]
    return [
        _line(
            "share_of_labels",
            f"first {item['clusters']} clusters, {_span(item)}",
            item["share"],
            round(float(counts[: item["clusters"]].sum() / counts.sum()), 4),
        )
        for item in items
    ]

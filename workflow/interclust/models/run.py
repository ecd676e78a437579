"""One model of a study, from its files to its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts import CONTRACTS, read_loose
from ..errors import NotEstimable
from ..io import write_json
from . import record
from .lists.alternatives import ALTERNATIVES
from .lists.checks import list_remarks
from .lists.fit import PRIOR_VARIANCE, fit_lists
from .lists.inference import ListInference
from .rows.sampled import settled
from .specification import fit_panel

if TYPE_CHECKING:
    import pandas as pd

Spec = Mapping[str, Any]

LONGEST = 20  # a list of more is a programme, not a choice of partners (docs/methods.md, section 3)


def run(
    name: str, spec: Spec, folder: str | Path, fit_path: str | Path, threads: int | None = None
) -> dict[str, Any]:
    """Fit the model ``name`` from ``results/<study>`` and write its ``fit.json``.

    ``threads`` (None: one a core) changes no digit.
    A model that these data cannot bear is written with status not_fitted and its reason; a wrong
    specification raises ModelError.
    """
    folder = Path(folder)
    try:
        if spec["outcome"] == "list_choice":
            written = run_lists(name, spec, folder)
        else:
            spec = settled(spec, folder)
            written = record.panel_record(name, spec, fit_panel(spec, folder, threads))
    except NotEstimable as error:
        written = record.not_fitted_record(name, spec, error)
    write_json(written, fit_path)
    return written


def run_lists(name: str, spec: Spec, folder: Path) -> dict[str, Any]:
    """Fit list choice with its covariances."""
    tables = ListTables.read(folder)
    chosen = tables.of_sets(spec)
    if len(chosen) < (spec.get("min_events") or 2):
        raise NotEstimable(f"not fitted: {len(chosen)} lists of two or more bodies", {"lists": len(chosen)})
    fitted = fit_lists(spec["terms"], chosen, tables.pairs, mentions=tables.mentions, **list_options(spec))
    remarks = list_remarks(fitted, tables.too_long(spec), longest(spec))
    return record.list_record(name, spec, ListInference(fitted), tables.cluster_ids, remarks)


@dataclass(frozen=True)
class ListTables:
    """What list choice reads of a study: lists, pair features, and how often each body is named alone."""

    lists: pd.DataFrame
    pairs: pd.DataFrame
    mentions: np.ndarray
    cluster_ids: list[str]

    @classmethod
    def read(cls, folder: Path) -> ListTables:
        """Read them from results/<study>."""
        clusters = CONTRACTS["ingest/clusters"].read(folder / "ingest" / "clusters.parquet")
        cluster_ids = clusters["cluster_id"].tolist()
        lists = CONTRACTS["panel/lists"].read(folder / "panel" / "lists.parquet")
        return cls(lists, read_pairs(folder), single_mentions(folder, cluster_ids), cluster_ids)

    def of_sets(self, spec: Spec, every: bool = False) -> pd.DataFrame:
        """The lists of its sets (or of every set) that are not too long for a specification."""
        lists = self.lists[self.lists["m"] <= longest(spec)]
        return lists if every else lists[lists["set"].isin(_sets(spec))]

    def too_long(self, spec: Spec) -> int:
        """Lists of its sets that a specification leaves out for their length."""
        return int((self.lists["set"].isin(_sets(spec)) & (self.lists["m"] > longest(spec))).sum())


def longest(spec: Spec) -> int:
    """Members of the longest list that a specification uses."""
    return int(spec.get("longest", LONGEST))


def _sets(spec: Spec) -> list[str]:
    return spec.get("sets") or ["strict", "joint"]


def list_options(spec: Spec) -> dict[str, Any]:
    """The settings of list choice in a specification, with their defaults."""
    return {
        "alpha": spec.get("alpha", "free"),
        "prior_variance": spec.get("prior_variance", PRIOR_VARIANCE),
        "at_risk": spec.get("at_risk", "named"),
        "dates": spec.get("dates", "early"),
        "exact_to": spec.get("exact_to", 4),
        "alternatives": spec.get("sampled_alternatives", ALTERNATIVES),
        "seed": spec.get("seed", 1),
    }


def read_pairs(folder: Path) -> pd.DataFrame:
    """``features/lists``: the features of every pair of eligible active bodies, by period."""
    return read_loose(folder / "features" / "lists.parquet", "features/lists")


def single_mentions(folder: Path, cluster_ids: list[str]) -> np.ndarray:
    """Records that name a body alone, by cluster number: its visibility, from records that are no lists."""
    projects = CONTRACTS["ingest/projects"].read(folder / "ingest" / "projects.parquet")
    memberships = CONTRACTS["ingest/memberships"].read(folder / "ingest" / "memberships.parquet")
    alone = set(projects.loc[projects["n_clusters"] == 1, "project_id"])
    named = memberships[memberships["project_id"].isin(alone)]["cluster_id"].value_counts()
    return np.array([int(named.get(cluster, 0)) for cluster in cluster_ids])

"""The real bodies and calls that a simulated world lives on, without any project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config import project_root
from ..contracts import CONTRACTS
from ..errors import ConfigError

if TYPE_CHECKING:
    from ..records import Records

Array = np.ndarray
Study = Mapping[str, Any]


def source_folder(study: Study) -> Path:
    """The folder of the real tables (``simulate.source``, relative to the project)."""
    folder = project_root() / study["simulate"]["source"]
    if not folder.is_dir():
        raise ConfigError(f"simulate.source: the folder {study['simulate']['source']} does not exist")
    return folder


def read_registry(study: Study, source: str | Path | None = None) -> Records:
    """Bodies, territories, facts, events and periods, read by ingest; projects are left out.

    They are those of the real tables in ``source``, with the drawn facts of ``simulate.facts``, if any. Where
    a survey of contacts is drawn it takes the place of the coded ones; what is judged (rivalries) stays.
    """
    from .. import ingest
    from .fact_tables import write_registry

    with TemporaryDirectory() as folder:
        write_registry(study, source if source is not None else source_folder(study), folder)
        records = ingest.read(study, folder)
    if study["simulate"].get("contacts"):
        judged = records.relations[records.relations["relation"].notna()].reset_index(drop=True)
        records = replace(records, relations=judged)
    return without_projects(records)


def without_projects(records: Records) -> Records:
    """The same records before any project."""
    periods = records.periods.assign(n_records=0, n_lists=0, record_rate=None, visibility=None)
    return replace(
        records,
        projects=CONTRACTS["ingest/projects"].frame([]),
        memberships=CONTRACTS["ingest/memberships"].frame([]),
        periods=CONTRACTS["ingest/periods"].frame(periods),
    )


def projects_by_period(records: Records) -> tuple[Array, Array]:
    """Periods whose number of financed projects is published, and the number: middle of the range."""
    told = records.periods.dropna(subset=["n_financed_low", "n_financed_high"])
    if told.empty:
        raise ConfigError(
            "simulate: no period says how many projects were financed; map ingest.periods.financed"
        )
    low, high = (told[name].to_numpy(dtype=float) for name in ("n_financed_low", "n_financed_high"))
    return told["period"].to_numpy(dtype=int), np.rint((low + high) / 2).astype(int)


def lineage(records: Records, name: str) -> Array:
    """Cluster numbers of the body of this name and of those that merged into it, sorted."""
    ids = records.clusters["cluster_id"].tolist()
    successor = dict(zip(ids, records.clusters["successor"].tolist(), strict=True))
    found = [key for key, own in zip(ids, records.clusters["name"].tolist(), strict=True) if own == name]
    if not found:
        raise ConfigError(f"simulate.published: there is no body {name!r} in the registry; check the name")
    size = 0
    while size < len(found):
        size = len(found)
        found += [key for key in ids if successor[key] in found and key not in found]
    return np.array(sorted(ids.index(key) for key in found))

"""The diagnostics of a panel model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...contracts import CONTRACTS
from ..likelihood import Likelihood
from ..reference import restore_optimum
from ..rows.contacts import OWN_ROWS
from . import conditioning, dependence, dispersion, influence, list_laws, network

if TYPE_CHECKING:
    import pandas as pd

    from .diagnose import Diagnostics

Array = np.ndarray


def diagnose_panel(found: Diagnostics, folder: Path) -> None:
    """Fill in every table that the model has."""
    record = found.record
    likelihood, params = restore_optimum(record, folder, ["period"])
    information = np.array(record["information"])
    terms = [row["term"] for row in record["params"]]
    found.condition, inflated = conditioning.of_panel(likelihood, information, terms)
    found.inflation(inflated)
    row_projects = CONTRACTS["panel/row_projects"].read(folder / "panel" / "row_projects.parquet")
    found.tables["influence"] = _influence(found, folder, likelihood, params, row_projects)
    found.tables["dependence"] = dependence.table(dependence.residual_sums(likelihood, params))
    _dispersion(found, likelihood, params, information)
    _network(found, likelihood, params, row_projects)


def standard_errors(found: Diagnostics) -> Array:
    """Standard errors (k,) of the covariance that the model reports with."""
    kinds = found.record["vcov"]
    wanted = found.record["spec"].get("covariance")
    kind = wanted if wanted in kinds else next(reversed(kinds))
    return np.sqrt(np.diag(np.array(kinds[kind]["matrix"])))


def _influence(
    found: Diagnostics, folder: Path, likelihood: Likelihood, params: Array, row_projects: pd.DataFrame
) -> pd.DataFrame:
    import pandas as pd

    information, errors = np.array(found.record["information"]), standard_errors(found)
    terms = [row["term"] for row in found.record["params"]]
    changes, rows = influence.cluster_changes(likelihood, params, information)
    clusters = (
        CONTRACTS["ingest/clusters"].read(folder / "ingest" / "clusters.parquet")["cluster_id"].tolist()
    )
    parts = [influence.table("cluster", clusters, rows, terms, changes, errors)]
    # Numbered as models/rows/stored.py does.
    projects = np.unique(row_projects["project_id"].to_numpy(dtype=str))
    printed = CONTRACTS["ingest/projects"].read(folder / "ingest" / "projects.parquet")
    by_project = printed.set_index("project_id")["sources"]
    sources, sole = influence.sole_sources([list(by_project[name]) for name in projects.tolist()])
    if len(sources) > 1:
        changes, rows = influence.source_changes(likelihood, params, information, sole, len(sources))
        parts.append(influence.table("source", sources, rows, terms, changes, errors))
    return pd.concat(parts, ignore_index=True)


def _dispersion(found: Diagnostics, likelihood: Likelihood, params: Array, information: Array) -> None:
    names = ("dispersion", "rootogram")
    if likelihood.family.outcome != "count":
        return found.leave_out("no_count", *names)
    if not found.settings["simulations"]:
        return found.leave_out("no_simulations", *names)
    spread = dispersion.spread(likelihood, params, information, found.settings)
    found.tables |= {"dispersion": spread.dispersion(), "rootogram": spread.rootogram()}
    return None


def _network(found: Diagnostics, likelihood: Likelihood, params: Array, row_projects: pd.DataFrame) -> None:
    if found.record["spec"].get("sample") or found.record["outcome"] in OWN_ROWS:
        return found.leave_out("not_all_pairs", "network")
    if likelihood.family.outcome not in ("binary", "count"):
        return found.leave_out("no_rate", "network")
    if likelihood.data.n_nodes > network.LARGEST:
        return found.leave_out("too_many_bodies", "network")
    if not found.settings["simulations"]:
        return found.leave_out("no_simulations", "network")
    laws = list_laws.of_panel(likelihood, params, row_projects)
    if not laws:
        return found.leave_out("no_lists", "network")
    found.network(laws, len(row_projects[["period", "project_id"]].drop_duplicates()))
    return None

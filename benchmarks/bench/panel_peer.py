"""The panel and its features as a careful analyst writes them: whole arrays a period, one table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .made_world import REGIONS

if TYPE_CHECKING:
    from interclust.records import Records


def named(records: Records) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who is named in which project with its period, and the pairs of each project."""
    number = {name: k for k, name in enumerate(records.clusters["cluster_id"])}
    members = records.memberships.merge(records.projects[["project_id", "period"]], on="project_id")
    members["node"] = members["cluster_id"].map(number)
    pairs = members.merge(members, on="project_id", suffixes=("_i", "_j"))
    pairs = pairs[pairs["node_i"] < pairs["node_j"]]
    return members, pd.DataFrame({"period": pairs["period_i"], "i": pairs["node_i"], "j": pairs["node_j"]})


def write(parts: Sequence[pd.DataFrame], path: Path) -> None:
    """All periods to one file."""
    pd.concat(parts, ignore_index=True).to_parquet(path, compression="zstd")


def outcomes(members: pd.DataFrame, pairs: pd.DataFrame, period: int, n: int) -> pd.DataFrame:
    """The panel of one period, by merging."""
    i, j = np.triu_indices(n, 1)
    rows = pd.DataFrame({"period": period, "i": i, "j": j})
    now = pairs[pairs["period"] == period].groupby(["i", "j"]).size().rename("n_projects")
    earlier = pairs[pairs["period"] < period].groupby(["i", "j"])["period"].agg(["size", "min", "max"])
    rows = rows.merge(now, how="left", left_on=["i", "j"], right_index=True)
    rows = rows.merge(earlier, how="left", left_on=["i", "j"], right_index=True)
    rows["n_projects"] = rows["n_projects"].fillna(0).astype("int16")
    rows["prior_projects"] = rows.pop("size").fillna(0).astype("int32")
    rows["periods_since_first_tie"] = (period - rows.pop("min")).astype("Int16")
    rows["periods_since_last_tie"] = (period - rows.pop("max")).astype("Int16")
    rows["tie"] = rows["n_projects"] > 0
    rows["in_emergence_risk_set"] = rows["prior_projects"] == 0
    rows["emergence"] = rows["tie"].where(rows["in_emergence_risk_set"]).astype("boolean")
    rows["recurrence"] = rows["tie"].where(~rows["in_emergence_risk_set"]).astype("boolean")
    mentions = np.bincount(members.loc[members["period"] < period, "node"], minlength=n)
    shared = rows["prior_projects"].to_numpy()
    rows["log_exposure"] = np.log(mentions[i] - shared + 0.5) + np.log(mentions[j] - shared + 0.5)
    return rows


def features(
    records: Records, members: pd.DataFrame, rows: pd.DataFrame, period: int, n: int
) -> dict[str, Any]:
    """The features of the pairs of a period, by whole matrices."""
    i, j = rows["i"].to_numpy(), rows["j"].to_numpy()
    clusters, past = records.clusters, members[members["period"] < period]
    sector, diffusion = clusters["sector"].to_numpy(), clusters["diffusion"].to_numpy()
    mixed = (diffusion == "mixed").astype(float)
    complementarity = (diffusion[i] != diffusion[j]).astype(float)
    complementarity = np.where((mixed[i] + mixed[j]) > 0, 0.5, complementarity)
    reference = records.periods["reference"].iloc[period - 1]
    grown = (clusters["start_low"] + pd.DateOffset(months=18) <= reference).to_numpy()
    covered = np.zeros((n, REGIONS), dtype="float32")
    node = clusters["cluster_id"].searchsorted(records.territories["cluster_id"])
    covered[node, records.territories["region"].str[1:].astype(int)] = 1
    adjacency = np.zeros((n, n), dtype="float32")
    tied = rows["prior_projects"].to_numpy() > 0
    adjacency[i[tied], j[tied]] = adjacency[j[tied], i[tied]] = 1
    return {
        "same_sector": (sector[i] == sector[j]).astype(float),
        "same_region": ((covered @ covered.T)[i, j] > 0).astype(float),
        "log_distance_km": distance_of(clusters, i, j),
        "thematic_similarity": themes_of(records, past, n)[i, j],
        "tech_market_complementarity": complementarity,
        "both_development": (grown[i] & grown[j]).astype(float),
        "common_partners": (adjacency @ adjacency)[i, j],
    }


def distance_of(clusters: pd.DataFrame, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Log of the great-circle distance by the haversine formula."""
    lat, lon = np.radians(clusters["lat"].to_numpy()), np.radians(clusters["lon"].to_numpy())
    half = np.sin((lat[i] - lat[j]) / 2) ** 2
    half += np.cos(lat[i]) * np.cos(lat[j]) * np.sin((lon[i] - lon[j]) / 2) ** 2
    distance: np.ndarray = np.log(np.maximum(2 * 6371.0088 * np.arcsin(np.sqrt(half)), 10))
    return distance


def themes_of(records: Records, past: pd.DataFrame, n: int) -> np.ndarray:
    """Cosines of TF-IDF vectors of keywords and earlier topics (n, n), shared projects kept."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    known = records.projects[records.projects["project_id"].isin(past["project_id"])]
    keywords = records.clusters["keywords"].str.join(" ")
    topics = past.merge(known[["project_id", "topic"]], on="project_id")
    told = topics.groupby("node")["topic"].agg(" ".join).reindex(range(n)).fillna("")
    weights = TfidfVectorizer().fit([*keywords, *known["topic"]])
    vectors = weights.transform(keywords + " " + told.to_numpy())
    cosines: np.ndarray = (vectors @ vectors.T).toarray()
    return cosines

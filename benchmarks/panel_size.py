"""Time and memory of the panel and its features against the number of clusters, beside vectorised pandas.

Run: python benchmarks/panel_size.py [--sizes 300,600,1200,3000] [--peer-sizes 300,600,1200,3000]
Every size is a made world of 20 periods in which all clusters are active: one project a cluster and period,
six in ten with a list of two to five, topics of six words. What is built is the panel with the eight features
of the model ``emergence_moderated``, by the two stages as a run does it: panel files written, read again,
written with the features. The peer is what a careful analyst writes with pandas, numpy and scikit-learn:
whole arrays a period, no loop over pairs, no shards, one table in memory, written to one Parquet file. It is
spared what costs most: its thematic similarity keeps the projects that a dyad shares. Every measurement runs
in a process of its own; "peak" is the process's largest resident size.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from interclust.records import Records

PERIODS = 20
FEATURES = (
    "same_sector",
    "same_region",
    "log_distance_km",
    "thematic_similarity",
    "tech_market_complementarity",
    "both_development",
    "common_partners",
)  # log_exposure, the eighth, is a column of the panel
KEPT = "interclust, shared projects kept"  # as the peer does
REGIONS, SECTORS, WORDS = 22, 17, 2_000


def regions_of(count: int, rng: np.random.Generator) -> list[str]:
    """Names of regions drawn at random."""
    return [f"r{k}" for k in rng.integers(0, REGIONS, count)]


def made_clusters(
    ids: np.ndarray, words: np.ndarray, popularity: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Rows of the table of clusters, drawn at random."""
    import pandas as pd

    n = len(ids)
    clusters = pd.DataFrame(
        {
            "cluster_id": ids,
            "name": ids,
            "kind": "pole",
            "active_from": pd.Timestamp("2000-01-01"),
            "active_from_basis": "stated",
            "start_low": pd.Timestamp("2000-01-01") + pd.to_timedelta(rng.integers(0, 3000, n), unit="D"),
            "start_basis": "label",
            "region": regions_of(n, rng),
            "lat": rng.uniform(42, 51, n),
            "lon": rng.uniform(-4, 8, n),
            "sector": [f"s{k}" for k in rng.integers(0, SECTORS, n)],
            "keywords": [list(rng.choice(words, 4, p=popularity)) for _ in range(n)],
            "diffusion": rng.choice(["diffusing", "absorbing", "mixed"], n),
            "country": "FR",
        }
    )
    clusters["start_high"] = clusters["start_low"]
    return clusters


def made_world(n: int, seed: int = 1) -> Records:
    """Records of ``n`` clusters and 20 yearly calls."""
    import pandas as pd

    from interclust.contracts import CONTRACTS
    from interclust.records import Records

    rng = np.random.default_rng(seed)
    words = np.array(["w" + "".join(chr(97 + int(digit)) for digit in str(k)) for k in range(WORDS)])
    popularity = 1 / np.arange(1, WORDS + 1)
    popularity /= popularity.sum()
    ids = np.array([f"c{k:05d}" for k in range(n)])
    clusters = made_clusters(ids, words, popularity, rng)
    m = np.where(rng.random(n * PERIODS) < 0.4, 1, rng.integers(2, 6, n * PERIODS))
    owner = np.repeat(np.arange(len(m)), m)
    member = rng.integers(0, n, len(owner))
    named = pd.DataFrame({"project": owner, "member": member}).drop_duplicates()
    project_ids = np.array([f"p:{k:07d}" for k in range(len(m))])
    size = named.groupby("project").size()
    period = 1 + np.arange(len(m)) // n
    projects = pd.DataFrame(
        {
            "project_id": project_ids,
            "source_id": "s",
            "line": np.arange(len(m)) + 2,
            "topic": [" ".join(rng.choice(words, 6, p=popularity)) for _ in range(len(m))],
            "call": period,
            "period": period,
            "period_basis": "stated",
            "status": "complete",
            "list_status": "complete",
            "n_named": size.to_numpy(),
            "n_clusters": size.to_numpy(),
            "sources": [["s"]] * len(m),
        }
    )
    memberships = pd.DataFrame(
        {
            "project_id": project_ids[named["project"]],
            "cluster_id": ids[named["member"]],
            "role": "unknown",
            "printed": [[]] * len(named),
            "method": "id",
            "score": 100.0,
        }
    )
    days = [pd.Timestamp(f"{2004 + t}-01-01") for t in range(1, PERIODS + 1)]
    periods = pd.DataFrame({"period": range(1, PERIODS + 1), "label": "call", "reference": days})
    periods = periods.assign(reference_basis="closing", n_records=n, n_lists=0)
    covered = pd.DataFrame(
        {"cluster_id": np.repeat(ids, 2), "region": [f"r{k}" for k in rng.integers(0, REGIONS, 2 * n)]}
    )
    regions = pd.DataFrame({"region": [f"r{k}" for k in range(REGIONS)], "integrated": False})
    given = {
        "projects": projects,
        "memberships": memberships,
        "clusters": clusters,
        "periods": periods,
        "territories": covered.drop_duplicates(),
        "regions": regions,
    }
    return Records(
        **{name: CONTRACTS[f"ingest/{name}"].frame(given.get(name, [])) for name in Records.names()}
    )


def ours(n: int, folder: Path, threads: int, leave_out: bool) -> Callable[[], None]:
    """The two stages, on a world already made; ``leave_out`` a dyad's own projects, as by default."""
    from interclust import features, panel

    records = made_world(n)
    chosen = {"names": list(FEATURES), "lists": False, "leave_dyad_out": leave_out}
    settings = {"panel": {"unit": "call"}, "features": chosen}

    def run() -> None:
        panel.write(records, settings, folder / "panel", threads)
        features.write(records, settings, folder / "panel", folder / "features", threads)

    return run


def peer(n: int, folder: Path) -> Callable[[], None]:
    """The same in pandas, on a world already made."""
    import pandas as pd

    records = made_world(n)
    number = {name: k for k, name in enumerate(records.clusters["cluster_id"])}
    members = records.memberships.merge(records.projects[["project_id", "period"]], on="project_id")
    members["node"] = members["cluster_id"].map(number)
    pairs = members.merge(members, on="project_id", suffixes=("_i", "_j"))
    pairs = pairs[pairs["node_i"] < pairs["node_j"]]
    pairs = pd.DataFrame({"period": pairs["period_i"], "i": pairs["node_i"], "j": pairs["node_j"]})

    def run() -> None:
        parts = [peer_period(records, members, pairs, t, n) for t in range(1, PERIODS + 1)]
        pd.concat(parts, ignore_index=True).to_parquet(folder / "panel.parquet", compression="zstd")

    return run


def peer_period(
    records: Records, members: pd.DataFrame, pairs: pd.DataFrame, period: int, n: int
) -> pd.DataFrame:
    """One period of the peer: outcomes by merging, features by whole matrices."""
    import pandas as pd

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
    for name, values in peer_features(records, members, rows, period, n).items():
        rows[name] = values.astype("float32")
    return rows


def peer_features(
    records: Records, members: pd.DataFrame, rows: pd.DataFrame, period: int, n: int
) -> dict[str, Any]:
    """The eight features of the pairs of a period."""
    i, j = rows["i"].to_numpy(), rows["j"].to_numpy()
    clusters, past = records.clusters, members[members["period"] < period]
    mentions = np.bincount(past["node"], minlength=n)
    shared = rows["prior_projects"].to_numpy()
    sector, diffusion = clusters["sector"].to_numpy(), clusters["diffusion"].to_numpy()
    mixed = (diffusion == "mixed").astype(float)
    complementarity = (diffusion[i] != diffusion[j]).astype(float)
    complementarity = np.where((mixed[i] + mixed[j]) > 0, 0.5, complementarity)
    reference = records.periods["reference"].iloc[period - 1]
    grown = (reference - clusters["start_low"]).dt.days.to_numpy() >= 18 * 30.4375
    covered = np.zeros((n, REGIONS), dtype="float32")
    node = clusters["cluster_id"].searchsorted(records.territories["cluster_id"])
    covered[node, records.territories["region"].str[1:].astype(int)] = 1
    adjacency = np.zeros((n, n), dtype="float32")
    tied = shared > 0
    adjacency[i[tied], j[tied]] = adjacency[j[tied], i[tied]] = 1
    return {
        "log_exposure": np.log(mentions[i] - shared + 0.5) + np.log(mentions[j] - shared + 0.5),
        "same_sector": (sector[i] == sector[j]).astype(float),
        "same_region": ((covered @ covered.T)[i, j] > 0).astype(float),
        "log_distance_km": peer_distance(clusters, i, j),
        "thematic_similarity": peer_themes(records, past, n)[i, j],
        "tech_market_complementarity": complementarity,
        "both_development": (grown[i] & grown[j]).astype(float),
        "common_partners": (adjacency @ adjacency)[i, j],
    }


def peer_distance(clusters: pd.DataFrame, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Log of the great-circle distance by the haversine formula."""
    lat, lon = np.radians(clusters["lat"].to_numpy()), np.radians(clusters["lon"].to_numpy())
    half = np.sin((lat[i] - lat[j]) / 2) ** 2
    half += np.cos(lat[i]) * np.cos(lat[j]) * np.sin((lon[i] - lon[j]) / 2) ** 2
    distance: np.ndarray = np.log(np.maximum(2 * 6371.0088 * np.arcsin(np.sqrt(half)), 10))
    return distance


def peer_themes(records: Records, past: pd.DataFrame, n: int) -> np.ndarray:
    """Cosines of TF-IDF vectors of keywords and earlier topics (n, n), shared projects kept."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    topics = past.merge(records.projects[["project_id", "topic"]], on="project_id")
    told = topics.groupby("node")["topic"].agg(" ".join).reindex(range(n)).fillna("")
    texts = records.clusters["keywords"].str.join(" ") + " " + told.to_numpy()
    vectors = TfidfVectorizer().fit_transform(texts)
    cosines: np.ndarray = (vectors @ vectors.T).toarray()
    return cosines


def measure(who: str, n: int, threads: int) -> dict[str, float]:
    """Seconds and peak memory (MB) in this process, the world made and libraries imported beforehand."""
    import pandera.pandas  # noqa: F401
    import scipy.sparse  # noqa: F401
    import sklearn.feature_extraction.text  # noqa: F401
    from threadpoolctl import threadpool_limits

    with tempfile.TemporaryDirectory() as folder, threadpool_limits(threads if who == "pandas" else 1):
        place = Path(folder)
        run = peer(n, place) if who == "pandas" else ours(n, place, threads, who == "interclust")
        began = time.perf_counter()
        run()
        seconds = time.perf_counter() - began
    return {"seconds": seconds, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="300,600,1200,3000")
    parser.add_argument("--peer-sizes", default="300,600,1200,3000")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--measure", nargs=2, metavar=("WHO", "N"), help="one measurement, as JSON")
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure[0], int(given.measure[1]), given.threads)))
        return
    print("| clusters | dyad-periods | who | seconds | million a second | peak MB |")
    print("| ---: | ---: | --- | ---: | ---: | ---: |")
    for who, sizes in (("interclust", given.sizes), (KEPT, given.peer_sizes), ("pandas", given.peer_sizes)):
        for n in map(int, filter(None, sizes.split(","))):
            print(line(who, n, given.threads), flush=True)


def line(who: str, n: int, threads: int) -> str:
    """One line of the table, measured in a process of its own."""
    rows = n * (n - 1) // 2 * PERIODS
    command = [sys.executable, __file__, "--measure", who, str(n), "--threads", str(threads)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"| {n:,} | {rows:,} | {who} | did not finish (exit {done.returncode}) | | |"
    found = json.loads(done.stdout)
    speed = rows / found["seconds"] / 1e6
    return f"| {n:,} | {rows:,} | {who} | {found['seconds']:.1f} | {speed:.2f} | {found['mb']:.0f} |"


if __name__ == "__main__":
    main()

"""A made world of any number of clusters and 20 yearly calls, for measurements.

All clusters are active throughout: one project a cluster and period, six in ten with a list of two to five,
members drawn at random, topics of six words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from interclust.records import Records

PERIODS = 20
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

"""The panel and its features, beside what a careful analyst writes with pandas, numpy and scikit-learn.

What is built is the panel of a made world and the eight features of the model ``emergence_moderated``, by
the two stages as a run does it: period files written, read again, written with the features. The peer
(``panel_peer.py``) takes whole arrays a period, no loop over pairs, no shards, and one table in memory,
written to one Parquet file. It keeps the projects that a dyad shares in its thematic similarity; ``shared
projects kept`` does the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .made_world import PERIODS, made_world
from .part import Found, Job, Part, Python

THEMES = "thematic_similarity"
FEATURES = (
    "same_sector",
    "same_region",
    "log_distance_km",
    THEMES,
    "tech_market_complementarity",
    "both_development",
    "common_partners",
)  # log_exposure, the eighth, is a column of the panel
OUTCOMES = ("n_projects", "tie", "prior_projects", "emergence", "in_emergence_risk_set", "log_exposure")
KEPT = "interclust, shared projects kept"
THREADS = 2
WARM = 12  # clusters


def dyad_periods(n: int) -> int:
    """Rows of the panel of ``n`` clusters."""
    return n * (n - 1) // 2 * PERIODS


def prepare(n: int, folder: Path) -> None:
    """The records of a made world, and of a small one to warm up."""
    made_world(n).write(folder / "ingest")
    made_world(WARM).write(folder / "warm" / "ingest")


def prepare_panel(n: int, folder: Path) -> None:
    """The records and their panels."""
    from interclust import panel

    prepare(n, folder)
    for place in (folder, folder / "warm"):
        panel.write(records_of(place), settings(), place / "panel", THREADS)


def records_of(folder: Path) -> Any:
    """The records, read again."""
    from interclust.records import Records

    return Records.read(folder / "ingest")


def settings(leave_out: bool = True) -> dict[str, Any]:
    """Of the study; ``leave_out`` a dyad's own projects, as by default."""
    chosen = {"names": list(FEATURES), "lists": False, "leave_dyad_out": leave_out}
    return {"panel": {"unit": "call"}, "features": chosen}


def our_panel(n: int, folder: Path) -> Job:
    """The stage panel."""
    from interclust import panel

    def job(place: Path) -> Job:
        records = records_of(place)
        return Job(
            lambda: panel.write(records, settings(), place / "ours", THREADS),
            lambda _: sums(place / "ours" / "periods", OUTCOMES),
        )

    return warmed(job, folder)


def our_features(leave_out: bool) -> Python:
    """The stage features, on the panel's files."""

    def setup(n: int, folder: Path) -> Job:
        from interclust import features

        def job(place: Path) -> Job:
            records, chosen = records_of(place), settings(leave_out)
            return Job(
                lambda: features.write(records, chosen, place / "panel", place / "ours", THREADS),
                lambda _: sums(place / "ours" / "periods", FEATURES),
            )

        return warmed(job, folder)

    return Python(setup)


def peer_panel(n: int, folder: Path) -> Job:
    """The panel in pandas."""
    from . import panel_peer as peer

    def job(place: Path) -> Job:
        records = records_of(place)
        members, pairs = peer.named(records)

        def run() -> None:
            parts = [peer.outcomes(members, pairs, t, len(records.clusters)) for t in range(1, PERIODS + 1)]
            peer.write(parts, place / "peer.parquet")

        return Job(run, lambda _: sums(place / "peer.parquet", OUTCOMES))

    return warmed(job, folder)


def peer_features(n: int, folder: Path) -> Job:
    """The features in pandas, on a panel in memory."""
    from . import panel_peer as peer

    def job(place: Path) -> Job:
        records = records_of(place)
        members, pairs = peer.named(records)
        count = len(records.clusters)
        frames = [peer.outcomes(members, pairs, t, count) for t in range(1, PERIODS + 1)]

        def run() -> None:
            for t, rows in enumerate(frames, start=1):
                for name, values in peer.features(records, members, rows, t, count).items():
                    rows[name] = values.astype("float32")
            peer.write(frames, place / "peer.parquet")

        return Job(run, lambda _: sums(place / "peer.parquet", FEATURES))

    return warmed(job, folder)


def warmed(job: Callable[[Path], Job], folder: Path) -> Job:
    """The job, after that of the small world: libraries are imported and code is warm."""
    job(folder / "warm").call()
    return job(folder)


def sums(place: Path, names: tuple[str, ...]) -> Found:
    """Sums of columns over all rows."""
    import pyarrow.parquet as pq

    files = sorted(place.glob("*.parquet")) if place.is_dir() else [place]
    totals = np.zeros(len(names))
    for path in files:
        table = pq.read_table(path, columns=list(names))
        totals += [np.nansum(table.column(name).to_numpy().astype(float)) for name in names]
    return Found(totals, np.maximum(np.abs(totals), 1.0))


PANEL = Part(
    "panel",
    "clusters",
    dyad_periods,
    prepare,
    {"interclust": Python(our_panel), "pandas": Python(peer_panel)},
    sizes=(200, 400, 800, 1600, 2400),
    tiny=(12,),
    distance="largest relative difference of a column's sum",
    growth=True,
)

FEATURE = Part(
    "features",
    "clusters",
    dyad_periods,
    prepare_panel,
    {
        "interclust": our_features(leave_out=True),
        KEPT: our_features(leave_out=False),
        "pandas (shared projects kept)": Python(peer_features),
    },
    sizes=(200, 400, 800, 1600, 2400),
    tiny=(12,),
    distance="largest relative difference of a column's sum",
    reference=KEPT,
    growth=True,
)

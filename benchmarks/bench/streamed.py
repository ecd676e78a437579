"""A logit of fifteen terms from Parquet, shard by shard, with the dyadic covariance: memory must not grow.

Rows of four periods, about 1 % ties, each in a project of some ten pairs; a row group a shard, as the stage
features writes them. Nearly nothing is held in memory between two passes (a run holds
``models.stored.HELD_BYTES``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .logit import FEATURES, FORMULA, SLOPES, nodes_for, rows_of
from .part import Found, Job, Part, Python, as_found

ENDS = ("cluster_i", "cluster_j")
PERIODS = 4
HELD_BYTES = 2**20
WARM_ROWS = 20_000


def prepare(rows: int, folder: Path) -> None:
    """The rows to measure, and few to warm up."""
    write(rows, folder)
    (folder / "warm").mkdir()
    write(WARM_ROWS, folder / "warm")


def write(rows: int, folder: Path) -> None:
    """Period files and the projects of ties."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    from interclust.numerics.dyads import SHARD_DYADS

    n = nodes_for(rows, PERIODS)
    # Number of the first dyad of each row of the triangle.
    first = np.cumsum(np.r_[0, np.arange(n - 1, 0, -1)])
    fields = [("period", pa.int16()), *((end, pa.int32()) for end in ENDS), ("y", pa.bool_())]
    schema = pa.schema([*fields, *((name, pa.float32()) for name in FEATURES)])
    rng, tied = np.random.default_rng(2), []
    for period in range(PERIODS):
        path = folder / f"period={period:03d}.parquet"
        with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=False) as writer:
            for low in range(0, int(first[-1]), SHARD_DYADS):
                number = np.arange(low, min(low + SHARD_DYADS, int(first[-1])))
                i = np.searchsorted(first, number, side="right") - 1
                part = _rows(period, i, number - first[i] + i + 1, rng)
                writer.write_batch(pa.RecordBatch.from_pydict(part, schema=schema))
                tied.append({name: part[name][part["y"]] for name in ("period", *ENDS)})
    whole = pd.DataFrame({name: np.concatenate([part[name] for part in tied]) for name in tied[0]})
    projects = rng.integers(0, max(len(whole) // 10, 1), len(whole))
    whole["project_id"] = np.char.add("p:", projects.astype(str))
    whole.to_parquet(folder / "row_projects.parquet")


def _rows(period: int, i: np.ndarray, j: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    values = rng.standard_normal((len(FEATURES), len(i)), dtype=np.float32)
    eta = SLOPES @ values - 5.2
    y = rng.random(len(i)) < 1 / (1 + np.exp(-eta))
    ends = {"cluster_i": i.astype(np.int32), "cluster_j": j.astype(np.int32)}
    keys = {"period": np.full(len(i), period, dtype=np.int16), **ends, "y": y}
    return keys | dict(zip(FEATURES, values, strict=True))


def ours(rows: int, folder: Path) -> Job:
    """The streamed fit with its dyadic covariance."""
    import pandas as pd

    from interclust.models.fit import family_of, fit_data
    from interclust.models.formula import parse
    from interclust.models.rows.stored import from_parquet

    def run(place: Path, rows: int) -> Found:
        projects = pd.read_parquet(place / "row_projects.parquet")
        nodes, columns = range(nodes_for(rows, PERIODS)), ["y", *FEATURES]
        data = from_parquet(place, columns, None, nodes, projects, held_bytes=HELD_BYTES)
        fit = fit_data(parse(FORMULA), "y", family_of("logit"), data)
        return Found(fit.coefficients, np.sqrt(np.diag(fit.covariance("dyadic").matrix)))

    run(folder / "warm", WARM_ROWS)
    return Job(lambda: run(folder, rows), as_found)


STREAMED = Part(
    "streamed",
    "rows",
    lambda rows: rows_of(rows, PERIODS),
    prepare,
    {"interclust": Python(ours)},
    sizes=(1_000_000, 2_000_000, 4_000_000, 8_000_000, 16_000_000),
    tiny=(4_000,),
    growth=True,
)

"""Time and memory of a logit of 5 million rows and 15 terms beside its peers; 90 million from Parquet.

Run: python benchmarks/engine_speed.py [--rows 5000000] [--repeats 5] [--stored-rows 90000000]
     [--only memory|stored]
The rows are a made panel of all pairs of clusters in eight periods (four in Parquet), fourteen standard
normal features, events at 8 % (1 % in Parquet, each in a project of some ten pairs). The peers are given
one matrix in the order that they are quickest with (by column), and their own tolerances, which are looser
than ours: the last column says how far each stops from the estimates of interclust, in standard errors.
They are glum (no penalty), scikit-learn (``newton-cholesky``, no penalty) and statsmodels (``Logit``); one
that is not installed is left out with a message. Every measurement runs in a process of its own, libraries
and code warm, the order turned round at every repeat. "CPU" counts all threads; "MB" is the largest resident
size while fitting beyond what it was before (Linux).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

FEATURES = [f"x{q:02d}" for q in range(14)]
SLOPES = np.linspace(-0.4, 0.4, len(FEATURES))
FORMULA = "y ~ " + " + ".join(FEATURES)
ENDS = ("cluster_i", "cluster_j")
PERIODS, STORED_PERIODS = 8, 4
WARM_ROWS = 20_000
PEERS = {"glum": "glum", "scikit-learn": "sklearn", "statsmodels": "statsmodels"}
OURS = ("interclust", "interclust, dyadic_jackknife")

Table = dict[str, Any]


def nodes_for(rows: int, periods: int) -> int:
    """Clusters whose pairs in so many periods are about ``rows``."""
    return int(np.ceil((1 + np.sqrt(1 + 8 * rows / periods)) / 2))


def made(rows: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features (n, 14) by column, outcome and the two ends of each row."""
    n = nodes_for(rows, PERIODS)
    i, j = (np.tile(ends.astype(np.int32), PERIODS) for ends in np.triu_indices(n, 1))
    rng = np.random.default_rng(seed)
    X = np.empty((len(i), len(FEATURES)), order="F")
    eta = np.full(len(i), -2.8)
    for q, slope in enumerate(SLOPES):
        X[:, q] = rng.standard_normal(len(i))
        eta += slope * X[:, q]
    return X, (rng.random(len(i)) < 1 / (1 + np.exp(-eta))).astype(float), i, j


def framed(X: np.ndarray, y: np.ndarray, i: np.ndarray, j: np.ndarray) -> pd.DataFrame:
    """The same values as a frame, the matrix not copied."""
    import pandas as pd

    features = pd.DataFrame(X, columns=FEATURES, copy=False)
    beside = pd.DataFrame({"y": y, "cluster_i": i, "cluster_j": j}, copy=False)
    return pd.concat([features, beside], axis=1, copy=False)


def ours(jackknife: bool, threads: int | None) -> Callable[[pd.DataFrame], list[float]]:
    """The fit of interclust."""
    from interclust import models

    def run(frame: pd.DataFrame) -> list[float]:
        fit = models.fit(FORMULA, frame, threads=threads)
        if jackknife:
            fit.covariance("dyadic_jackknife")
        errors = np.sqrt(np.diag(fit.covariance("classical").matrix))
        return [*fit.coefficients.tolist(), *errors.tolist()]

    return run


def peer(who: str) -> Callable[..., list[float]]:
    """The fit of a peer; returns intercept and slopes."""

    def glum(X: np.ndarray, y: np.ndarray) -> list[float]:
        from glum import GeneralizedLinearRegressor  # type: ignore[import-not-found]

        found = GeneralizedLinearRegressor(family="binomial", alpha=0).fit(X, y)
        return [float(found.intercept_), *found.coef_.tolist()]

    def sklearn(X: np.ndarray, y: np.ndarray) -> list[float]:
        from sklearn.linear_model import LogisticRegression

        found = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(X, y)
        return [float(found.intercept_[0]), *found.coef_[0].tolist()]

    def statsmodels(X: np.ndarray, y: np.ndarray) -> list[float]:
        import statsmodels.api as sm

        return [float(value) for value in sm.Logit(y, X).fit(disp=0).params]

    return {"glum": glum, "scikit-learn": sklearn, "statsmodels": statsmodels}[who]


def peak(reset: bool) -> float:
    """Largest resident size (MB) since the last reset (Linux), or of the process."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def measured(run: Callable[[], list[float]]) -> Table:
    """Seconds, CPU seconds and memory beyond the data of one call."""
    before = peak(reset=True)
    wall, cpu = time.perf_counter(), time.process_time()
    estimates = run()
    found = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return found | {"mb": peak(reset=False) - before, "peak": peak(reset=False), "estimates": estimates}


def measure_memory(who: str, rows: int, threads: int | None) -> Table:
    """One fit in memory, in this process."""
    import warnings

    warnings.simplefilter("ignore")  # versions of the peers name their arguments otherwise
    X, y, i, j = made(rows)
    if who in OURS:
        mine, frame = ours(who != OURS[0], threads), framed(X, y, i, j)
        mine(frame.iloc[:WARM_ROWS])
        return measured(lambda: mine(frame))
    run = peer(who)
    if who == "statsmodels":  # its design has the intercept
        X = np.asfortranarray(np.column_stack([np.ones(len(X)), X]))
    few = slice(0, WARM_ROWS)
    run(np.asfortranarray(X[few]), y[few])
    return measured(lambda: run(X, y))


def write_stored(folder: Path, rows: int) -> Path:
    """Period files with a row group a shard, as the stage features writes them, and the projects of ties."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    from interclust.numerics.dyads import SHARD_DYADS

    n = nodes_for(rows, STORED_PERIODS)
    first = np.cumsum(
        np.r_[0, np.arange(n - 1, 0, -1)]
    )  # number of the first dyad of each row of the triangle
    fields = [("period", pa.int16()), *((end, pa.int32()) for end in ENDS), ("y", pa.bool_())]
    schema = pa.schema([*fields, *((name, pa.float32()) for name in FEATURES)])
    rng, tied = np.random.default_rng(2), []
    for period in range(STORED_PERIODS):
        path = folder / f"period={period:03d}.parquet"
        with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=False) as writer:
            for low in range(0, int(first[-1]), SHARD_DYADS):
                number = np.arange(low, min(low + SHARD_DYADS, int(first[-1])))
                i = np.searchsorted(first, number, side="right") - 1
                part = _stored_rows(period, i, number - first[i] + i + 1, rng)
                writer.write_batch(pa.RecordBatch.from_pydict(part, schema=schema))
                tied.append({name: part[name][part["y"]] for name in ("period", *ENDS)})
    whole = pd.DataFrame({name: np.concatenate([part[name] for part in tied]) for name in tied[0]})
    projects = rng.integers(0, max(len(whole) // 10, 1), len(whole))
    whole["project_id"] = np.char.add("p:", projects.astype(str))
    whole.to_parquet(folder / "row_projects.parquet")
    return folder


def _stored_rows(period: int, i: np.ndarray, j: np.ndarray, rng: np.random.Generator) -> Table:
    values = rng.standard_normal((len(FEATURES), len(i)), dtype=np.float32)
    eta = SLOPES @ values - 5.2
    y = rng.random(len(i)) < 1 / (1 + np.exp(-eta))
    ends = {"cluster_i": i.astype(np.int32), "cluster_j": j.astype(np.int32)}
    keys = {"period": np.full(len(i), period, dtype=np.int16), **ends, "y": y}
    return keys | dict(zip(FEATURES, values, strict=True))


def measure_stored(folder: Path, rows: int, threads: int | None) -> Table:
    """One streamed fit with its dyadic covariance, in this process."""
    import pandas as pd

    from interclust.models.fit import family_of, fit_data
    from interclust.models.formula import parse
    from interclust.models.stored import from_parquet

    projects = pd.read_parquet(folder / "row_projects.parquet")
    nodes = range(nodes_for(rows, STORED_PERIODS))

    def run() -> list[float]:
        data = from_parquet(folder, ["y", *FEATURES], None, nodes, projects, threads)
        fit = fit_data(parse(FORMULA), "y", family_of("logit"), data)
        fit.covariance("dyadic")
        return fit.coefficients.tolist()

    return measured(run)


def in_process(*arguments: str) -> Table | None:
    """One measurement in a process of its own."""
    command = [sys.executable, __file__, "--measure", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"| {arguments[0]} | did not finish (exit {done.returncode}) | | | |", file=sys.stderr)
        print(done.stderr, file=sys.stderr)
        return None
    found: Table = json.loads(done.stdout.splitlines()[-1])
    return found


def memory_table(rows: int, repeats: int, threads: str) -> Iterator[str]:
    """The lines of the first table: medians over the repeats."""
    installed = [who for who, module in PEERS.items() if importlib.util.find_spec(module)]
    for who in PEERS.keys() - set(installed):
        print(f"{who} is not installed and is left out", file=sys.stderr)
    everyone = [*OURS, *installed]
    found: dict[str, list[Table]] = {who: [] for who in everyone}
    for repeat in range(repeats):
        for who in everyone if repeat % 2 == 0 else reversed(everyone):
            one = in_process(who, str(rows), threads)
            found[who] += [one] if one else []
    k = len(FEATURES) + 1
    reference = np.array(found[OURS[0]][0]["estimates"])
    yield "| fit | seconds | CPU seconds | MB beyond the data | distance |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for who, ones in found.items():
        if ones:
            seconds, cpu, mb = (
                statistics.median(one[name] for one in ones) for name in ("seconds", "cpu", "mb")
            )
            away = np.abs((np.array(ones[0]["estimates"])[:k] - reference[:k]) / reference[k:]).max()
            yield f"| {who} | {seconds:.2f} | {cpu:.2f} | {mb:.0f} | {away:.0e} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--stored-rows", type=int, default=90_000_000)
    parser.add_argument("--threads", default="0", help="0: one a core")
    parser.add_argument("--folder", help="where the Parquet files are written, or lie from an earlier run")
    parser.add_argument("--only", choices=("memory", "stored"))
    parser.add_argument("--measure", nargs="+", metavar="WHAT", help="one measurement, as JSON")
    given = parser.parse_args()
    if given.measure:
        who, rows, threads, *folder = given.measure
        used = int(threads) or None
        one = (
            measure_stored(Path(folder[0]), int(rows), used)
            if folder
            else measure_memory(who, int(rows), used)
        )
        print(json.dumps(one))
        return
    if given.only != "stored":
        for line in memory_table(given.rows, given.repeats, given.threads):
            print(line, flush=True)
    if given.only != "memory":
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(given.folder or temporary)
            if not (folder / "row_projects.parquet").exists():
                write_stored(folder, given.stored_rows)
            found = in_process("stored", str(given.stored_rows), given.threads, str(folder))
        if found:
            print(f"{given.stored_rows:,} rows from Parquet with the dyadic covariance:")
            print(f"{found['seconds']:.0f} s, {found['cpu']:.0f} s of CPU, peak {found['peak']:.0f} MB")


if __name__ == "__main__":
    main()

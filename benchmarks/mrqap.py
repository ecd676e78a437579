"""Time of an MRQAP of 71 nodes, 5 covariates and 2,000 permutations, beside R's sna.

Run: python benchmarks/mrqap.py [--nodes 71] [--covariates 5] [--permutations 2000] [--threads 2]
     [--repeats 3] [--sna-permutations 200]
One undirected network, made; double semi-partialling by both (sna: ``netlm`` and ``netlogit`` with
``qapspp``, which test the intercept too). sna takes long, so that it is given fewer permutations and its time
is scaled up to the same number: it is one regression after the other. Without Rscript and sna its lines are
left out. Ours: median of the repeats, after one run to warm up; "CPU" counts all threads.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from interclust import inference

FAMILIES = ("linear", "logit")
SNA = """
suppressPackageStartupMessages(library(sna))
arguments <- commandArgs(trailingOnly = TRUE)
n <- as.integer(arguments[2]); k <- as.integer(arguments[3]); reps <- as.integer(arguments[4])
values <- matrix(scan(arguments[1], quiet = TRUE), n * n)
x <- lapply(seq_len(k), function(q) matrix(values[, q], n))
for (family in c("linear", "logit")) {
  run <- if (family == "linear") netlm else netlogit
  y <- matrix(values[, k + if (family == "linear") 1 else 2], n)
  took <- system.time(run(y, x, mode = "graph", nullhyp = "qapspp", reps = reps))
  cat(family, took[["elapsed"]], took[["user.self"]] + took[["sys.self"]], "\\n")
}
"""


def made(n: int, k: int, seed: int = 1) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Outcomes by family and covariates, each depending on its nodes."""
    rng = np.random.default_rng(seed)

    def matrix() -> np.ndarray:
        noise, effects = rng.standard_normal((n, n)), rng.standard_normal(n)
        return effects[:, None] + effects[None, :] + (noise + noise.T) / np.sqrt(2.0)

    X = {f"x{q}": matrix() for q in range(k)}
    y = 0.2 * X["x0"] + matrix()
    return {"linear": y, "logit": (y > 2.0).astype(float)}, X


def timed(run: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Median seconds and CPU seconds of some runs after a first one."""
    run()
    found = []
    for _ in range(repeats):
        wall, work = time.perf_counter(), time.process_time()
        run()
        found.append((time.perf_counter() - wall, time.process_time() - work))
    return statistics.median(item[0] for item in found), statistics.median(item[1] for item in found)


def sna(y: dict[str, np.ndarray], X: dict[str, np.ndarray], reps: int) -> dict[str, tuple[float, float]]:
    """Seconds and CPU seconds of sna by family; nothing where it is not installed."""
    if shutil.which("Rscript") is None:
        print("Rscript is not there: sna is left out")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder) / "matrices.txt", Path(folder) / "run.R"
        # R reads a matrix column by column; every column here is a symmetric matrix.
        values = np.column_stack([matrix.ravel() for matrix in (*X.values(), *y.values())])
        np.savetxt(data, values.T, fmt="%.15g")
        script.write_text(SNA, encoding="utf-8")
        size = len(next(iter(X.values())))
        command = ["Rscript", str(script), str(data), str(size), str(len(X)), str(reps)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"sna is left out: {done.stderr.strip().splitlines()[-1]}")
        return {}
    lines = (line.split() for line in done.stdout.splitlines())
    return {family: (float(wall), float(work)) for family, wall, work in lines}


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in {
        "nodes": 71,
        "covariates": 5,
        "permutations": 2000,
        "threads": 2,
        "repeats": 3,
    }.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--sna-permutations", type=int, default=200)
    chosen = parser.parse_args()
    y, X = made(chosen.nodes, chosen.covariates)
    print("| family | program | permutations | seconds | CPU seconds |\n| --- | --- | ---: | ---: | ---: |")
    for family in FAMILIES:
        wall, work = timed(
            lambda family=family: inference.mrqap(  # type: ignore[misc]
                y[family], X, family, permutations=chosen.permutations, threads=chosen.threads
            ),
            chosen.repeats,
        )
        print(f"| {family} | interclust | {chosen.permutations:,} | {wall:.2f} | {work:.2f} |", flush=True)
    scale = chosen.permutations / chosen.sna_permutations
    for family, (wall, work) in sna(y, X, chosen.sna_permutations).items():
        print(
            f"| {family} | sna (timed on {chosen.sna_permutations:,}) | {chosen.permutations:,} "
            f"| {wall * scale:.1f} | {work * scale:.1f} |"
        )


if __name__ == "__main__":
    main()

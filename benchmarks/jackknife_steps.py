"""The jackknife by one Newton step beside exact refits: how far the errors differ, and what each costs.

Run: python benchmarks/jackknife_steps.py [--clusters 20,30,71,150] [--worlds 5]
Worlds as in the simulations behind docs/methods.md, section 2: the cross-section of all pairs, cluster
effects with a standard deviation of 0.5 on both members, five terms (intercept, sum of a cluster covariate,
same region, a pair covariate, cluster covariate x same region), ties at about 25 % in 20 clusters to 5 % in
71 and more. "Ratio" is the standard error by one step over the exact one: least, mean and greatest over
terms and worlds. Seconds are CPU seconds of the deletions alone, from a fit that is at hand.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from interclust import models
from interclust.errors import InterclustError

if TYPE_CHECKING:
    import pandas as pd

FORMULA = "y ~ s + same_region + x + s:same_region"
SHARES = {20: 0.25, 30: 0.20, 71: 0.05, 150: 0.05}


def world(n: int, seed: int) -> pd.DataFrame:
    """All pairs of ``n`` clusters with their outcome."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    i, j = np.triu_indices(n, 1)
    measure, region, effect = rng.standard_normal(n), rng.integers(0, 5, n), 0.5 * rng.standard_normal(n)
    frame = pd.DataFrame({"cluster_i": i, "cluster_j": j, "s": measure[i] + measure[j]})
    frame["same_region"] = (region[i] == region[j]).astype(float)
    frame["x"] = rng.standard_normal(len(i))
    eta = 0.2 * frame["s"] + 0.5 * frame["same_region"] + 0.3 * frame["x"] + effect[i] + effect[j]
    share = SHARES.get(n, 0.05)
    eta += np.log(share / (1 - share)) - 0.3
    frame["y"] = (rng.random(len(i)) < 1 / (1 + np.exp(-eta))).astype(float)
    return frame


def compared(frame: pd.DataFrame) -> tuple[np.ndarray, float, float]:
    """Ratios of the standard errors (k,) and CPU seconds of one step and of refits."""
    fit = models.fit(FORMULA, frame, threads=1)
    began = time.process_time()
    step = fit.covariance("dyadic_jackknife").matrix
    between = time.process_time()
    exact = fit.covariance("dyadic_jackknife_exact").matrix
    ended = time.process_time()
    return np.sqrt(np.diag(step) / np.diag(exact)), between - began, ended - between


def lines(clusters: list[int], worlds: int) -> Iterator[str]:
    """The table."""
    yield "| clusters | pairs | ratio: least | mean | greatest | one step, s | refits, s | worlds |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for n in clusters:
        found = []
        for seed in range(worlds):
            try:
                found.append(compared(world(n, seed)))
            except InterclustError as error:  # a refit without a cluster that does not converge
                print(f"{n} clusters, world {seed}: {error}")
        ratios = np.array([ratio for ratio, _, _ in found])
        step, refits = (float(np.median([one[place] for one in found])) for place in (1, 2))
        yield (
            f"| {n} | {n * (n - 1) // 2:,} | {ratios.min():.3f} | {ratios.mean():.3f} | {ratios.max():.3f} "
            f"| {step:.3f} | {refits:.1f} | {len(found)} |"
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clusters", default="20,30,71,150")
    parser.add_argument("--worlds", type=int, default=5)
    given = parser.parse_args()
    for line in lines([int(n) for n in given.clusters.split(",")], given.worlds):
        print(line, flush=True)


if __name__ == "__main__":
    main()

"""Which prior on the cluster effects of list choice: bias, error and coverage on lists like the real ones.

    python benchmarks/list_choice_prior.py --replications 200

71 bodies with the real pair features of one call, 22 lists of two and 14 of three drawn exactly from the
model with cluster effects of a known standard deviation; the model is fitted with several prior
variances. Needs results/fui (run `make` first). Prints a Markdown table; docs/methods.md quotes it.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import numpy as np
import pandas as pd

from interclust.models.lists.choice_sets import PairTable, combinations
from interclust.models.lists.fit import fit_lists
from interclust.models.run import read_pairs

TERMS = ["same_sector", "same_region", "tech_market_complementarity"]
BETA = np.log([5.0, 3.0, 1.3])
SIZES = {2: 22, 3: 14}
FITS = {
    "named, 20": {"prior_variance": 20.0},
    "named, 4": {"prior_variance": 4.0},
    "named, 1": {"prior_variance": 1.0},
    "named, 0.1": {"prior_variance": 0.1},
    "active, 1": {"prior_variance": 1.0, "at_risk": "active"},
}


def draw(table: PairTable, period: int, deviation: float, rng: np.random.Generator) -> pd.DataFrame:
    """Lists of the sizes of the real sample, exactly from the model."""
    bodies, x = table.bodies[period], np.nan_to_num(table.x[period])
    alpha = rng.normal(0.0, deviation, len(bodies))
    rows = []
    for size, number in SIZES.items():
        subsets = combinations(len(bodies), size)
        utility = alpha[subsets].sum(axis=1)
        for a, b in itertools.combinations(range(size), 2):
            utility += x[subsets[:, a], subsets[:, b]] @ BETA
        weight = np.exp(utility - utility.max())
        chosen = rng.choice(len(subsets), number, p=weight / weight.sum())
        rows += [bodies[subsets[row]].tolist() for row in chosen]
    ids = [f"l{number:02d}" for number in range(len(rows))]
    return pd.DataFrame(
        {
            "list_id": ids,
            "members": rows,
            "period_low": period,
            "period_high": period,
            "source_ids": [["s"]] * len(rows),
        }
    )


def measure(pairs: pd.DataFrame, period: int, deviation: float, replications: int, seed: int) -> None:
    """Print one block of the table: one line a fit, three numbers a term."""
    table = PairTable.from_frame(pairs, TERMS)
    rng = np.random.default_rng(seed)
    errors: dict[str, list[np.ndarray]] = {name: [] for name in FITS}
    covered: dict[str, list[np.ndarray]] = {name: [] for name in FITS}
    for _ in range(replications):
        lists = draw(table, period, deviation, rng)
        for name, options in FITS.items():
            fit = fit_lists(TERMS, lists, pairs, **options)
            error = fit.coefficients - BETA
            errors[name].append(error)
            covered[name].append(np.abs(error) < 1.96 * np.sqrt(np.diag(fit.covariance_beta())))
    for name in FITS:
        error = np.array(errors[name])
        bias, size = error.mean(axis=0), np.sqrt((error**2).mean(axis=0))
        share = 100 * np.mean(covered[name], axis=0)
        cells = [f"{b:+.2f} / {s:.2f} / {c:.0f}" for b, s, c in zip(bias, size, share, strict=True)]
        print(f"| {deviation:g} | {name} | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Measure for weak and strong differences between bodies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--study", type=Path, default=Path("results/fui"))
    options = parser.parse_args()
    pairs = read_pairs(options.study)
    period = 14
    pairs = pairs[pairs["period"] == period]
    print("| sd of alpha | bodies at risk, prior variance | " + " | ".join(TERMS) + " |")
    print("| --- | --- |" + " --- |" * len(TERMS))
    for deviation in (0.4, 1.0):
        measure(pairs, period, deviation, options.replications, options.seed)


if __name__ == "__main__":
    main()

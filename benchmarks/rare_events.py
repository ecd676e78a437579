"""Bias of estimators of rare events: logit, King & Zeng's corrections of it, Firth.

Run: python benchmarks/rare_events.py [--replications 300] [--seed 1]
The truth is a logit with a normal x and a flag z, slopes 1 and 1. *Random*: all rows of a small sample. *By
outcome*: some events and some of the other rows, of a population of 20,000 whose share of events (about one
per cent) is given to the estimators. Bias is the mean of estimate - truth over the replications in which the
logit has a finite estimate (the others are counted); every estimator is judged on the same ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from interclust import models
from interclust.errors import NotEstimable

Estimator = Callable[[pd.DataFrame, float | None], np.ndarray]

FORMULA = "y ~ x + z"
SLOPES = (1.0, 1.0)
POPULATION = 20_000


@dataclass(frozen=True)
class Design:
    """Rows of a random sample, or (``others`` rows an event) of one by outcome with ``events`` events."""

    name: str
    intercept: float
    rows: int = POPULATION
    events: int = 0
    others: int = 0


DESIGNS = (
    Design("random, 200 rows, 16 events", -3.6, rows=200),
    Design("random, 1,000 rows, 26 events", -4.8, rows=1000),
    Design("by outcome, 30 events, 30 others", -5.8, events=30, others=1),
    Design("by outcome, 30 events, 90 others", -5.8, events=30, others=3),
    Design("by outcome, 30 events, 300 others", -5.8, events=30, others=10),
)


def rare(**options: object) -> Estimator:
    """A variant of ``models.relogit``."""

    def run(rows: pd.DataFrame, prevalence: float | None) -> np.ndarray:
        fit = models.relogit(FORMULA, rows, prevalence, nodes=None, threads=1, **options)  # type: ignore[arg-type]
        return np.asarray(fit.params)

    return run


def firth(rows: pd.DataFrame, prevalence: float | None) -> np.ndarray:
    """Firth's logit; by outcome with the intercept of the prior correction."""
    params = models.fit(FORMULA, rows, family="firth", nodes=None, threads=1).coefficients.copy()
    if prevalence is not None:
        share = rows["y"].mean()
        params[0] -= np.log((1 - prevalence) / prevalence * share / (1 - share))
    return params


RANDOM: dict[str, Estimator] = {
    "logit": rare(bias_correct=False),
    "relogit": rare(),
    "firth": firth,
}
BY_OUTCOME: dict[str, Estimator] = {
    "prior, bias left": rare(bias_correct=False),
    "prior": rare(),
    "prior, weights of the population (Zelig)": rare(bias_weights="population"),
    "firth, prior": firth,
    "weighting, bias left": rare(bias_correct=False, method="weighting"),
    "weighting": rare(method="weighting"),
}


def drawn(design: Design, rng: np.random.Generator) -> tuple[pd.DataFrame, float | None]:
    """Rows of one replication, and the prevalence if they are chosen by outcome."""
    x, z = rng.normal(size=design.rows), rng.integers(0, 2, design.rows)
    chance = 1 / (1 + np.exp(-(design.intercept + SLOPES[0] * x + SLOPES[1] * z)))
    rows = pd.DataFrame({"x": x, "z": z.astype(float), "y": (rng.random(design.rows) < chance).astype(float)})
    if not design.events:
        return rows, None
    events, others = (np.flatnonzero(rows["y"] == value) for value in (1, 0))
    chosen = rng.choice(events, design.events, replace=False)
    zeros = rng.choice(others, design.events * design.others, replace=False)
    return rows.iloc[np.concatenate([chosen, zeros])], float(rows["y"].mean())


def errors(design: Design, replications: int, seed: int) -> tuple[dict[str, np.ndarray], int]:
    """Estimate - truth (r, 3) of each estimator, and the replications without a finite logit."""
    rng, left_out = np.random.default_rng(seed), 0
    estimators = BY_OUTCOME if design.events else RANDOM
    found: dict[str, list[np.ndarray]] = {name: [] for name in estimators}
    for _ in range(replications):
        rows, prevalence = drawn(design, rng)
        try:
            estimates = {name: run(rows, prevalence) for name, run in estimators.items()}
        except NotEstimable:
            left_out += 1
            continue
        for name, params in estimates.items():
            found[name].append(params - np.array([design.intercept, *SLOPES]))
    return {name: np.array(values) for name, values in found.items()}, left_out


def lines(design: Design, replications: int, seed: int) -> Iterator[str]:
    """Lines of the table."""
    found, left_out = errors(design, replications, seed)
    for name, error in found.items():
        mean, root = error.mean(axis=0), np.sqrt((error**2).mean(axis=0))
        cells = " | ".join(f"{bias:+.3f} / {rmse:.2f}" for bias, rmse in zip(mean, root, strict=True))
        yield f"| {design.name} | {name} | {cells} | {left_out} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print("| rows | estimator | intercept | x | z | left out |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for design in DESIGNS:
        for line in lines(design, given.replications, given.seed):
            print(line, flush=True)


if __name__ == "__main__":
    main()

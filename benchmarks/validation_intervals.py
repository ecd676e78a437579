"""Whether the intervals of forecast scores cover, where rows share clusters.

    python benchmarks/validation_intervals.py --replications 500

All pairs of some clusters, which differ in how often they are tied; the forecasts know it in part. The truth
is the score of 120 worlds of 400 clusters. Prints the coverage of nominal 95 % intervals as a Markdown table,
those that take rows as independent beside them; docs/methods.md quotes it.
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.special import expit

from interclust.models.rows.batches import Batch, Columns
from interclust.models.validation import influence
from interclust.models.validation.forward import Forecasts
from interclust.models.validation.influence import Score
from interclust.models.validation.scores import intervals

Array = np.ndarray

NAMES = ("ROC area", "average precision", "Brier", "log score", "Brier skill", "intercept", "slope")
CLUSTERS = (30, 71)
PREVALENCE = 0.08


def world(clusters: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Outcomes and forecasts of all pairs."""
    i, j = np.triu_indices(clusters, 1)
    active = rng.normal(0, 0.7, clusters)
    seen = active + rng.normal(0, 0.5, clusters)
    x = rng.normal(size=len(i))
    y = (rng.random(len(i)) < expit(-3 + active[i] + active[j] + x)).astype(float)
    return y, expit(-3 + 0.8 * (seen[i] + seen[j]) + 0.7 * x)


def scores(y: Array, p: Array) -> list[Score]:
    """The scores in the order of NAMES."""
    skill = influence.brier_skill(y, p, np.full(len(y), PREVALENCE))
    plain = [
        score(y, p) for score in (influence.roc_auc, influence.pr_auc, influence.brier, influence.log_score)
    ]
    return [*plain, skill, *influence.calibration(y, p)]


def forecasts(y: Array, p: Array, clusters: int, *, shared: bool) -> Forecasts:
    """Forecasts of all pairs, or of rows that have nothing in common."""
    none = np.zeros(0, dtype=int)
    i, j = np.triu_indices(clusters, 1) if shared else (2 * np.arange(len(y)), 2 * np.arange(len(y)) + 1)
    nodes = clusters if shared else 2 * len(y)
    return Forecasts(Batch(Columns({"p": p}), i, j, none, none), np.zeros(len(y)), y, {"model": p}, nodes)


def coverage(clusters: int, truth: list[float], replications: int, rng: np.random.Generator) -> Array:
    """Shares (2, 7) of intervals that hold the truth: rows share clusters, or are taken as independent."""
    hits = np.zeros((2, len(NAMES)))
    for _ in range(replications):
        y, p = world(clusters, rng)
        found = scores(y, p)
        for place, shared in enumerate((True, False)):
            limits = intervals(found, forecasts(y, p, clusters, shared=shared))
            hits[place] += [low <= value <= high for value, (low, high) in zip(truth, limits, strict=True)]
    return hits / replications


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=500)
    replications = parser.parse_args().replications
    rng = np.random.default_rng(1)
    parts = [world(400, rng) for _ in range(120)]
    y, p = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
    truth = [score.value for score in scores(y, p)]
    print("| clusters | rows | " + " | ".join(NAMES) + " |")
    print("| ---: | --- |" + " ---: |" * len(NAMES))
    for clusters in CLUSTERS:
        found = coverage(clusters, truth, replications, rng)
        for kind, shares in zip(("share clusters", "independent"), found, strict=True):
            print(f"| {clusters} | {kind} | " + " | ".join(f"{100 * share:.0f}" for share in shares) + " |")


if __name__ == "__main__":
    main()

"""Case-control samples of dyads against the panel of all: estimates, precision, cost.

Run: python benchmarks/case_control.py [--clusters 600] [--shares 0.01,0.05,0.2] [--seed 1]
     INTERCLUST_DATA=path/to/cordis python benchmarks/case_control.py --study h2020 --shares 0.003,0.03,0.3
The world is that of ``bench/made_world.py``, in which bodies meet at random: 20 periods, one project a
cluster and period; or the records of a study, with its own panel and three terms.
Every line is a study written to files by the stages panel and features, and one model of first ties fitted
from them (logit), in a process of its own. *Distance* is the largest difference of an estimate from that of
all dyads, in its own standard errors (``dyadic_jackknife``); *precision* the mean over terms of the standard
error of all dyads over its own. Estimates by term stand below. ``--draws 60 --clusters 300 --shares 0.05``
draws one world's dyads again and again, and tells the spread of estimates over what their errors say of it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from bench.made_world import made_world

if TYPE_CHECKING:
    from interclust.records import Records

FEATURES = ["same_sector", "same_region", "log_distance_km", "both_development", "common_partners"]
MODEL: dict[str, Any] = {
    "outcome": "emergence",
    "sample": "in_emergence_risk_set",
    "family": "logit",
    "terms": ["log_exposure", *FEATURES],
}
COLUMNS = ["share", "estimator", "rows", "rows used", "distance", "precision", "build CPU s", "fit CPU s"]
COLUMNS += ["files MB", "peak MB"]
# Of a study: of common partners the logarithm, for over their long tail a logit of the number does not hold.
STUDY_TERMS = ["log_exposure", "same_region", "log1p(common_partners)"]
ESTIMATORS: dict[str, dict[str, Any]] = {
    "weighting": {},
    "prior correction": {"relogit": {"prevalence": "sampling"}},
}


def world_of(name: str) -> tuple[Records, dict[str, Any], dict[str, Any]]:
    """Records, settings of panel and features, and the model: of a made world (a number) or of a study."""
    if name.isdigit():
        return made_world(int(name)), {"panel": {}, "features": {"names": FEATURES, "lists": False}}, MODEL
    from interclust import config, ingest

    study = config.load(name)
    settings = {
        "panel": study["panel"],
        "features": {"names": ["same_region", "common_partners"], "lists": False},
    }
    weights = {"weights": "tie_weight"} if study["panel"].get("weigh_above") else {}
    return ingest.read(study), settings, MODEL | {"terms": STUDY_TERMS} | weights


def measure(world: str, share: float, seed: int, estimator: str) -> dict[str, Any]:
    """Rows, CPU seconds and MB of a study and its model, with estimates and errors (share 1: all dyads)."""
    from interclust import features, models, panel

    records, settings, model = world_of(world)
    sampling = None if share == 1 else {"share": share, "seed": seed}
    settings["panel"] |= {"case_control": sampling}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records.write(folder / "ingest")
        began = time.process_time()
        panel.write(records, settings, folder / "panel")
        features.write(records, settings, folder / "panel", folder / "features")
        built = time.process_time()
        record = models.run("m", model | ESTIMATORS[estimator], folder, folder / "fit.json", threads=1)
        fitted = time.process_time()
        size = sum(path.stat().st_size for path in folder.glob("[pf]*/**/*.parquet"))
        rows = {step["step"]: step["kept"] for step in json.loads((folder / "panel/flow.json").read_text())}
    return {
        "rows": rows.get("rows_sampled", rows["rows"]),
        "used": record["n"]["rows"],
        "events": record["n"]["events"],
        "build": built - began,
        "fit": fitted - built,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "disk": size / 2**20,
        "terms": [row["term"] for row in record["params"]],
        "estimates": [row["estimate"] for row in record["params"]],
        "errors": np.sqrt(np.diag(record["vcov"]["dyadic_jackknife"]["matrix"])).tolist(),
    }


def line(share: float, estimator: str, found: dict[str, Any], full: dict[str, Any]) -> str:
    """One line of the table."""
    error, least = np.array(found["errors"]), np.array(full["errors"])
    gap = np.abs(np.array(found["estimates"]) - np.array(full["estimates"])) / error
    said = "" if share == 1 else f"{gap.max():.1f}"
    return (
        f"| {share:g} | {estimator if share < 1 else 'all dyads'} | {found['rows']:,} | {found['used']:,} | "
        f"{said} | {(least / error).mean():.2f} | {found['build']:.1f} | {found['fit']:.1f} | "
        f"{found['disk']:.1f} | {found['peak']:.0f} |"
    )


def estimates_line(share: float, estimator: str, found: dict[str, Any]) -> str:
    """Estimates with their standard errors, a term a column."""
    cells = (f"{b:.3f} ({e:.3f})" for b, e in zip(found["estimates"], found["errors"], strict=True))
    return f"| {share:g} | {estimator if share < 1 else 'all dyads'} | {' | '.join(cells)} |"


def spread(n: int, share: float, draws: int) -> dict[str, tuple[float, float]]:
    """By estimator, the spread of estimates over draws of one world, over what the errors say of it.

    The second is the root of the mean of (variance of the sample's estimate - variance of that of all dyads);
    given are the mean and the largest ratio over terms. A world's dyads are drawn again and again.
    """
    from interclust import features, models
    from interclust.panel.sampling import drawn_partners

    rows = features.table(made_world(n), FEATURES, {"features": {"names": FEATURES, "lists": False}})
    pair = rows["cluster_i"].to_numpy().astype(np.int64) * n + rows["cluster_j"].to_numpy()
    tied = np.unique(pair[rows["tie"]])
    at_risk = rows["in_emergence_risk_set"].to_numpy()
    rows, pair = rows[at_risk].assign(y=rows["tie"].astype(float)), pair[at_risk]
    formula = f"y ~ {' + '.join(MODEL['terms'])}"
    full = np.diag(models.fit(formula, rows).vcov())
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {name: [] for name in ESTIMATORS}
    for seed in range(draws):
        drawn = np.concatenate([i * n + drawn_partners(seed, share, i, n) for i in range(n)])
        inside, ever = np.isin(pair, drawn), np.isin(pair, tied)
        weighed = rows[inside | ever].assign(w=np.where(ever, 1.0, 1 / share)[inside | ever])
        chosen = rows[inside | (rows["y"] > 0)]
        n1 = chosen["y"].sum()
        prevalence = n1 / (n1 + (len(chosen) - n1) / share)
        fits = [models.fit(formula, weighed, weights="w"), models.relogit(formula, chosen, prevalence)]
        for name, fit in zip(ESTIMATORS, fits, strict=True):
            found[name].append((np.asarray(fit.params), np.diag(fit.vcov())))
    ratios = {}
    for name, items in found.items():
        estimates, variances = (np.array(part) for part in zip(*items, strict=True))
        ratio = estimates.std(axis=0, ddof=1) / np.sqrt(np.maximum(variances.mean(axis=0) - full, 1e-300))
        ratios[name] = (float(ratio.mean()), float(ratio.max()))
    return ratios


def measured(*arguments: object) -> dict[str, Any]:
    """``measure`` in a process of its own."""
    command = [sys.executable, __file__, "--measure", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clusters", type=int, default=600)
    parser.add_argument("--study", help="a study in the place of a made world")
    parser.add_argument("--shares", default="0.01,0.05,0.2")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=0, help="instead: spread over so many draws")
    parser.add_argument("--measure", nargs=4, metavar=("WORLD", "SHARE", "SEED", "ESTIMATOR"))
    given = parser.parse_args()
    if given.measure:
        world, share, seed, estimator = given.measure
        print(json.dumps(measure(world, float(share), int(seed), estimator)))
        return
    if given.draws:
        for share in map(float, given.shares.split(",")):
            for name, (mean, largest) in spread(given.clusters, share, given.draws).items():
                print(f"share {share:g}, {name}: mean ratio {mean:.2f}, largest {largest:.2f}", flush=True)
        return
    print(f"| {' | '.join(COLUMNS)} |")
    print(f"| ---: | --- |{' ---: |' * (len(COLUMNS) - 2)}")
    world = given.study or given.clusters
    full = measured(world, 1, given.seed, "weighting")
    print(line(1, "", full, full), flush=True)
    estimates = [estimates_line(1, "", full)]
    for share in map(float, given.shares.split(",")):
        for estimator in ESTIMATORS:
            found = measured(world, share, given.seed, estimator)
            print(line(share, estimator, found, full), flush=True)
            estimates.append(estimates_line(share, estimator, found))
    print(f"\n| share | estimator | {' | '.join(full['terms'])} |")
    print(f"| ---: | --- |{' ---: |' * len(full['terms'])}")
    print("\n".join(estimates))


if __name__ == "__main__":
    main()

"""What a hidden history tells of itself, on worlds of known hazards: recovery, or an honest refusal.

A world has 71 bodies in 12 sectors and 22 regions and 24 calls. A dyad is tied in a call with the hazard
1 - exp(-exp(b0 + 0.7 same_sector + 0.7 same_region + shift * tied before)), b0 such that some hundred dyads
are tied in the first call, as the published totals of the FUI suggest; a tie is seen with a given visibility.
Each world is profiled over the grid below. In the worlds named *bodies differ* a sum of two body effects
(standard deviation 0.5 each) is added, which the model does not have.

    python benchmarks/hidden_history.py --replications 40
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
import pandas as pd

from interclust import models
from interclust.errors import NotEstimable

SEED = 20_250_301
BODIES, SECTORS, REGIONS, CALLS = 71, 12, 22, 24
INTERCEPT, SECTOR, REGION = -3.4, 0.7, 0.7
GRID = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
# name: visibility, shift of recurrence, standard deviation of body effects
WORLDS = {
    "seen 0.1": (0.1, 1.1, 0.0),
    "seen 0.1, no shift": (0.1, 0.0, 0.0),
    "seen 0.1, bodies differ": (0.1, 1.1, 0.5),
    "seen 0.03": (0.03, 1.1, 0.0),
    "seen 0.03, no shift": (0.03, 0.0, 0.0),
    "seen 0.03, bodies differ": (0.03, 1.1, 0.5),
}


def world(rng: np.random.Generator, visibility: float, shift: float, sd: float) -> pd.DataFrame:
    """The rows of a world: cluster_i, cluster_j, period, same_sector, same_region, tie (seen)."""
    i, j = np.triu_indices(BODIES, 1)
    sector, region = rng.integers(0, SECTORS, BODIES), rng.integers(0, REGIONS, BODIES)
    effect = rng.normal(0.0, sd, BODIES)
    x = {"same_sector": sector[i] == sector[j], "same_region": region[i] == region[j]}
    base = INTERCEPT + SECTOR * x["same_sector"] + REGION * x["same_region"] + effect[i] + effect[j]
    tied, rows = np.zeros(len(i), dtype=bool), []
    for period in range(CALLS):
        event = rng.random(len(i)) < -np.expm1(-np.exp(base + shift * tied))
        seen = event & (rng.random(len(i)) < visibility)
        rows.append(pd.DataFrame({"cluster_i": i, "cluster_j": j, "period": period, **x, "tie": seen}))
        tied |= event
    table = pd.concat(rows, ignore_index=True)
    return table.astype({"same_sector": float, "same_region": float, "tie": float})


def measures(rng: np.random.Generator, visibility: float, shift: float, sd: float) -> dict[str, float]:
    """What one world gives; one in which no tie was seen after another is refused before it is fitted."""
    rows = world(rng, visibility, shift, sd)
    try:
        found = models.hidden_history("tie ~ same_sector + same_region", rows, GRID)
    except NotEstimable:
        return {"ties seen": float(rows["tie"].sum()), "refused": 1.0, "one side": 0.0, "identified": 0.0}
    low, high = found.interval
    out = {
        "ties seen": float(found.n["ties"]),
        "refused": float(found.visibility is None),
        "one side": float(found.verdict == "bounded"),
        "identified": float(found.verdict == "identified"),
        "v covered": float(low <= visibility <= high),
        "v": found.visibility if found.visibility is not None else np.nan,
    }
    known = found.fits[visibility].tidy().set_index("term")
    whole = found.ranges().set_index("term")
    for term, truth in (("same_sector", SECTOR), ("tied_before", shift)):
        out[f"{term} bias"] = known.loc[term, "estimate"] - truth
        out[f"{term} covered"] = float(known.loc[term, "conf_low"] <= truth <= known.loc[term, "conf_high"])
        out[f"{term} range"] = whole.loc[term, "high"] - whole.loc[term, "low"]
        out[f"{term} in range"] = float(whole.loc[term, "conf_low"] <= truth <= whole.loc[term, "conf_high"])
    return out


def table(replications: int) -> Iterator[str]:
    """The figures of each world as rows of Markdown: means over the replications, medians of v and ranges."""
    for number, (name, (visibility, shift, sd)) in enumerate(WORLDS.items()):
        seeds = np.random.SeedSequence([SEED, number]).spawn(replications)
        rows = pd.DataFrame([measures(np.random.default_rng(seed), visibility, shift, sd) for seed in seeds])
        spread = ["v", *(column for column in rows if column.endswith(" range") and " in " not in column)]
        figures = rows.mean().where(~rows.columns.isin(spread), rows.median())
        if number == 0:
            yield "| world | " + " | ".join(figures.index) + " |"
            yield "| --- |" + " --- |" * len(figures)
        yield f"| {name} | " + " | ".join(f"{value:.2f}" for value in figures) + " |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=40)
    for line in table(parser.parse_args().replications):
        print(line, flush=True)

"""What models of a press sample say of a known truth: size, bias and coverage over recorded worlds.

    python benchmarks/press_sample.py --worlds 50 --write workflow/report/measured/press.csv
    python benchmarks/press_sample.py --worlds 20 --times 10

Worlds of the study fui_synthetic_press (seeds 3,000,000 and on), each recorded as the study says, with lists
printed twice as readily for each pair of one region on them, with no label lost, and with one lost from three
lists in ten. With --times the worlds have so many times the projects, and list choice alone is fitted. Prints
two Markdown tables and the CPU seconds; docs/validity.md and the reports of incomplete records quote them.
"""

from __future__ import annotations

import argparse
import copy
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t as student

from interclust import config
from interclust.io import write_csv
from interclust.simulate.press.worlds import press_worlds
from interclust.simulate.truth import compute_truth

RECORDINGS = {
    "as the study": {},
    "one region ×2": {"selectivity": {"same_region": float(np.log(2.0))}},
    "no label lost": {"lost_labels": 0.0},
    "a label lost from three lists in ten": {"lost_labels": 0.3},
}
NULLS = ["thematic_similarity", "log_distance_km", "common_partners"]  # nothing in these worlds heeds them


def measured_study(*, panels: bool = True) -> dict:
    """The study with more lists, undated ones late, and naive panels with terms that nothing heeds."""
    study = copy.deepcopy(config.load("fui_synthetic_press"))
    choice = study["models"]["list_choice"]
    if not panels:
        study["models"] = {"list_choice": choice}
        return study
    kept = ["list_choice", "emergence_firth", "emergence_cloglog"]
    study["models"] = {name: study["models"][name] for name in kept}
    study["models"]["list_choice, broad set"] = {**choice, "sets": ["strict", "joint", "broad"]}
    study["models"]["list_choice, undated late"] = {**choice, "dates": "late"}
    firth = study["models"]["emergence_firth"]
    wide = {**firth, "terms": [*firth["terms"], *NULLS]}
    bare = {**wide, "terms": [term for term in wide["terms"] if term != "log_exposure"]}
    study["models"] |= {"firth, more terms": wide, "firth, no exposure": bare}
    return study


def summary(found: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """A row a recording, model and term: truth, bias, spread, mean error, coverage, share significant."""
    joined = found.merge(truth[["model", "term", "truth"]], on=["model", "term"])
    reach = student.ppf(0.975, joined["df"]) * joined["std_error"]
    joined = joined.assign(
        error=joined["estimate"] - joined["truth"],
        covered=100.0 * ((joined["estimate"] - joined["truth"]).abs() <= reach),
        significant=100.0 * (joined["estimate"].abs() > reach),
    )
    groups = joined.groupby(["recording", "model", "term"], sort=False)
    return groups.agg(
        worlds=("estimate", "size"),
        truth=("truth", "first"),
        mean=("estimate", "mean"),
        bias=("error", "mean"),
        mc_error=("estimate", lambda own: own.std(ddof=1) / np.sqrt(len(own))),
        spread=("estimate", "std"),
        std_error=("std_error", "mean"),
        median_error=("std_error", "median"),
        coverage=("covered", "mean"),
        significant=("significant", "mean"),
    ).reset_index()


def moved(found: pd.DataFrame) -> pd.DataFrame:
    """How far the selective recording moves each estimate of list choice, world by world."""
    lists = found[found["model"].str.startswith("list_choice")]
    wide = lists.pivot_table("estimate", ["model", "term", "world"], "recording").dropna()
    first, *others = RECORDINGS
    tables = []
    for other in others:
        step = (wide[other] - wide[first]).groupby(["model", "term"], sort=False)
        tables.append(step.agg(["size", "mean", "std"]).reset_index().assign(recording=other))
    table = pd.concat(tables, ignore_index=True)
    return table.assign(mc_error=table["std"] / np.sqrt(table["size"]))


def markdown(table: pd.DataFrame) -> str:
    """A table in Markdown: numbers with two decimals, shares and counts with none."""
    whole = {"worlds", "coverage", "significant", "size"}
    lines = [list(table.columns), ["---"] * len(table.columns)]
    for row in table.to_dict("records"):
        lines.append(
            [
                value if isinstance(value, str) else f"{value:.{0 if name in whole else 2}f}"
                for name, value in row.items()
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=50)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--write", type=Path, help="where the first table is written as CSV")
    options = parser.parse_args()
    study, start = measured_study(panels=options.times == 1), time.process_time()
    truth = compute_truth(study)
    found = press_worlds(study, range(options.worlds), RECORDINGS, options.times)
    measured = summary(found, truth)
    if options.write:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        write_csv(measured, options.write)
    for table in (measured, moved(found)):
        print(markdown(table), end="\n\n")
    print(f"{time.process_time() - start:.0f} CPU s")


if __name__ == "__main__":
    main()

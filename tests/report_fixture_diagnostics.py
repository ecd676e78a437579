"""Diagnostics of the models that report_fixture makes: numbers chosen, not computed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from interclust.io import write_csv, write_json

STATISTICS = (
    *(("ties", "", 67.0), ("repeated", "", 6.0), ("degree_max", "", 9.0), ("transitivity", "", 0.39)),
    *(("degree", "1", 0.125), ("degree", "2", 0.35), ("degree", "3-4", 0.525), ("degree", "65+", 0.0)),
    *(("shared_partners", "0", 0.2), ("shared_partners", "1", 0.8)),
)
FREQUENCIES = (300.0, 20.0, 4.0, 0.0)


def write_diagnostics(folder: Path, model: str, term: str, counts: bool) -> None:
    """Write diagnostics.json and network.csv of a model, and a rootogram if it is one of counts."""
    inflation = {"pairs": 10, "correlation": None, "p_value": None}
    top = {"change": -0.2, "rows": 3, "term": term}
    summary = {
        "model": model,
        "condition": {"weighted": 31.4, "design": 20.0},
        "inflation": {"part": "mean", "term": term, "vif": 4.27},
        "dispersion": {"pearson": {"observed": 1.2, "p_value": 0.0099}} if counts else {},
        "influence": {
            "cluster": {"left_out": "c00", "change_in_errors": -0.734} | top,
            "source": {"left_out": "s24", "change_in_errors": 0.981} | top,
        },
        "dependence": {
            "cluster": inflation | {"inflation": 2.013},
            "project": inflation | {"inflation": 0.31},
        },
    }
    write_json(summary, folder / f"models/{model}/diagnostics/diagnostics.json")
    network = [
        {
            "statistic": statistic,
            "class": part,
            "observed": value,
            "simulated_mean": value * 1.1,
            "conf_low": value * 0.8,
            "conf_high": value * 1.3,
            "p_value": 0.42,
        }
        for statistic, part, value in STATISTICS
    ]
    write_csv(pd.DataFrame(network), folder / f"models/{model}/diagnostics/network.csv")
    if counts:
        rows = {
            "count": range(4),
            "open": [False, False, False, True],
            "observed": FREQUENCIES,
            "expected": [298.0, 22.0, 3.5, 0.5],
            "conf_low": [295.0, 18.0, 1.0, 0.0],
            "conf_high": [301.0, 27.0, 6.0, 2.0],
        }
        write_csv(pd.DataFrame(rows), folder / f"models/{model}/diagnostics/rootogram.csv")

"""Matrices for the tests of QAP and MRQAP: drawn here, or drawn by R (tests/oracles/make_mrqap.R)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ORACLES = Path(__file__).parent / "oracles"
TERMS = ("a", "b", "c")
OUTCOMES = {"linear": "strength", "logit": "tie"}


@cache
def matrices(case: str) -> dict[str, np.ndarray]:
    """Matrices (T, n, n) by name of a case of R."""
    frame = pd.read_csv(ORACLES / "mrqap_matrices.csv")
    frame = frame[frame["case"] == case]
    n = int(frame[["i", "j"]].max().max()) + 1
    found = {}
    for name in (*OUTCOMES.values(), *TERMS):
        stack = np.full((frame["period"].max(), n, n), np.nan)
        stack[frame["period"] - 1, frame["i"], frame["j"]] = frame[name]
        if case != "directed":
            stack[frame["period"] - 1, frame["j"], frame["i"]] = frame[name]
        found[name] = stack
    return found


@cache
def values() -> pd.DataFrame:
    """The values of R: case, family, quantity, term, draw, value."""
    return pd.read_csv(ORACLES / "mrqap_values.csv", keep_default_na=False)


def value(case: str, family: str, quantity: str, term: str) -> tuple[float, int]:
    """One value of R with its number of permutations."""
    frame = values()
    keys = {"case": case, "family": family, "quantity": quantity, "term": term}
    row = frame[np.logical_and.reduce([frame[key] == asked for key, asked in keys.items()])].squeeze()
    return float(row["value"]), int(row["draw"])


def node_made(rng: np.random.Generator, n: int) -> np.ndarray:
    """A symmetric matrix (n, n) whose entries depend on their nodes."""
    effects = rng.standard_normal(n)
    noise = rng.standard_normal((n, n))
    return effects[:, None] + effects[None, :] + (noise + noise.T) / np.sqrt(2.0)


def world(seed: int, n: int, slope: float, binary: bool = False) -> dict[str, Any]:
    """An outcome that depends on x by ``slope``, on its nodes, and a second matrix z related to x."""
    rng = np.random.default_rng(seed)
    x, noise = node_made(rng, n), node_made(rng, n)
    y = slope * x + noise
    return {
        "y": (y > 0.8).astype(float) if binary else y,
        "X": {"x": x, "z": 0.7 * x + node_made(rng, n)},
    }

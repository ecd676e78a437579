"""MRQAP with five covariates by double semi-partialling, beside R's sna (``netlm``, ``netlogit``).

One undirected network, made; the same number of permutations for both. sna tests the intercept too.
p-values are Monte Carlo's and cannot be compared draw by draw (tests hold them against sna's); estimates
are.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .part import Found, Job, Part, Python, R, as_found

COVARIATES, PERMUTATIONS = 5, 200


def dyads(n: int) -> int:
    """Rows of the regression."""
    return n * (n - 1) // 2


def prepare(n: int, folder: Path) -> None:
    """Five covariates and the outcomes of both families, each depending on its nodes: columns of a table."""
    rng = np.random.default_rng(1)

    def matrix() -> np.ndarray:
        noise, effects = rng.standard_normal((n, n)), rng.standard_normal(n)
        return effects[:, None] + effects[None, :] + (noise + noise.T) / np.sqrt(2.0)

    X = [matrix() for _ in range(COVARIATES)]
    y = 0.2 * X[0] + matrix()
    columns = [*X, y, (y > 2.0).astype(float)]
    np.savetxt(folder / "matrices.txt", np.column_stack([one.ravel() for one in columns]).T, fmt="%.15g")


def ours(family: str) -> Python:
    """The regression of interclust."""

    def setup(n: int, folder: Path) -> Job:
        from interclust import inference

        columns = [row.reshape(n, n) for row in np.loadtxt(folder / "matrices.txt")]
        X = {f"x{q}": columns[q] for q in range(COVARIATES)}
        y = columns[COVARIATES + (family == "logit")]

        def run(permutations: int) -> Found:
            found = inference.mrqap(y, X, family, permutations=permutations, threads=None)
            return Found(found["estimate"])

        run(20)
        return Job(lambda: run(PERMUTATIONS), as_found)

    return Python(setup)


def part(family: str) -> Part:
    """The part of one family."""
    return Part(
        f"mrqap_{family}",
        "nodes",
        dyads,
        prepare,
        {"interclust": ours(family), "R: sna": R("mrqap.R", ("sna",), (family, str(PERMUTATIONS)))},
        sizes=(25, 71, 150, 300),
        tiny=(12,),
        distance="largest relative difference of an estimate",
    )

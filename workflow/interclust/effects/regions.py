"""Chance over regions: a list of regions with a policy, judged against all other lists of as many regions.

A policy is a region's, not a pair's: few regions have one, and whatever else is particular to them comes with
it. The sharp hypothesis that the policy does nothing makes every choice of as many regions as likely as the
one that was made (Fisher 1935; Rosenbaum 2002, chapter 2). The statistic is the score statistic of the
term at the fit without it and its products.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

import numpy as np

from ..contracts import CONTRACTS
from ..errors import ModelError
from ..inference.randomisation import ScoreTests, exact_p
from ..models.fit import Fit, fit_data
from ..models.specification import formula_text, panel_data, parts_of

Array = np.ndarray
Spec = Mapping[str, Any]

MOST = 20_000  # lists of regions
TILE = 2**13  # rows at a time: a matrix of them and the lists fits in memory


def randomised(record: Mapping[str, Any], folder: str | Path, term: str) -> dict[str, Any]:
    """The line of effects (kind ``randomisation``) of a recorded fit for one term of its regions.

    ``estimate`` and ``statistic`` are the score statistic, ``p_value`` is exact and two-sided, ``at`` says
    how many lists there are. Raises ModelError for a term that is not 1 just where both bodies cover a region
    that the table of regions marks, for a model of several parts, and where the lists are too many.
    """
    found = list_statistics(record["spec"], Path(folder), term)
    p = exact_p(found, 0)
    at = f"regions ({len(found)} lists)"
    told = {"effect_id": f"randomisation:{term}@{at}", "kind": "randomisation", "term": term, "at": at}
    values = {"estimate": float(found[0]), "statistic": float(found[0]), "p_value": p}
    rows = {
        "model": record["model"],
        "scale": "score",
        "vcov": "randomisation",
        "n_rows": record["n"]["rows"],
    }
    return {"moderator": "", **rows, **told, **values}


def list_statistics(spec: Spec, folder: Path, term: str) -> Array:
    """The score statistic of every list of regions, that of the regions with a policy first."""
    family, formula, second = parts_of(spec)
    if len(family.predictors) > 1:
        raise ModelError(f"randomise: {spec['family']} has several parts; name it in a model of one part")
    data = panel_data(spec, formula, folder, second, beside=["period"])
    without = parts_of(_without(spec, term))[1]
    outcome, weights = str(formula.outcome), spec.get("weights")
    fit = fit_data(without, outcome, family, data, spec.get("offset"), weights)
    cover = Coverage.of(folder)
    lists = cover.lists()
    sums = ScoreTests.zero(len(fit.coefficients), len(lists))
    for batch in data.batches():
        for low in range(0, len(batch), TILE):
            tile = slice(low, min(low + TILE, len(batch)))
            common = cover.common(batch.columns["period"][tile], batch.i[tile], batch.j[tile])
            x = np.stack([common[:, own].any(axis=1) for own in lists], axis=1).astype(float)
            if (x[:, 0] != batch.columns[term][tile]).any():
                raise ModelError(f"randomise: {term} is not 1 just where both cover a region with a policy")
            sums.add(*_derivatives(fit, batch, tile), x)
    return sums.statistics(fit.information)


class Coverage:
    """Who covers which region when: flags (periods, clusters, regions), and the regions with a policy."""

    def __init__(self, flags: Array, periods: Array, integrated: Array) -> None:
        self.flags, self.periods, self.integrated = flags, periods, integrated

    @classmethod
    def of(cls, folder: Path) -> Coverage:
        """From the files of a study; ModelError where no region has a policy."""
        table = CONTRACTS["panel/regions"].read(folder / "panel" / "regions.parquet")
        regions = CONTRACTS["ingest/regions"].read(folder / "ingest" / "regions.parquet")
        names, region = np.unique(table["region"].to_numpy(dtype=str), return_inverse=True)
        periods, period = np.unique(table["period"].to_numpy(), return_inverse=True)
        flags = np.zeros((len(periods), int(table["cluster"].max()) + 1, len(names)), dtype=bool)
        flags[period, table["cluster"].to_numpy(), region] = True
        integrated = np.isin(names, regions.loc[regions["integrated"], "region"].to_numpy(dtype=str))
        if not integrated.any():
            raise ModelError(
                "randomise: no region that a body covers has a policy (ingest.regions.integrated)"
            )
        return cls(flags, periods, integrated)

    def lists(self) -> list[list[int]]:
        """All lists of as many regions as have a policy, theirs first; of regions that two bodies share."""
        shared = np.flatnonzero((self.flags.sum(axis=1) > 1).any(axis=0) | self.integrated).tolist()
        own = np.flatnonzero(self.integrated).tolist()
        if comb(len(shared), len(own)) > MOST:
            raise ModelError(
                f"randomise: {len(own)} of {len(shared)} regions have a policy, of more than {MOST} lists; "
                "leave randomise out"
            )
        return [own, *(list(other) for other in combinations(shared, len(own)) if list(other) != own)]

    def common(self, period: Array, i: Array, j: Array) -> Array:
        """Regions that both bodies of each row cover in its period, (n, regions)."""
        t = np.searchsorted(self.periods, period)
        both: Array = self.flags[t, i] & self.flags[t, j]
        return both


def _without(spec: Spec, term: str) -> Spec:
    """The specification without a term and its products."""
    if term not in spec["terms"]:
        raise ModelError(f"randomise: {term} is not among the terms of the model; {formula_text(spec)}")
    kept = [pair for pair in spec.get("moderators") or [] if term not in pair]
    return {**spec, "terms": [name for name in spec["terms"] if name != term], "moderators": kept}


def _derivatives(fit: Fit, batch: Any, tile: slice) -> tuple[Array, Array, Array]:
    """First derivatives (n,), minus the second (n,), and the design (n, k) of some rows at a fit."""
    likelihood = fit.likelihood
    columns = batch.columns.parts(likelihood.names, tile)
    Z = likelihood.designs[0].matrix(columns)
    y = np.asarray(columns[likelihood.outcome], dtype=float)
    _, gradient, hessian = likelihood.family.derivatives(y, likelihood.linear(Z, fit.coefficients, columns))
    w = 1.0 if likelihood.weights is None else np.asarray(columns[likelihood.weights], dtype=float)
    return w * gradient[:, 0], -w * hessian[:, 0, 0], Z


__all__ = ["Coverage", "list_statistics", "randomised"]

"""Dependence that the terms leave in the residuals: rows that share a cluster, a project, or are one dyad.

With Pearson residuals e, R the sums over dyads, T over clusters, and within project q G_q, T_nq and s_pq
over its rows, clusters and dyads, the sums of e_r e_s over unordered pairs of different rows are

    cluster           one cluster in common                (sum T^2 - 2 sum R^2) / 2
    dyad              the same dyad in another period      (sum R^2 - sum e^2) / 2
    project_cluster   one project, one cluster in common   (sum T_nq^2 - 2 sum s_pq^2) / 2
    project           one project, no cluster in common    (sum G_q^2 - sum T_nq^2 + sum s_pq^2) / 2

in linear time; with 1 for e they count the pairs. A pair of rows that two projects share counts twice. The
correlation is the mean product over the mean square. ``inflation`` is twice the sum of products over sum
e^2: by how much the variance of sum e is larger than independence says.

Standard errors hold if nothing is left in the residuals, whatever their variances. Of *cluster*, for
independent dyads: root of the sum of R_a^2 R_b^2 over pairs of dyads with one cluster in common (Kelejian &
Prucha 2001, Journal of Econometrics 104(2), for Moran's I; what the estimates cost is of lower order). Of
*dyad*: root of the sum of e_t^2 (sum of the dyad's earlier e)^2, for residuals that have mean zero given
the past, which those of a risk set have though a row is there only if no event came before.

Projects are known of tied rows only, whose residuals are positive, so that their products are positive by
construction: there the inflation means what it says, and there is neither a correlation nor a test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ...numerics.dyads import dyad_number
from ...numerics.segments import group_codes, segment_sums, sorted_starts
from ..likelihood import Likelihood
from .variances import pearson_residuals
from .walk import Tile, by_batch

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

RELATIONS = ("cluster", "dyad", "project_cluster", "project")
COLUMNS = ("relation", "pairs", "inflation", "correlation", "std_error", "statistic", "p_value")


@dataclass
class Sums:
    """Sums of squares of 1 and e, each (2,), over rows, dyads and clusters; the rows of projects.

    ``dyad_variance`` is the variance of the products of a dyad's rows; ``node_squares`` (N,) sums R^2 over
    the dyads of a cluster, ``fourth`` R^4 over all.
    """

    n_nodes: int
    rows: Array = field(default_factory=lambda: np.zeros(2))
    dyads: Array = field(default_factory=lambda: np.zeros(2))
    dyad_variance: float = 0.0
    fourth: float = 0.0
    pieces: list[tuple[Array, Array, Array, Array]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.nodes = np.zeros((self.n_nodes, 2))
        self.node_squares = np.zeros(self.n_nodes)

    def add(self, i: Array, j: Array, e: Array, piece_rows: Array, piece_projects: Array) -> None:
        """Add rows with nodes i, j and residuals e (n,): whole dyads, the rows of each in order of time.

        Row ``piece_rows[p]`` belongs to project ``piece_projects[p]``.
        """
        values = np.stack([np.ones(len(e)), e], axis=1)
        order = np.argsort(dyad_number(i, j, self.n_nodes), kind="stable")
        starts = sorted_starts(dyad_number(i, j, self.n_nodes)[order])
        first = order[starts[:-1]]
        sums = np.add.reduceat(values[order], starts[:-1], axis=0)
        self.rows += (values**2).sum(axis=0)
        self.dyads += (sums**2).sum(axis=0)
        self.dyad_variance += float(e[order] ** 2 @ _earlier(e[order], starts) ** 2)
        self.fourth += float((sums[:, 1] ** 4).sum())
        for end in (i, j):
            self.nodes += segment_sums(values, end, self.n_nodes)
            self.node_squares += segment_sums(sums[:, 1] ** 2, end[first], self.n_nodes)
        self.pieces.append((piece_projects, i[piece_rows], j[piece_rows], values[piece_rows]))

    def pairs(self) -> dict[str, Array]:
        """Of every relation (2,): pairs of rows, and sum of e e' over them."""
        nodes = (self.nodes**2).sum(axis=0)
        project, in_node, in_dyad = self._of_projects()
        twice = {
            "cluster": nodes - 2 * self.dyads,
            "dyad": self.dyads - self.rows,
            "project_cluster": in_node - 2 * in_dyad,
            "project": project - in_node + in_dyad,
        }
        return {name: twice[name] / 2 for name in RELATIONS}

    def variances(self) -> dict[str, float]:
        """Variance of the sum of products, of the relations that are tested."""
        cluster = float((self.node_squares**2).sum() - 2 * self.fourth) / 2
        return {"cluster": cluster, "dyad": self.dyad_variance}

    def _of_projects(self) -> tuple[Array, Array, Array]:
        """Sums of squares (2,) over projects, over the clusters and over the dyads of each."""
        project, i, j, values = (np.concatenate([piece[part] for piece in self.pieces]) for part in range(4))
        twice = np.tile(project, 2), np.concatenate([i, j])
        dyad = dyad_number(i, j, self.n_nodes)
        return (
            _squares(values, project),
            _squares(np.tile(values, (2, 1)), *twice),
            _squares(values, project, dyad),
        )


def _earlier(values: Array, starts: Array) -> Array:
    """Sum (n,) of the values before each one in its group."""
    before = np.cumsum(values) - values
    return before - np.repeat(before[starts[:-1]], np.diff(starts))


def _squares(values: Array, *codes: Array) -> Array:
    number, size = group_codes(*codes)
    total: Array = (segment_sums(values, number, size) ** 2).sum(axis=0)
    return total


def residual_sums(likelihood: Likelihood, params: Array) -> Sums:
    """The sums of a fitted panel model at its estimate; residuals of rows with weights times these."""
    sums = Sums(likelihood.data.n_nodes)
    for batch, residuals in by_batch(likelihood, params, _residuals):
        sums.add(batch.i, batch.j, residuals, batch.piece_rows, batch.piece_projects)
    return sums


def _residuals(tile: Tile) -> Array:
    return tile.weight * pearson_residuals(tile.likelihood.family, tile.y, tile.eta)


def table(sums: Sums) -> pd.DataFrame:
    """One line a relation (``COLUMNS``); what has no pair or no test is left empty."""
    import pandas as pd
    from scipy.special import ndtr

    lines, variances = [], sums.variances()
    for name, (pairs, products) in sums.pairs().items():
        line = {"relation": name, "pairs": round(pairs), "inflation": 2 * products / sums.rows[1]}
        if name in variances and pairs > 0.5:
            unit, error = pairs * sums.rows[1] / sums.rows[0], np.sqrt(variances[name])
            z = products / error
            line |= {"correlation": products / unit, "std_error": error / unit, "statistic": z}
            line["p_value"] = float(2 * ndtr(-abs(z)))
        lines.append(line)
    return pd.DataFrame(lines, columns=list(COLUMNS))

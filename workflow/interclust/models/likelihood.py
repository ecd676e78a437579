"""The likelihood of a family over batches: log-likelihood, score, information, scores of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit

from ..inference.sums import ScoredRows, pack
from ..numerics.families import Family
from ..numerics.newton import inverse
from .data import Batch, Data
from .formula import Design

Array = np.ndarray


@dataclass(frozen=True)
class Likelihood:
    """A family with one design per linear predictor, over data.

    ``designs`` has one entry per predictor of the family; the parameter vector is their columns in order.
    """

    family: Family
    designs: tuple[Design, ...]
    data: Data
    outcome: str
    offset: str | None = None
    weights: str | None = None
    _matrices: dict[int, Array] = field(default_factory=dict, repr=False, compare=False)

    @property
    def sizes(self) -> list[int]:
        """Number of columns of each predictor."""
        return [len(design.names) for design in self.designs]

    @property
    def part(self) -> Array:
        """Predictor number of each parameter (k,)."""
        return np.repeat(np.arange(len(self.designs)), self.sizes)

    def matrix(self, batch: Batch) -> Array:
        """All columns of all predictors side by side: (n, k); kept where the batches are."""
        if id(batch) in self._matrices:
            return self._matrices[id(batch)]
        parts = [design.matrix(_with_rows(batch)) for design in self.designs]
        X = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        if self.data.resident:
            self._matrices[id(batch)] = X
        return X

    def eta(self, X: Array, params: Array, batch: Batch) -> Array:
        """Linear predictors (n, m) of a batch, the offset in the first."""
        return self.linear(X, params, batch.columns)

    def linear(self, X: Array, params: Array, beside: Mapping[str, Array]) -> Array:
        """Linear predictors (n, m) from all columns side by side and the column of the offset."""
        part = self.part
        eta = np.stack([X[:, part == a] @ params[part == a] for a in range(len(self.designs))], axis=1)
        if self.offset is not None:
            eta[:, 0] += beside[self.offset]
        return eta

    def evaluate(self, params: Array) -> tuple[float, Array, Array]:
        """Log-likelihood (with Jeffreys' penalty for Firth), score (k,), information (k, k)."""
        loglik, score, information = self._plain(params)
        if not self.family.jeffreys:
            return loglik, score, information
        sign, logdet = np.linalg.slogdet(information)
        if sign <= 0:
            return -np.inf, score, information
        bread = inverse(information)
        for batch, X, gradient, hessian in self._rows(params):
            score = score + X.T @ (self._firth_shift(X, gradient, hessian, bread, batch, params))
        return loglik + 0.5 * float(logdet), score, information

    def _plain(self, params: Array) -> tuple[float, Array, Array]:
        k = len(params)
        loglik, score, information = 0.0, np.zeros(k), np.zeros((k, k))
        part = self.part
        for batch, X, gradient, hessian, values in self._rows_with_loglik(params):
            loglik += float(values.sum())
            score += (
                np.einsum("nk,nk->k", X, gradient[:, part]) if len(self.designs) > 1 else X.T @ gradient[:, 0]
            )
            for a in range(len(self.designs)):
                for b in range(len(self.designs)):
                    left, right = part == a, part == b
                    information[np.ix_(left, right)] -= X[:, left].T @ (X[:, right] * hessian[:, a, b, None])
            del batch
        return loglik, score, information

    def _rows_with_loglik(self, params: Array) -> Iterator[tuple[Batch, Array, Array, Array, Array]]:
        for batch in self.data.batches():
            X = self.matrix(batch)
            y = batch.columns[self.outcome]
            loglik, gradient, hessian = self.family.derivatives(y, self.eta(X, params, batch))
            if self.weights is not None:
                w = batch.columns[self.weights]
                loglik, gradient, hessian = w * loglik, w[:, None] * gradient, w[:, None, None] * hessian
            yield batch, X, gradient, hessian, loglik

    def _rows(self, params: Array) -> Iterator[tuple[Batch, Array, Array, Array]]:
        for batch, X, gradient, hessian, _ in self._rows_with_loglik(params):
            yield batch, X, gradient, hessian

    def _firth_shift(
        self, X: Array, gradient: Array, hessian: Array, bread: Array, batch: Batch, params: Array
    ) -> Array:
        """What Jeffreys' prior adds to the score of a row: h (1/2 - p) (Heinze & Schemper 2002)."""
        leverage = -hessian[:, 0, 0] * np.einsum("nk,kl,nl->n", X, bread, X)
        return leverage * (0.5 - expit(self.eta(X, params, batch)[:, 0]))

    def scored(self, params: Array, information: Array) -> Iterator[ScoredRows]:
        """Scores of rows at ``params`` (the modified ones for Firth), batch by batch."""
        part = self.part
        bread = inverse(information) if self.family.jeffreys else information
        for batch, X, gradient, hessian in self._rows(params):
            scores = X * gradient[:, part]
            if self.family.jeffreys:
                scores += X * self._firth_shift(X, gradient, hessian, bread, batch, params)[:, None]
            rows_information = _RowInformation(X, hessian, part)
            yield ScoredRows(
                scores, batch.i, batch.j, batch.piece_rows, batch.piece_projects, rows_information
            )


@dataclass(frozen=True)
class _RowInformation:
    """Packed information of chosen rows: -h[part a, part b] x_a x_b."""

    X: Array
    hessian: Array
    part: Array

    def __call__(self, rows: Array) -> Array:
        upper = np.triu_indices(len(self.part))
        X = self.X[rows]
        if self.hessian.shape[1] == 1:
            return pack(X * -self.hessian[rows, 0, 0][:, None], X)
        return pack(X, X) * -self.hessian[rows][:, self.part[upper[0]], self.part[upper[1]]]


def _with_rows(batch: Batch) -> dict[str, Array]:
    """Columns of a batch; an intercept-only design still needs to know how many rows there are."""
    return dict(batch.columns) or {"": np.zeros(len(batch))}


def start_values(likelihood: Likelihood, mean_start: Sequence[float] | None = None) -> Array:
    """A safe start: zero slopes, the intercept at the overall mean of the outcome on the link scale."""
    total, rows, offset = 0.0, 0, 0.0
    for batch in likelihood.data.batches():
        total += float(batch.columns[likelihood.outcome].sum())
        rows += len(batch)
        if likelihood.offset is not None:
            offset += float(batch.columns[likelihood.offset].sum())
    mean = total / max(rows, 1)
    params = np.zeros(sum(likelihood.sizes))
    if "Intercept" in likelihood.designs[0].names:
        position = likelihood.designs[0].names.index("Intercept")
        params[position] = _link(mean, rows, likelihood.family) - offset / max(rows, 1)
    if mean_start is not None:
        params[: len(mean_start)] = mean_start
    return params


def _link(mean: float, rows: int, family: Family) -> float:
    """The mean on the link scale, kept inside the range that the family allows."""
    if family.outcome == "real":
        return mean
    least = 0.5 / max(rows, 1)
    if family.outcome == "count":
        return float(np.log(max(mean, least)))
    inside = float(np.clip(mean, least, 1.0 - least))
    return float(np.log(-np.log1p(-inside)) if family.name == "cloglog" else np.log(inside / (1.0 - inside)))

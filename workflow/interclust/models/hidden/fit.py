"""Emergence and recurrence where a tie is seen with a given probability: one fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from ...errors import ModelError
from ...inference import covariance as cov
from ...inference.intervals import coefficient_table
from ...inference.rows import Rows
from ...inference.sums import DyadicSums, ScoredRows, gather
from ...numerics.hidden import Jet, forward, hazard
from ...numerics.newton import Optimum, maximise
from ..boundary import LEAST
from ..likelihood import Likelihood
from ..rows.batches import Batch
from .histories import Histories

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

AFTER = "tied_before"
KINDS = tuple(kind for kind in cov.KINDS if kind not in ("dyadic_jackknife_exact", "bootstrap"))


@dataclass(frozen=True)
class HiddenModel:
    """The histories of a sample under terms: its likelihood at any visibility.

    ``likelihood`` is that of the outcome on the terms alone, whatever came before: it holds the data, the
    design and the family. ``tied`` names the flag of the rows whose dyad is known to have been tied.
    With ``own`` recurrence has coefficients of its own, else the terms are shared and it has a shift.
    """

    likelihood: Likelihood
    tied: str | None
    own: bool

    @cached_property
    def terms(self) -> list[str]:
        """Names of the k parameters."""
        names = list(self.likelihood.designs[0].names)
        if self.own:
            return [f"{part}:{name}" for part in ("emergence", "recurrence") for name in names]
        return [*names, AFTER]

    @cached_property
    def scale(self) -> tuple[float, Array]:
        """Number of rows, and the root mean squares (k,) of the columns that the parameters go with."""
        rows = sum(float(sample.histories.count.sum()) for sample in self.samples)
        squares = sum(sample.histories.count @ np.square(sample.X) for sample in self.samples)
        units = np.sqrt(squares / rows)
        return rows, np.tile(units, 2) if self.own else np.append(units, 1.0)

    @cached_property
    def samples(self) -> list[_Sample]:
        """The distinct histories of each shard."""
        return [_Sample.of(self, batch) for batch in self.likelihood.data.batches()]

    def designs(self, X: Array) -> tuple[Array, Array]:
        """Designs (n, k) of the hazard before and after the first tie."""
        n = len(X)
        if self.own:
            none = np.zeros_like(X)
            return np.concatenate([X, none], axis=1), np.concatenate([none, X], axis=1)
        return np.column_stack([X, np.zeros(n)]), np.column_stack([X, np.ones(n)])

    def rows(self, sample: _Sample, params: Array, visibility: float) -> Jet:
        """Log-likelihood, score and Hessian of each distinct row given the rows before it."""
        link = self.likelihood.family.expectation
        hazards = [hazard(link((Z @ params)[:, None]), Z) for Z in self.designs(sample.X)]
        return forward(sample.seen, sample.known, hazards, sample.histories.sizes, visibility)

    def evaluate(self, visibility: float, params: Array) -> tuple[float, Array, Array]:
        """Log-likelihood, score (k,), observed information (k, k) of all dyads."""
        k = len(params)
        loglik, score, information = 0.0, np.zeros(k), np.zeros((k, k))
        for sample in self.samples:
            found, count = self.rows(sample, params, visibility), sample.histories.count
            loglik += float(count @ found.value)
            score += count @ found.slope
            information -= np.tensordot(count, found.curve, axes=1)
        return loglik, score, 0.5 * (information + information.T)

    def fit(self, visibility: float, start: Array) -> HiddenFit:
        """The maximum at one visibility, from ``start`` (k,)."""
        return HiddenFit(self, visibility, maximise(partial(self.evaluate, visibility), start))


@dataclass(frozen=True)
class _Sample:
    """The distinct histories of one shard with what their rows need."""

    histories: Histories
    X: Array
    seen: Array
    known: Array

    @classmethod
    def of(cls, model: HiddenModel, batch: Batch) -> _Sample:
        X = model.likelihood.matrix(batch)
        seen = batch.columns[model.likelihood.outcome] > 0
        known = np.zeros(len(batch), dtype=bool) if model.tied is None else batch.columns[model.tied] > 0
        histories = Histories.of(batch, np.column_stack([X, seen, known]))
        return cls(histories, *(values[histories.rows] for values in (X, seen, known)))


@dataclass(frozen=True)
class HiddenFit:
    """A fit at one visibility, with the ``params``, ``covariance`` and ``tidy`` of ``models.Fit``."""

    model: HiddenModel
    visibility: float
    optimum: Optimum
    _sums: dict[bool, DyadicSums] = field(default_factory=dict, repr=False)

    @property
    def terms(self) -> list[str]:
        """Names of the k parameters."""
        return self.model.terms

    @property
    def coefficients(self) -> Array:
        """The estimates (k,)."""
        return self.optimum.params

    @property
    def params(self) -> pd.Series:
        """Estimates by term."""
        import pandas as pd

        return pd.Series(self.coefficients, index=self.terms, name="estimate")

    @property
    def converged(self) -> bool:
        """Whether the search met its tolerance at a maximum that is not at infinity; else it is no result."""
        rows, units = self.model.scale
        least = np.linalg.eigvalsh(self.optimum.information / np.outer(units, units) / rows)[0]
        return self.optimum.converged and bool(least > LEAST)

    @property
    def ended(self) -> bool:
        """Whether the search met its tolerance, if only where an estimate goes to infinity."""
        return self.optimum.converged

    @property
    def loglik(self) -> float:
        """Log-likelihood of what was seen; where an estimate goes to infinity, what it rises to."""
        return self.optimum.loglik

    def scores(self) -> Array:
        """Scores (n, k) of the rows, each given the history of its dyad before it."""
        found = [
            rows().rows(np.arange(n)).scores for rows, n in zip(self._scored(), self._lengths, strict=True)
        ]
        return np.concatenate(found)

    def covariance(self, kind: str = "dyadic_jackknife", clip: cov.Clip = "scaled") -> cov.Covariance:
        """Covariance at this visibility, taken as known (``KINDS``); ModelError for another kind.

        The parts of a dyad's score and information that its rows add, each given the rows before, are what
        those of a row are in any other model (``inference``).
        """
        if kind not in KINDS:
            raise ModelError(f"no covariance {kind!r} of a hidden history; there are {', '.join(KINDS)}")
        if kind == "classical":
            return cov.classical(self.optimum.information)
        sums = self._gathered("jackknife" in kind)
        simple: dict[str, Callable[[DyadicSums], cov.Covariance]] = {"hc0": cov.hc0, "dyad": cov.by_dyad}
        if kind in simple:
            return simple[kind](sums)
        return (cov.dyadic if kind == "dyadic" else cov.dyadic_jackknife)(sums, clip)

    def tidy(self, vcov: str = "dyadic_jackknife", level: float = 0.95) -> pd.DataFrame:
        """Table of term, estimate, std_error, df, statistic, p_value, conf_low, conf_high."""
        found = self.covariance(vcov)
        return coefficient_table(self.terms, self.coefficients, found.matrix, found.df, level)

    def _gathered(self, jackknife: bool) -> DyadicSums:
        if jackknife not in self._sums:
            nodes = self.model.likelihood.data.n_nodes
            self._sums[jackknife] = gather(self._scored(), self.optimum.information, nodes, jackknife)
        return self._sums[jackknife]

    @property
    def _lengths(self) -> list[int]:
        return [len(batch) for batch in self.model.likelihood.data.batches()]

    def _scored(self) -> list[Callable[[], ScoredRows]]:
        pairs = zip(self.model.likelihood.data.batches(), self.model.samples, strict=True)
        return [partial(self._scored_batch, batch, sample) for batch, sample in pairs]

    def _scored_batch(self, batch: Batch, sample: _Sample) -> ScoredRows:
        found = self.model.rows(sample, self.coefficients, self.visibility)
        # one predictor a parameter, in units in which the information has a unit diagonal
        unit = np.sqrt(np.abs(np.diag(self.optimum.information)))
        gradient, hessian = found.slope / unit, found.curve / np.outer(unit, unit)

        def rows(which: Array) -> Rows:
            at = sample.histories.like[which]
            X = np.broadcast_to(unit, (len(at), len(unit)))
            return Rows(X, gradient[at], hessian[at], np.arange(len(unit)))

        return ScoredRows(batch.i, batch.j, batch.piece_rows, batch.piece_projects, rows)

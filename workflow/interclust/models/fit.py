"""Fit a model to dyads: the call of notebooks and of the workflow alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ModelError
from ..inference import covariance as cov
from ..inference.intervals import coefficient_table
from ..inference.sums import DyadicSums, gather
from ..numerics.families import FAMILIES, Family
from ..numerics.newton import Optimum, maximise
from . import checks
from .data import Data
from .formula import Design, Formula, learn, parse
from .frames import from_frame
from .likelihood import Likelihood
from .start import start_values

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

DEFAULT_COVARIANCE = "dyadic_jackknife"


@dataclass(frozen=True)
class Fit:
    """A fitted model: parameters, information, and the data it can be read again from.

    ``profile`` counts rows and events, ``remarks`` holds what the checks said, ``loglik_null`` is the
    log-likelihood of the model with an intercept (and the offset) alone.
    """

    likelihood: Likelihood
    optimum: Optimum
    profile: checks.Profile
    remarks: tuple[checks.Check, ...]
    loglik_null: float
    nodes_named: bool = True
    _sums: dict[bool, DyadicSums] = field(default_factory=dict, repr=False)

    @property
    def family(self) -> Family:
        """The family of the model."""
        return self.likelihood.family

    @cached_property
    def terms(self) -> list[str]:
        """Names of the k parameters; ``alpha`` stands for ln alpha of NB2 with one column."""
        names = list(self.likelihood.designs[0].names)
        return names + ["ln_alpha" for _ in self.likelihood.designs[1:]]

    @property
    def params(self) -> pd.Series:
        """Estimates by term; NB2 gives ``alpha`` itself."""
        import pandas as pd

        values = dict(zip(self.terms, self.optimum.params.tolist(), strict=True))
        if "ln_alpha" in values:
            values["alpha"] = float(np.exp(values.pop("ln_alpha")))
        return pd.Series(values, name="estimate")

    @property
    def coefficients(self) -> Array:
        """The vector (k,) that was estimated, ln alpha included."""
        return self.optimum.params

    @property
    def information(self) -> Array:
        """Minus the Hessian at the estimate (k, k)."""
        return self.optimum.information

    @property
    def converged(self) -> bool:
        """Whether the search met its tolerance; a fit that did not is no result."""
        return self.optimum.converged

    @property
    def loglik(self) -> float:
        """Log-likelihood (penalised for Firth; for linear at the profiled variance)."""
        return _reported_loglik(self.optimum.loglik, self.family, self.profile.rows)

    def covariance(self, kind: str = DEFAULT_COVARIANCE, clip: cov.Clip = "scaled") -> cov.Covariance:
        """Covariance of the estimate with its degrees of freedom and repairs.

        ``kind``: classical, hc0, dyad, dyadic, dyadic_jackknife, dyadic_jackknife_exact. Raises ModelError
        for an unknown kind, or a dyadic one where no nodes were named.
        """
        if kind not in cov.KINDS:
            raise ModelError(f"no covariance {kind!r}; there are {', '.join(cov.KINDS)}")
        if kind == "classical":
            return cov.classical(self.information, self._dispersion, self._df_classical)
        if kind != "hc0" and not self.nodes_named:
            raise ModelError(
                f"covariance {kind!r} needs the clusters of each row; name them with nodes=(…, …)"
            )
        sums = self.sums(jackknife="jackknife" in kind)
        if kind == "hc0":
            return cov.hc0(sums)
        if kind == "dyad":
            return cov.by_dyad(sums)
        if kind == "dyadic":
            return cov.dyadic(sums, clip)
        if kind == "dyadic_jackknife":
            return cov.dyadic_jackknife(sums, clip)
        from .refit import deletion_changes

        nodes, pairs = deletion_changes(self.likelihood, self.optimum)
        return cov.dyadic_jackknife_exact(sums, nodes, pairs, clip)

    def vcov(self, kind: str = DEFAULT_COVARIANCE, clip: cov.Clip = "scaled") -> pd.DataFrame:
        """Covariance as a table (k, k) labelled by term."""
        import pandas as pd

        return pd.DataFrame(self.covariance(kind, clip).matrix, index=self.terms, columns=self.terms)

    def tidy(self, vcov: str = DEFAULT_COVARIANCE, level: float = 0.95) -> pd.DataFrame:
        """Table of term, estimate, std_error, df, statistic, p_value, conf_low, conf_high."""
        found = self.covariance(vcov)
        return coefficient_table(self.terms, self.coefficients, found.matrix, found.df, level)

    def glance(self) -> pd.Series:
        """One line on the model: rows, events, clusters, log-likelihoods, AIC, BIC, convergence."""
        import pandas as pd

        return pd.Series(
            {
                "rows": self.profile.rows,
                "events": self.profile.event_rows,
                "clusters": int(np.count_nonzero(self.profile.node_rows)) if self.nodes_named else None,
                "loglik": self.loglik,
                "loglik_null": self.loglik_null,
                "aic": 2 * len(self.terms) - 2 * self.loglik,
                "bic": np.log(self.profile.rows) * len(self.terms) - 2 * self.loglik,
                "converged": self.converged,
                "iterations": self.optimum.iterations,
            }
        )

    def scores(self) -> pd.DataFrame:
        """Scores of rows (n, k) at the estimate, in the order of the rows that were used."""
        import pandas as pd

        parts, origins = [], []
        scored = self.likelihood.scored(self.coefficients, self.information)
        for load, rows in zip(self.likelihood.data.loaders, scored, strict=True):
            batch = load()
            parts.append(rows().rows(np.arange(len(batch))).scores)
            origins.append(batch.origin)
        frame = pd.DataFrame(np.concatenate(parts), columns=self.terms, index=np.concatenate(origins))
        return frame.sort_index(kind="stable")

    def predict(self, new: pd.DataFrame) -> Array:
        """Expected outcome (n,) for the rows of ``new``; Firth's probabilities are not recalibrated."""
        columns = {name: new[name].to_numpy() for name in self.likelihood.designs[0].formula.columns}
        columns = columns or {"": np.zeros(len(new))}
        eta = self.likelihood.designs[0].matrix(columns) @ self.coefficients[: self.likelihood.sizes[0]]
        if self.likelihood.offset is not None:
            eta = eta + new[self.likelihood.offset].to_numpy(dtype=float)
        return self.family.mean(eta)

    def sums(self, jackknife: bool) -> DyadicSums:
        """The sums over nodes, pairs and projects that the covariances are made of (kept)."""
        wanted = True if True in self._sums else jackknife
        if wanted not in self._sums:
            rows = self.likelihood.scored(self.coefficients, self.information)
            data = self.likelihood.data
            nodes = data.n_nodes if self.nodes_named else 0
            self._sums[wanted] = gather(
                rows, self.information, nodes, wanted, data.useful_threads, data.resident
            )
        return self._sums[wanted]

    @property
    def _dispersion(self) -> float:
        if self.family.name != "linear":
            return 1.0
        return -2.0 * self.optimum.loglik / (self.profile.rows - len(self.terms))

    @property
    def _df_classical(self) -> float:
        return float(self.profile.rows - len(self.terms)) if self.family.name == "linear" else np.inf


def _reported_loglik(value: float, family: Family, rows: int) -> float:
    if family.name != "linear":
        return value
    return -0.5 * rows * (np.log(2 * np.pi * (-2.0 * value / rows)) + 1.0)


def fit(
    formula: str,
    data: pd.DataFrame,
    family: str = "logit",
    nodes: tuple[str, str] | None = ("cluster_i", "cluster_j"),
    project: str | None = None,
    offset: str | None = None,
    weights: str | None = None,
    zero: str | None = None,
    threads: int | None = None,
) -> Fit:
    """Fit ``outcome ~ terms`` to the rows of a frame.

    ``nodes`` names the two cluster columns (values of any hashable type), ``project`` a column with an
    id, a list of ids or nothing a row; ``offset`` a column on the log scale (families closed under
    thinning only); ``weights`` sampling weights; ``threads`` (None: one a core) changes no digit. Rows
    with a missing value are left out and counted.
    Raises ModelError for a formula, family, column or sample that cannot be fitted, with the reason.
    """
    parsed = parse(formula)
    if parsed.outcome is None:
        raise ModelError(f"formula {formula!r}: write outcome ~ terms")
    chosen = family_of(family, zero)
    needed = [parsed.outcome, *parsed.columns, *(name for name in (offset, weights) if name)]
    source = from_frame(data, list(dict.fromkeys(needed)), nodes, project, threads=threads)
    return fit_data(parsed, parsed.outcome, chosen, source, offset, weights, nodes_named=nodes is not None)


def family_of(name: str, zero: str | None = None) -> Family:
    """The family of a name; ModelError names those there are."""
    if name not in FAMILIES:
        raise ModelError(f"no family {name!r}; there are {', '.join(FAMILIES)}")
    if zero is not None:
        raise ModelError(f"family {name!r} has one part; zero= is for two-part families")
    return FAMILIES[name]


def fit_data(
    formula: Formula,
    outcome: str,
    family: Family,
    data: Data,
    offset: str | None = None,
    weights: str | None = None,
    nodes_named: bool = True,
) -> Fit:
    """Fit a parsed formula to data of any kind; the same engine in memory and out of it."""
    _check_offset(offset, family, formula)
    design = Design(formula, learn(formula, (dict(batch.columns) for batch in data.batches())))
    found = checks.profile(design, data, outcome)
    remarks = checks.check(found, design, family.name, family.outcome, outcome)
    null = _null_loglik(outcome, family, data, offset, weights, found.rows)
    likelihood = _likelihood(family, design, data, outcome, offset, weights)
    optimum = maximise(likelihood.evaluate, _start(likelihood))
    if not optimum.converged:
        message = (
            f"the search stopped after {optimum.iterations} steps at a decrement of {optimum.decrement:.1e}"
        )
        remarks.append(checks.Check("not_converged", "error", message))
    return Fit(likelihood, optimum, found, tuple(remarks), null, nodes_named)


def _likelihood(
    family: Family, design: Design, data: Data, outcome: str, offset: str | None, weights: str | None
) -> Likelihood:
    extra = tuple(Design(parse("1"), design.moments) for _ in family.predictors[1:])
    return Likelihood(family, (design, *extra), data, outcome, offset, weights)


def _start(likelihood: Likelihood) -> Array:
    """Zero slopes; for NB2 the Poisson fit and alpha = 1, from where Newton is safe."""
    if likelihood.family.name != "negbin":
        return start_values(likelihood)
    inner = Likelihood(
        FAMILIES["poisson"],
        likelihood.designs[:1],
        likelihood.data,
        likelihood.outcome,
        likelihood.offset,
        likelihood.weights,
    )
    mean = maximise(inner.evaluate, start_values(inner)).params
    return start_values(likelihood, mean.tolist())


def _null_loglik(
    outcome: str, family: Family, data: Data, offset: str | None, weights: str | None, rows: int
) -> float:
    design = Design(parse("1"), learn(parse("1"), ()))
    null = _likelihood(family, design, data, outcome, offset, weights)
    return _reported_loglik(maximise(null.evaluate, _start(null)).loglik, family, rows)


def _check_offset(offset: str | None, family: Family, formula: Formula) -> None:
    if offset is None:
        return
    if not family.thinning:
        raise ModelError(
            f"an offset of ln visibility means nothing in family {family.name!r}, which is not closed "
            "under thinning; use poisson, negbin or cloglog"
        )
    if any(factor.kind == "C" and factor.column == "period" for term in formula.terms for factor in term):
        raise ModelError(
            "an offset of ln visibility changes nothing beside free period effects; leave one of them out"
        )


__all__ = ["Fit", "family_of", "fit", "fit_data"]

"""Fit a model to dyads: the call of notebooks and of the workflow alike."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ModelError
from ..inference import covariance as cov
from ..inference.intervals import coefficient_table
from ..inference.sums import DyadicSums, gather
from ..numerics.families import Family
from ..numerics.families_ordinal import probabilities as class_probabilities
from ..numerics.newton import Optimum
from . import checks, existence
from .boundary import judged
from .cluster_effects import ClusterDesign
from .covariances import REPLICATIONS, SEED, covariance_of
from .firth import corrected
from .formula import Formula, parse
from .likelihood import Likelihood
from .null import null_loglik
from .parts import (
    ALPHA,
    check_offset,
    family_of,
    likelihood_of,
    needed_columns,
    parameter_names,
    second_formula,
    with_classes,
)
from .rows.data import Data
from .rows.frames import from_frame
from .search import search

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
    node_columns: tuple[str, str] = ("cluster_i", "cluster_j")
    _sums: dict[bool, DyadicSums] = field(default_factory=dict, repr=False)

    @property
    def family(self) -> Family:
        """The family of the model."""
        return self.likelihood.family

    @cached_property
    def terms(self) -> list[str]:
        """Names of the k parameters (``parts.parameter_names``); ``ln_alpha`` where there is an alpha."""
        return parameter_names(self.likelihood)

    @property
    def params(self) -> pd.Series:
        """Estimates by term; where there is an alpha it is given itself."""
        import pandas as pd

        values = dict(zip(self.terms, self.coefficients.tolist(), strict=True))
        if ALPHA in values:
            values["alpha"] = float(np.exp(values.pop(ALPHA)))
        return pd.Series(values, name="estimate")

    @property
    def coefficients(self) -> Array:
        """The vector (k,) that was estimated, ln alpha included."""
        return self.optimum.params

    @property
    def error_factor(self) -> float:
        """What errors are multiplied by because the estimate was corrected afterwards; 1 if it was not."""
        return 1.0

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

    def covariance(
        self,
        kind: str = DEFAULT_COVARIANCE,
        clip: cov.Clip = "scaled",
        replications: int = REPLICATIONS,
        seed: int = SEED,
    ) -> cov.Covariance:
        """Covariance of the estimate with its degrees of freedom and repairs.

        ``kind``: classical, hc0, dyad, dyadic, dyadic_jackknife, dyadic_jackknife_exact, bootstrap (over
        clusters: so many ``replications`` from a ``seed``). Raises ModelError for an unknown kind, or a
        dyadic one where no nodes were named.
        """
        return covariance_of(self, kind, clip, replications, seed)

    def vcov(
        self,
        kind: str = DEFAULT_COVARIANCE,
        clip: cov.Clip = "scaled",
        replications: int = REPLICATIONS,
        seed: int = SEED,
    ) -> pd.DataFrame:
        """Covariance as a table (k, k) labelled by term."""
        import pandas as pd

        found = self.covariance(kind, clip, replications, seed)
        return pd.DataFrame(found.matrix, index=self.terms, columns=self.terms)

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
        scored = self.likelihood.scored(self.optimum.params, self.information)
        for load, rows in zip(self.likelihood.data.loaders, scored, strict=True):
            batch = load()
            parts.append(rows().rows(np.arange(len(batch))).scores)
            origins.append(batch.origin)
        frame = pd.DataFrame(np.concatenate(parts), columns=self.terms, index=np.concatenate(origins))
        return frame.sort_index(kind="stable")

    def predict(self, new: pd.DataFrame, correction: str | None = None) -> Array:
        """Expected outcome (n,) for the rows of ``new`` (of classes: the expected number of the class).

        ``correction`` (flic or flac) makes Firth's probabilities sum to the events of the sample
        (``models/firth.py``); without it they are pulled towards one half.
        """
        return self.family.expectation(self._predictors(new, correction))[0]

    def probabilities(self, new: pd.DataFrame) -> Array:
        """Probabilities (n, K) of the classes for the rows of ``new``; ModelError where there are none."""
        if not self.family.classes:
            raise ModelError(f"family {self.family.name!r} has no classes; use predict")
        return class_probabilities(self.family.name, self._predictors(new))

    def _predictors(self, new: pd.DataFrame, correction: str | None = None) -> Array:
        """Linear predictors (n, m) of the rows of ``new``."""
        names = {name for design in self.likelihood.designs for name in design.formula.columns}
        columns = {name: new[name].to_numpy() for name in names} or {"": np.zeros(len(new))}
        first = self.likelihood.designs[0]
        if isinstance(first, ClusterDesign):
            columns |= first.ends(*(new[end].tolist() for end in self.node_columns))
        X = np.concatenate([design.matrix(columns) for design in self.likelihood.designs], axis=1)
        offset = self.likelihood.offset
        beside = {} if offset is None else {offset: new[offset].to_numpy(dtype=float)}
        params = self.coefficients
        if correction is not None:
            params = corrected(self.likelihood, params, self.information, correction)
        return self.likelihood.linear(X, params, beside)

    def sums(self, jackknife: bool) -> DyadicSums:
        """The sums over nodes, pairs and projects that the covariances are made of (kept)."""
        wanted = True if True in self._sums else jackknife
        if wanted not in self._sums:
            rows = self.likelihood.scored(self.optimum.params, self.information)
            data = self.likelihood.data
            nodes = data.n_nodes if self.nodes_named else 0
            self._sums[wanted] = gather(
                rows, self.information, nodes, wanted, data.useful_threads, data.resident
            )
        return self._sums[wanted]


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
    cluster_effects: bool = False,
    threads: int | None = None,
) -> Fit:
    """Fit ``outcome ~ terms`` to the rows of a frame.

    ``nodes`` names the two cluster columns (values of any hashable type), ``project`` a column with an
    id, a list of ids or nothing a row; ``offset`` a column on the log scale (families closed under
    thinning only); ``weights`` sampling weights; ``zero`` the terms of a second part (None: those of the
    first); ``cluster_effects`` one effect a cluster beside the terms; ``threads`` (None: one a core)
    changes no digit. Rows with a missing value are left out and counted.
    Raises ModelError for a formula, family, column or sample that cannot be fitted, with the reason.
    """
    parsed = parse(formula)
    if parsed.outcome is None:
        raise ModelError(f"formula {formula!r}: write outcome ~ terms")
    chosen = family_of(family, zero)
    second = second_formula(chosen, parsed, zero)
    needed = needed_columns(parsed, second, parsed.outcome, offset, weights)
    source = from_frame(data, needed, nodes, project, threads=threads)
    if cluster_effects and nodes is None:
        raise ModelError("cluster effects need the clusters of each row; name them with nodes=(…, …)")
    beside = (offset, weights, nodes is not None, second, cluster_effects)
    found = fit_data(parsed, parsed.outcome, chosen, source, *beside)
    return found if nodes is None else replace(found, node_columns=nodes)


def fit_data(
    formula: Formula,
    outcome: str,
    family: Family,
    data: Data,
    offset: str | None = None,
    weights: str | None = None,
    nodes_named: bool = True,
    second: Formula | None = None,
    cluster_effects: bool = False,
) -> Fit:
    """Fit a parsed formula to data of any kind; the same engine in memory and out of it.

    ``second`` are the terms of the second part of a two-part family (None: those of the first).
    """
    check_offset(offset, family, formula)
    second = second if second is not None else second_formula(family, formula, None)
    beside = (second, offset, weights, cluster_effects)
    likelihood = likelihood_of(family, formula, data, outcome, *beside)
    found = checks.profile(likelihood.designs[0], likelihood.data, outcome)
    checks.check_outcome(found, family, outcome)
    classes = len(found.classes)
    if classes != family.classes and family.classes:
        family = with_classes(family, classes)
        likelihood = likelihood_of(family, formula, data, outcome, *beside)
    remarks = checks.check_parts(likelihood, found)
    null = _reported_loglik(null_loglik(likelihood), family, found.rows)
    top = search(likelihood)
    if family.name in existence.PROVABLE and not existence.proven(likelihood, top, found):
        remarks += checks.check_separation(likelihood, found)
    optimum, doubts = judged(likelihood, top)
    return Fit(likelihood, optimum, found, (*remarks, *doubts), null, nodes_named)


__all__ = ["Fit", "family_of", "fit", "fit_data"]

"""List choice: with whom, given that a list of m is printed (docs/methods.md).

    P(S | m, t) = exp(sum_{i in S} alpha_i + sum_{i<j in S} x_ijt' beta) / the same over all subsets of size m

of the bodies active at t, or over some that are drawn where these are too many (alternatives.py). Call,
size and the visibility of each cluster cancel or enter alpha, so that incomplete records identify beta, if
the log visibility of a list is a sum of call, size and cluster terms. It is the conditional logit of
McFadden (1974) with subsets as alternatives, equivalently an exponential-family model of hyperedges of
fixed size.

alpha is free with a normal prior whose variance is reported, or replaced by gamma ln(mentions + 1/2).
With free alpha the bodies that no list names leave the denominator (their alpha is minus infinity at the
maximum); ``at_risk="active"`` keeps them under the prior. The variance is not chosen from the lists of
named bodies: being named is what alpha selects on, and an empirical-Bayes variance there comes out far too
small (docs/methods.md gives the measurement).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from ...errors import ModelError
from ...inference.intervals import coefficient_table
from ...numerics.newton import TOLERANCE, Optimum, inverse, maximise
from .alternatives import ALTERNATIVES, Cell, Law, Sampling, cells, drawn_sets, swap_sets
from .choice_sets import Choice, ChoiceSet, PairTable, choices
from .likelihood import ListLikelihood

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray
Start = tuple[Array, Mapping[int, float]]  # beta, and alpha by cluster number

MENTIONS = "log_mentions"
DEFAULT_COVARIANCE = "cluster_jackknife"
AT_RISK = ("named", "active")

REFIT = 1e-3  # Newton decrement, in standard errors, at which a refit may stop

# Weak: two standard deviations of alpha are a factor of 55 in how often a body is named. Simulated lists
# like the real ones (docs/methods.md): beta nearly unbiased, as at 20; at 1 up to 0.1 low.
PRIOR_VARIANCE = 4.0


@dataclass(frozen=True)
class ListFit:
    """A fitted list choice: beta by term, alpha by body, and what is needed to refit it on fewer lists."""

    observed: tuple[Choice, ...]
    table: PairTable
    likelihood: ListLikelihood
    optimum: Optimum
    bodies: Array
    rules: Rules

    @cached_property
    def terms(self) -> list[str]:
        """Names of the K coefficients (with ``log_mentions`` last where it stands for alpha)."""
        return [*self.table.terms, *([MENTIONS] if self.rules.log_mentions is not None else [])]

    @property
    def coefficients(self) -> Array:
        """The estimate of beta (K,)."""
        return self.optimum.params[: len(self.terms)]

    @property
    def alpha(self) -> dict[int, float]:
        """Cluster effects by cluster number (empty where mentions stand for them)."""
        if self.rules.log_mentions is not None:
            return {}
        return dict(zip(self.bodies.tolist(), self.optimum.params[len(self.terms) :].tolist(), strict=True))

    @property
    def place(self) -> Start:
        """Where the search ended, in the form in which another begins."""
        return self.coefficients, self.alpha

    @property
    def params(self) -> pd.Series:
        """The estimate of beta by term."""
        import pandas as pd

        return pd.Series(self.coefficients, index=self.terms, name="estimate")

    def vcov(self, kind: str = DEFAULT_COVARIANCE) -> pd.DataFrame:
        """Covariance of beta by term: classical, cluster_jackknife or source_jackknife."""
        import pandas as pd

        from .inference import ListInference

        matrix = ListInference(self).covariance(kind).matrix
        return pd.DataFrame(matrix, index=self.terms, columns=self.terms)

    def tidy(self, vcov: str = DEFAULT_COVARIANCE, level: float = 0.95) -> pd.DataFrame:
        """Table of term, estimate, std_error, df, statistic, p_value, conf_low, conf_high."""
        from .inference import ListInference

        found = ListInference(self).covariance(vcov)
        return coefficient_table(self.terms, self.coefficients, found.matrix, found.df, level)

    @property
    def n_alternatives(self) -> int:
        """Subsets in all denominators together."""
        return sum(len(choice.z) for choice in self.likelihood.sets)

    @property
    def n_sampled(self) -> int:
        """Lists that are held against sampled alternatives."""
        return sum(len(choice.list_ids) for choice in self.likelihood.sets if choice.log_q is not None)

    @property
    def loglik(self) -> float:
        """Log-likelihood without the prior."""
        return float(self._plain.evaluate(self.optimum.params)[0])

    @property
    def loglik_null(self) -> float:
        """Log-likelihood with every subset of a size equally likely."""
        return float(self._plain.evaluate(np.zeros_like(self.optimum.params))[0])

    @property
    def _plain(self) -> ListLikelihood:
        return ListLikelihood(self.likelihood.sets, len(self.terms), self.likelihood.n_alpha, None)

    def covariance_beta(self) -> Array:
        """Classical covariance of beta: its block of the inverse (penalised) information."""
        k = len(self.terms)
        return inverse(self.optimum.information)[:k, :k]

    def without(self, keep: Sequence[Choice]) -> ListFit:
        """Refit on some of the lists, the prior's variance kept; bodies no longer named leave.

        The alternatives are filtered from those at hand, and the search stops a thousandth of a standard
        error from the optimum: what is wanted is the change of the estimate.
        """
        named = _named(keep)
        bodies = named if self.rules.named_only else self.bodies
        positions = np.searchsorted(bodies, self.bodies)
        stays = np.isin(self.bodies, bodies)
        wanted = {choice.list_id for choice in keep}
        sets = [choice.restricted(stays, positions, wanted) for choice in self.likelihood.sets]
        start = (self.coefficients, self.alpha)
        return _search(
            tuple(keep), self.table, self.rules, [item for item in sets if item], bodies, start, REFIT
        )

    def refitted(self, observed: Sequence[Choice]) -> ListFit:
        """Refit on other lists of the same bodies and periods, under the same rules."""
        return _fit(tuple(observed), self.table, self.rules, (self.coefficients, self.alpha), REFIT)


def fit_lists(
    terms: Sequence[str],
    lists: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    alpha: str = "free",
    prior_variance: float = PRIOR_VARIANCE,
    at_risk: str = "named",
    mentions: Array | None = None,
    dates: str = "early",
    exact_to: int = 4,
    alternatives: int = ALTERNATIVES,
    seed: int = 1,
) -> ListFit:
    """Fit the list-choice model.

    lists: ``panel/lists``; pairs: ``features/lists`` with every pair of eligible bodies active in a
    period. ``alpha="free"``: one effect a named body, normal prior of ``prior_variance``;
    ``at_risk="named"``: bodies that no list names leave the denominator, "active": they stay.
    ``alpha="mentions"``: ln(mentions + 1/2) of each cluster number with one coefficient, every active body
    at risk. ``dates``: early or late for undated lists. Lists of more than ``exact_to`` bodies, or with over
    three million alternatives, are held against so many ``alternatives`` each, drawn from ``seed``
    (alternatives.py). Raises ModelError where it cannot be fitted, naming the list and the reason.
    """
    if len(lists) == 0:
        raise ModelError("no list of two or more bodies; there is nothing to choose among")
    observed = tuple(choices(lists, dates))
    sampling = Sampling(exact_to, alternatives, seed)
    table = PairTable.from_frame(pairs, terms)
    if alpha == "mentions":
        if mentions is None:
            raise ModelError("alpha: mentions needs the number of mentions of every cluster")
        rules = Rules(None, False, np.log(np.asarray(mentions) + 0.5), sampling)
        return _checked(_fit(observed, table, rules))
    if alpha != "free":
        raise ModelError(f"alpha {alpha!r}: there are free and mentions")
    if at_risk not in AT_RISK:
        raise ModelError(f"at_risk {at_risk!r}: there are {', '.join(AT_RISK)}")
    if prior_variance <= 0:
        raise ModelError(f"prior_variance {prior_variance}: it must be positive")
    rules = Rules(float(prior_variance), at_risk == "named", None, sampling)
    return _checked(_fit(observed, table, rules))


def _checked(fit: ListFit) -> ListFit:
    if not fit.optimum.converged:
        raise ModelError(
            f"list choice did not converge in {fit.optimum.iterations} steps: a term separates the lists "
            "from all alternatives; leave it out or give a smaller prior_variance"
        )
    return fit


@dataclass(frozen=True)
class Rules:
    """How cluster effects are treated: prior variance, named bodies only, ln mentions in their stead."""

    prior_variance: float | None
    named_only: bool
    log_mentions: Array | None
    sampling: Sampling


def _fit(
    observed: tuple[Choice, ...],
    table: PairTable,
    rules: Rules,
    start: Start | None = None,
    tolerance: float = TOLERANCE,
) -> ListFit:
    """Fit on all subsets where they can be enumerated, and on sampled alternatives of the other lists.

    Alternatives are drawn at ``start``, or, without one, at the fit of one-member swaps.
    """
    sampling = rules.sampling
    bodies = _named(observed) if rules.named_only else table.every_body()
    found = cells(observed, table, bodies, rules.log_mentions)

    def search(of_long: Callable[[Cell], Iterable[ChoiceSet]], begin: Start | None, close: float) -> ListFit:
        sets = [
            each
            for cell in found
            for each in ([cell.everything] if cell.is_enumerated(sampling) else of_long(cell))
        ]
        return _search(observed, table, rules, sets, bodies, begin, close)

    if all(cell.is_enumerated(sampling) for cell in found):
        return search(swap_sets, start, tolerance)
    begin = start or search(swap_sets, None, REFIT).place
    law = _law(begin, bodies, rules)
    return search(partial(drawn_sets, law=law, sampling=sampling), begin, tolerance)


def _named(observed: Iterable[Choice]) -> Array:
    return np.unique([member for choice in observed for member in choice.members])


def _law(place: Start, bodies: Array, rules: Rules) -> Law:
    beta, alpha = place
    if rules.log_mentions is not None:
        return Law(beta, np.zeros(0))
    return Law(beta, np.array([alpha.get(int(body), 0.0) for body in bodies]))


def _search(
    observed: tuple[Choice, ...],
    table: PairTable,
    rules: Rules,
    sets: Sequence[ChoiceSet],
    bodies: Array,
    start: Start | None,
    tolerance: float,
) -> ListFit:
    free = rules.log_mentions is None
    k = len(table.terms) + (0 if free else 1)
    likelihood = ListLikelihood(sets, k, len(bodies) if free else 0, rules.prior_variance)
    params = np.zeros(k + likelihood.n_alpha)
    if start is not None:
        params[:k] = start[0]
        if free:
            params[k:] = [start[1].get(int(body), 0.0) for body in bodies]
    optimum = maximise(likelihood.evaluate, params, tolerance)
    return ListFit(observed, table, likelihood, optimum, bodies, rules)

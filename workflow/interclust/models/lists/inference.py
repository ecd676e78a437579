"""Inference for list choice: lists depend when they share a body, or a page that printed them.

cluster jackknife: with d_A the change of beta when every list that holds all bodies of A is left out,

    V = sum over A inside some list of (-1)^(|A|+1) d_A d_A'

counts each pair of lists that share at least one body exactly once (inclusion and exclusion; for lists of
two it is the dyadic jackknife). Where a list is longer than four these pairs are summed over directly, by
their scores (list_dependence.py). All are deleted by one Newton step: refits without a body give errors
that are a third too wide (docs/validity.md). Source jackknife: (G - 1) / G sum of d_g d_g' over the G pages,
each left out with its lists.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtri

from ...errors import ModelError
from ...inference.covariance import Covariance, clip_eigenvalues, raise_to_floor
from ...inference.intervals import critical_value
from ...numerics.newton import newton_step
from .dependence import counted_together, sharing
from .fit import ListFit

Array = np.ndarray

POWER = 0.80
INCLUSION_TO = 4  # longest list whose sets of bodies are summed over


@dataclass(frozen=True)
class Deletion:
    """A refit without a cluster or a source: what was left out, how many lists stayed, beta (K,)."""

    left_out: str
    n_lists: int
    n_bodies: int
    coefficients: Array


@dataclass
class ListInference:
    """Covariances of beta of one list-choice fit; refits are made once and kept."""

    fit: ListFit
    _clusters: list[Deletion] = field(default_factory=list)
    _sources: list[Deletion] = field(default_factory=list)

    def cluster_deletions(self) -> list[Deletion]:
        """Refits without each named body, its lists gone with it."""
        if not self._clusters:
            self._clusters = [
                self._delete(str(body), lambda choice, b=body: b in choice.members) for body in self._named
            ]
        return self._clusters

    def source_deletions(self) -> list[Deletion]:
        """Refits without each page, its lists gone with it (a list of two pages goes with either).

        None where there is one page alone: nothing would be left.
        """
        if not self._sources:
            names = self.source_names if len(self.source_names) > 1 else []
            self._sources = [self._delete(name, lambda choice, s=name: s in choice.sources) for name in names]
        return self._sources

    @property
    def source_names(self) -> list[str]:
        """The pages that printed the lists."""
        return sorted({source for choice in self.fit.observed for source in choice.sources})

    def covariance(self, kind: str = "cluster_jackknife") -> Covariance:
        """Covariance of beta: classical, cluster_jackknife or source_jackknife."""
        if kind == "classical":
            return Covariance(kind, self.fit.covariance_beta(), np.inf)
        if kind == "source_jackknife":
            g = len(self.source_deletions())
            if g < 2:
                raise ModelError("source_jackknife: all lists come from one source; use cluster_jackknife")
            changes = self._changes(self.source_deletions())
            return Covariance(kind, (g - 1) / g * changes.T @ changes, g - 1)
        if kind != "cluster_jackknife":
            raise ValueError(f"no covariance {kind!r} for list choice")
        long = max(len(choice.members) for choice in self.fit.observed) > INCLUSION_TO
        raw, floor = self._by_pairs() if long else self._by_inclusion()
        matrix, clipped = clip_eigenvalues(raw, "scaled", floor)
        matrix, floored = raise_to_floor(matrix, floor)
        return Covariance(kind, matrix, len(self._named) - 1, clipped, floored)

    def _by_inclusion(self) -> tuple[Array, Array]:
        """The sum over sets of bodies, and the variances that lists taken as independent have."""
        return self._step_terms(), np.diag(self.list_sandwich())

    def _by_pairs(self) -> tuple[Array, Array]:
        """The sum over pairs of lists, and the variances that lists taken as independent have."""
        scores, informations = self.fit.likelihood.list_scores(self.fit.optimum.params)
        k, whole = len(self.fit.terms), self.fit.optimum.information
        raw, alone = (
            counted_together(scores, informations, whole, together)[:k, :k]
            for together in (sharing(self._members_in_order()), np.eye(len(scores)))
        )
        return raw, np.diag(alone)

    @property
    def _named(self) -> list[int]:
        return sorted({member for choice in self.fit.observed for member in choice.members})

    def list_sandwich(self) -> Array:
        """Sandwich with lists taken as independent: the floor of the jackknife."""
        scores, _ = self.fit.likelihood.list_scores(self.fit.optimum.params)
        steps = np.array([newton_step(self.fit.optimum.information, score) for score in scores])
        k = len(self.fit.terms)
        return steps[:, :k].T @ steps[:, :k]

    def _delete(self, name: str, leaves) -> Deletion:  # type: ignore[no-untyped-def]
        kept = [choice for choice in self.fit.observed if not leaves(choice)]
        refit = self.fit.without(kept)
        return Deletion(name, len(kept), len(refit.bodies), refit.coefficients)

    def _changes(self, deletions: list[Deletion]) -> Array:
        return np.array([deletion.coefficients for deletion in deletions]) - self.fit.coefficients

    def _step_terms(self) -> Array:
        """The inclusion-exclusion sum, by one Newton step a term."""
        k = len(self.fit.terms)
        scores, information = self.fit.likelihood.list_scores(self.fit.optimum.params)
        members = self._members_in_order()
        assert len(scores) == len(members)
        total = np.zeros((k, k))
        groups: dict[tuple[int, ...], list[int]] = {}
        for row, names in enumerate(members):
            for size in range(1, len(names) + 1):
                for subset in itertools.combinations(names, size):
                    groups.setdefault(subset, []).append(row)
        for subset, rows in sorted(groups.items()):
            remaining = self.fit.optimum.information - information[rows].sum(axis=0)
            step = -newton_step(remaining, scores[rows].sum(axis=0))[:k]
            total += (-1) ** (len(subset) + 1) * np.outer(step, step)
        return total

    def _members_in_order(self) -> list[tuple[int, ...]]:
        """Members of the lists in the order in which the choice sets hold them."""
        members = {choice.list_id: choice.members for choice in self.fit.observed}
        return [members[name] for choice in self.fit.likelihood.sets for name in choice.list_ids]


def detectable_ratio(std_error: Array, df: float, level: float = 0.95, power: float = POWER) -> Array:
    """Smallest ratio that a two-sided test of this precision finds with the given power."""
    return np.exp((critical_value(df, level) + float(ndtri(power))) * std_error)


def tipping_ratio(estimate: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """How many times more (or less) visible such pairs must be for the estimate, or its limit, to vanish.

    If lists with such a pair are printed r times as often as others, beta moves by ln r; so the estimate
    vanishes at r = exp(|beta|) and its nearer limit at r = exp of that limit's distance from zero, or 1
    if the interval holds zero.
    """
    limit = np.where(estimate > 0, np.maximum(low, 0.0), np.maximum(-high, 0.0))
    return np.exp(np.abs(estimate)), np.exp(limit)

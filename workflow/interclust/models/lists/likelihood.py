"""The likelihood of list choice over choice sets, with its score and information."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .choice_sets import ChoiceSet

Array = np.ndarray


@dataclass(frozen=True)
class ListLikelihood:
    """The likelihood over choice sets; parameters are beta (K,) then alpha (A,) if it is free."""

    sets: Sequence[ChoiceSet]
    n_terms: int
    n_alpha: int
    prior_variance: float | None

    def evaluate(self, params: Array) -> tuple[float, Array, Array]:
        """Penalised log-likelihood, score (K + A,), information (K + A, K + A)."""
        total = len(params)
        loglik, score, information = 0.0, np.zeros(total), np.zeros((total, total))
        for choice in self.sets:
            value, expected, covariance = self._moments(choice, params)
            n = len(choice.observed)
            loglik += value
            score += self.observed_sum(choice, choice.observed) - n * expected
            information += n * covariance
        if self.n_alpha and self.prior_variance is not None:
            alpha = slice(self.n_terms, total)
            loglik -= 0.5 * float(params[alpha] @ params[alpha]) / self.prior_variance
            score[alpha] -= params[alpha] / self.prior_variance
            information[alpha, alpha] += np.eye(self.n_alpha) / self.prior_variance
        return loglik, score, information

    def observed_sum(self, choice: ChoiceSet, rows: Array) -> Array:
        """Summed statistics (K + A,) of the lists in these rows of a choice set."""
        statistics = choice.z[rows].sum(axis=0)
        if not self.n_alpha:
            return statistics
        return np.concatenate(
            [statistics, np.bincount(choice.members[:, rows].ravel(), minlength=self.n_alpha)]
        )

    def list_scores(self, params: Array) -> tuple[Array, Array]:
        """Scores (L, K + A) of the lists without the prior, and their information (L, K + A, K + A)."""
        scores, informations = [], []
        for choice in self.sets:
            _, expected, covariance = self._moments(choice, params)
            for row in choice.observed:
                scores.append(self.observed_sum(choice, np.array([row])) - expected)
                informations.append(covariance)
        return np.array(scores), np.array(informations)

    def _moments(self, choice: ChoiceSet, params: Array) -> tuple[float, Array, Array]:
        """Log-likelihood of the observed, mean and covariance of the statistics over the alternatives."""
        k = self.n_terms
        utility = choice.utility(params[:k], params[k:]) + choice.offset
        top = utility.max()
        weight = np.exp(utility - top)
        total = weight.sum()
        weight /= total
        value = float(utility[choice.observed].sum() - len(choice.observed) * (top + np.log(total)))
        mean = np.zeros(len(params))
        second = np.zeros((len(params), len(params)))
        weighted = choice.columns * weight
        mean[:k], second[:k, :k] = weighted.sum(axis=1), weighted @ choice.z
        if self.n_alpha:
            inside = choice.incidence(self.n_alpha)
            if inside is None:
                cross, joint = self._enumerated(choice, weight, weighted)
            else:
                cross, joint = weighted @ inside, (inside.T * weight) @ inside
            second[:k, k:], second[k:, :k] = cross, cross.T
            second[k:, k:] = joint
            mean[k:] = np.diag(joint)
        return value, mean, second - np.outer(mean, mean)

    def _enumerated(self, choice: ChoiceSet, weight: Array, weighted: Array) -> tuple[Array, Array]:
        """Means of feature times membership (K, A), and of membership times membership (A, A).

        By counting over members and pairs of members: an incidence matrix of every subset would not fit.
        """
        n, m = self.n_alpha, len(choice.members)
        cross = np.array([sum(np.bincount(who, row, n) for who in choice.members) for row in weighted])
        flat = np.zeros(n * n)
        for codes in choice.pair_codes(n):
            flat += np.bincount(codes, weight, n * n)
        joint = flat.reshape(n, n) + flat.reshape(n, n).T
        return cross.reshape(-1, n), joint + np.diag(joint.sum(axis=1) / (m - 1))

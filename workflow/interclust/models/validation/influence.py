"""Scores of probability forecasts with the influence of every row on them, which their errors are made of.

A score M is a function of the rows' weights; the influence of row r is its derivative in that row's weight at
weights of one (the infinitesimal jackknife: Jaeckel 1972; Efron 1982, chapter 6). Values are scikit-learn's;
influences are worked out here, and a test holds them against its values under changed weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...numerics.newton import inverse, maximise

Array = np.ndarray

# Probabilities nearer to zero or one than this have the log score and the log odds of this.
TINY = 1e-12


@dataclass(frozen=True)
class Score:
    """A value, the influence (n,) of each row on it, and whether it lies between 0 and 1."""

    value: float
    influence: Array
    bounded: bool = False

    def minus(self, other: Score) -> Score:
        """The difference from another score of the same rows."""
        return Score(self.value - other.value, self.influence - other.influence)


def missing(n: int) -> Score:
    """A score that these rows do not have."""
    return Score(np.nan, np.full(n, np.nan))


def roc_auc(y: Array, p: Array) -> Score:
    """Area under the ROC curve: the chance that an event has a higher forecast than a row without.

    Influences are the placements of DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44.
    """
    from sklearn.metrics import roc_auc_score

    event = y > 0
    if event.all() or not event.any():
        return missing(len(y))
    value = float(roc_auc_score(y, p))
    influence = np.empty(len(y))
    influence[event] = (_below(p[event], p[~event]) - value) / event.sum()
    influence[~event] = (1.0 - _below(p[~event], p[event]) - value) / (~event).sum()
    return Score(value, influence, bounded=True)


def _below(values: Array, others: Array) -> Array:
    """The share of the others below each value, ties counted half."""
    ordered = np.sort(others)
    low, high = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    share: Array = (low + high) / (2.0 * len(others))
    return share


def roc_auc_within(y: Array, p: Array, period: Array) -> Score:
    """The same of an event and a row of its own period: areas by period, weighted by their pairs.

    It asks for no comparison between periods, whose levels a forecast does not know.
    """
    total, pairs = 0.0, 0.0
    parts = []
    for here in (period == one for one in np.unique(period)):
        own = roc_auc(y[here], p[here])
        if np.isnan(own.value):
            continue
        events = float(y[here].sum())
        others = len(y[here]) - events
        total, pairs = total + events * others * own.value, pairs + events * others
        parts.append((here, own, events, others))
    if not parts:
        return missing(len(y))
    value, influence = total / pairs, np.zeros(len(y))
    for here, own, events, others in parts:
        # a row more changes the area of its period, and the weight of that period
        share = np.where(y[here] > 0, others, events)
        influence[here] = (events * others * own.influence + share * (own.value - value)) / pairs
    return Score(value, influence, bounded=True)


def pr_auc(y: Array, p: Array) -> Score:
    """Average precision: the mean over events of the share of events among rows forecast as high."""
    from sklearn.metrics import average_precision_score

    event = y > 0
    if not event.any():
        return missing(len(y))
    value = float(average_precision_score(y, p))
    levels, place = np.unique(p, return_inverse=True)
    hits, rows = (np.bincount(place, weights=w, minlength=len(levels)) for w in (y, np.ones(len(y))))
    at_least, among = (np.cumsum(count[::-1])[::-1] for count in (hits, rows))
    precision = at_least / among
    # what a row adds to the precision at every level up to its own, summed over the events there
    gain = np.cumsum(hits * (among - at_least) / among**2)
    loss = np.cumsum(hits * at_least / among**2)
    influence = np.where(event, precision[place] - value + gain[place], -loss[place]) / event.sum()
    return Score(value, influence, bounded=True)


def mean_loss(losses: Array) -> Score:
    """The mean of the rows' losses."""
    value = float(losses.mean())
    return Score(value, (losses - value) / len(losses))


def brier(y: Array, p: Array) -> Score:
    """Mean squared difference of forecast and outcome (Brier 1950, Monthly Weather Review 78)."""
    return mean_loss((y - p) ** 2)


def log_score(y: Array, p: Array) -> Score:
    """Minus the mean log-likelihood of the outcomes, in natural logarithms (Good 1952, JRSS B 14)."""
    inside = np.clip(p, TINY, 1.0 - TINY)
    return mean_loss(-np.where(y > 0, np.log(inside), np.log1p(-inside)))


def brier_skill(y: Array, p: Array, reference: Array) -> Score:
    """One minus the ratio of Brier scores to a reference forecast: the share of its loss that is saved."""
    own, other = brier(y, p), brier(y, reference)
    if other.value == 0:
        return missing(len(y))
    ratio = own.value / other.value
    return Score(1.0 - ratio, (ratio * other.influence - own.influence) / other.value)


def calibration(y: Array, p: Array) -> tuple[Score, Score]:
    """Calibration intercept and slope (Cox 1958, Biometrika 45; Van Calster et al. 2019, BMC Medicine 17).

    The slope is that of a logit of the outcome on the log odds of the forecast: one where it is right, below
    where forecasts are too extreme. The intercept is that of the logit whose slope is one: zero where
    forecasts are right on the whole, above where there are more events than forecast. Missing where there is
    no finite estimate.
    """
    inside = np.clip(p, TINY, 1.0 - TINY)
    odds = np.log(inside) - np.log1p(-inside)
    one = np.ones((len(y), 1))
    intercept = _logit(y, one, odds, 0)
    if np.ptp(odds) < 1e-9:
        return intercept, missing(len(y))
    return intercept, _logit(y, np.column_stack([one, odds]), np.zeros(len(y)), 1)


def _logit(y: Array, X: Array, offset: Array, wanted: int) -> Score:
    """One coefficient of a logit: influences are inverse information times scores."""

    def evaluate(params: Array) -> tuple[float, Array, Array]:
        eta = X @ params + offset
        q = 1.0 / (1.0 + np.exp(-eta))
        return (
            float(np.sum(y * eta - np.logaddexp(0.0, eta))),
            X.T @ (y - q),
            (X * (q * (1 - q))[:, None]).T @ X,
        )

    if not (y > 0).any() or (y > 0).all():
        return missing(len(y))
    with np.errstate(over="ignore"):
        found = maximise(evaluate, np.eye(X.shape[1])[wanted] * (X.shape[1] - 1.0))
        q = 1.0 / (1.0 + np.exp(-(X @ found.params + offset)))
    if (
        not found.converged or q[y > 0].min() > q[y == 0].max()
    ):  # forecasts that separate events from the rest
        return missing(len(y))
    bread = inverse(found.information)
    return Score(float(found.params[wanted]), (X * (y - q)[:, None]) @ bread[wanted])

"""The log-likelihood of the constants alone, which a fit is compared with."""

from __future__ import annotations

import numpy as np

from .data import Batch, Data
from .formula import parse
from .likelihood import Likelihood
from .parts import likelihood_of
from .starts import search

WEIGHT = "weight of the value"
# Where constants run to infinity the likelihood stands still long before the search does.
STEPS = 25


def null_loglik(likelihood: Likelihood) -> float:
    """Log-likelihood of the family with a constant in every part (and the offset) alone."""
    one = parse("1")
    second = one if likelihood.family.has_second_part else None
    data, weights = likelihood.data, likelihood.weights
    if likelihood.offset is None and likelihood.family.outcome != "real":
        data, weights = _collapsed(likelihood), WEIGHT
    null = likelihood_of(likelihood.family, one, data, likelihood.outcome, second, likelihood.offset, weights)
    return search(null, STEPS).loglik


def _collapsed(likelihood: Likelihood) -> Data:
    """One row for each distinct outcome, weighted by its rows: all that constants can tell apart."""
    total: dict[float, float] = {}
    for batch in likelihood.data.batches():
        w = batch.columns[likelihood.weights] if likelihood.weights else np.ones(len(batch))
        values, place = np.unique(batch.columns[likelihood.outcome], return_inverse=True)
        sums = np.bincount(place, weights=w)
        for value, weight in zip(values.tolist(), sums.tolist(), strict=True):
            total[value] = total.get(value, 0.0) + weight
    values = np.array(sorted(total))
    columns = {likelihood.outcome: values, WEIGHT: np.array([total[value] for value in values.tolist()])}
    none = np.zeros(len(values), dtype=np.int64)
    batch = Batch(columns, none, none + 1, none[:0], none[:0], none)
    return Data(lambda: iter([batch]), (0, 1), resident=True)

"""What a model is held against: prevalence, scores of link prediction, gradient boosting.

Preferential attachment (the product of the two numbers of partners; Barabasi & Albert 1999, Science 286) and
the number of common partners (Liben-Nowell & Kleinberg 2007, JASIST 58) are scores, not probabilities: a
logit of the outcome on ln(1 + score), fitted to the periods before, makes them so. It changes no ranking
within a period (but for a negative slope, which turns it round, as the past says it should).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ...errors import ModelError
from ...numerics.families import FAMILIES
from ..fit import fit_data
from ..formula import parse
from ..rows.batches import Batch
from ..rows.data import Data
from .forward import Predictor

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

Array = np.ndarray

PREVALENCE = "prevalence"
BOOSTING, BOOSTING_ALL = "boosting", "boosting_all"
# Small trees, few, and the same for all: to tune them by what is forecast would be a look ahead. The penalty
# is in units of expected events: a leaf that expects ten moves half as far as its events say.
TREES = {"max_iter": 30, "learning_rate": 0.1, "max_leaf_nodes": 8, "l2_regularization": 10.0}


def baselines_of(
    outcome: str, scores: Sequence[str], own: Sequence[str], every: Sequence[str], seed: int
) -> dict[str, Predictor]:
    """Predictors by name.

    ``scores`` are columns of link prediction, ``own`` the columns of the model, ``every`` all that is known
    before a period; boosting stands on each of the two (none where there are no columns).
    """
    found: dict[str, Predictor] = {PREVALENCE: partial(prevalence, outcome)}
    found |= {name: partial(score, outcome, name) for name in scores}
    features: Mapping[str, Sequence[str]] = {BOOSTING: own, BOOSTING_ALL: every}
    trees = {name: partial(boosting, outcome, names, seed) for name, names in features.items() if names}
    return found | trees


def prevalence(outcome: str, past: Batch, new: Batch) -> Array:
    """The share of events among earlier rows, for every row."""
    return np.full(len(new), past.columns[outcome].mean())


def score(outcome: str, column: str, past: Batch, new: Batch) -> Array:
    """Probabilities by a logit of the outcome on ln(1 + score); prevalence where the past or a row has none.

    Firth's logit, with FLIC's intercept, has an estimate where events all have the same score too.
    """
    import pandas as pd

    formula = parse(f"{outcome} ~ log1p({column})")
    known = past.select(~np.isnan(past.columns[column]))
    rows = Data((lambda: known,), range(1 + int(max(past.i.max(), past.j.max()))), resident=True, threads=1)
    probabilities, there = prevalence(outcome, past, new), ~np.isnan(new.columns[column])
    asked = pd.DataFrame({column: new.columns[column][there]})
    with suppress(ModelError):  # no event with a score, or a score that did not vary
        probabilities[there] = fit_data(formula, outcome, FAMILIES["firth"], rows).predict(asked, "flic")
    return probabilities


def boosting(outcome: str, columns: Sequence[str], seed: int, past: Batch, new: Batch) -> Array:
    """Probabilities of boosted trees (scikit-learn's, after Ke et al. 2017, NIPS 30); missing is a branch."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    pairs = [_numbers(past.columns[name], new.columns[name]) for name in columns]
    seen = [pair for pair in pairs if not np.isnan(pair[0]).all()]
    known, asked = (np.column_stack([pair[place] for pair in seen]) for place in (0, 1))
    with threadpool_limits(1):
        trees = _trees(seed).fit(known, past.columns[outcome])
        probabilities: Array = trees.predict_proba(asked)[:, 1]
    return probabilities


def _numbers(past: Array, new: Array) -> tuple[Array, Array]:
    """A column as numbers: words by their rank among those seen, missing where not seen."""
    if past.dtype != object:
        return past, new
    levels = np.unique(past.astype(str))
    ranks = {level: float(rank) for rank, level in enumerate(levels.tolist())}
    first, second = (np.array([ranks.get(str(value), np.nan) for value in part]) for part in (past, new))
    return first, second


def _trees(seed: int) -> HistGradientBoostingClassifier:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(early_stopping=False, random_state=seed, **TREES)

"""Validation in one call: of a frame in a notebook, or of a model of a study from its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import ModelError
from ..formula import parse
from ..parts import family_of
from ..rows.data import Data
from ..rows.frames import from_frame
from .baselines import baselines_of
from .curve import calibration_curve
from .forward import Forecasts, Question, forward
from .scores import score_table

if TYPE_CHECKING:
    import pandas as pd

BINS, SEED, MIN_EVENTS = 10, 1, 10


@dataclass(frozen=True)
class Validation:
    """What forward chaining gave: ``scores``, the ``calibration`` curve, and the forecasts behind them."""

    scores: pd.DataFrame
    calibration: pd.DataFrame
    forecasts: Forecasts | None


def validate(
    formula: str,
    data: pd.DataFrame,
    family: str = "logit",
    nodes: tuple[str, str] | None = ("cluster_i", "cluster_j"),
    period: str = "period",
    project: str | None = None,
    offset: str | None = None,
    weights: str | None = None,
    start: Any = None,
    scores: Sequence[str] = (),
    features: Sequence[str] = (),
    bins: int = BINS,
    seed: int = SEED,
    min_events: int = MIN_EVENTS,
) -> Validation:
    """Judge ``outcome ~ terms`` by its forecasts of each period from the periods before it.

    ``period`` orders the rows; every period from ``start`` on (None: the first) with ``min_events`` events
    before it is forecast. Beside the model stand the prevalence so far, ``scores`` (columns of link
    prediction), boosted trees on the model's columns, and boosted trees on ``features``: columns of what was
    known before the period, where a value may be missing. Other arguments as in ``fit``; weights are for
    fitting alone. Raises ModelError as ``fit`` does, and NotEstimable if no period can be forecast.
    """
    parsed = parse(formula)
    if parsed.outcome is None:
        raise ModelError(f"formula {formula!r}: write outcome ~ terms")
    question = Question(parsed, family_of(family), period, offset, weights)
    beside = [name for name in dict.fromkeys([*scores, *features]) if name not in question.columns]
    source = from_frame(data, question.columns, nodes, project, beside=beside)
    return validate_data(question, source, start, scores, features, bins, seed, min_events)


def validate_data(
    question: Question,
    data: Data,
    start: Any = None,
    scores: Sequence[str] = (),
    features: Sequence[str] = (),
    bins: int = BINS,
    seed: int = SEED,
    min_events: int = MIN_EVENTS,
) -> Validation:
    """The same of data of any kind."""
    if question.outcome in (*scores, *features):
        raise ModelError(f"the outcome {question.outcome!r} is among what is to forecast it; leave it out")
    own = [name for name in question.formula.columns if name != question.period]
    every = list(dict.fromkeys([*own, *features])) if features else []
    baselines = baselines_of(question.outcome, scores, own, every, seed)
    found = forward(question, data, baselines, start, min_events)
    return Validation(score_table(found, question.carries), calibration_curve(found, bins), found)

"""Validation of a model of a study from its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...contracts import CONTRACTS, schema_of
from ...errors import ModelError, NotEstimable
from ..formula import parse
from ..parts import family_of, needed_columns
from ..rows.sampled import sampling_of
from ..specification import formula_text, panel_data
from . import curve, scores
from .forward import MODEL, Question
from .validate import BINS, MIN_EVENTS, SEED, Validation, validate_data

Spec = Mapping[str, Any]

LINK_SCORES = ("preferential_attachment", "common_partners")
# Columns of the panel that are known before the period and never missing; all others tell what happened in
# it.
KNOWN = ("prior_projects", "periods_at_risk", "log_exposure")


def validate_study(spec: Spec, folder: str | Path, threads: int | None = None) -> Validation:
    """Validate a panel model of a binary outcome from ``folder`` = results/<study>.

    Settings are those of ``spec["validation"]``. Where no period can be forecast the tables hold the reason
    and no score. Raises ModelError for a model that has no probability to forecast.
    """
    if spec["outcome"] == "list_choice" or spec.get("cluster_effects"):
        what = "list choice" if spec["outcome"] == "list_choice" else "a model with cluster effects"
        raise ModelError(
            f"validation: {what} cannot forecast a panel of pairs, for the effect of a cluster is not known "
            "before its first tie; leave out validation, or validate a model with log_exposure instead"
        )
    if sampling_of(Path(folder)) is not None or spec.get("relogit"):
        raise ModelError("validation: rates of sampled rows are not those of all dyads; leave validation out")
    settings = spec.get("validation") or {}
    formula, family = parse(formula_text(spec)), family_of(spec["family"])
    question = Question(formula, family, "period", spec.get("offset"), spec.get("weights"))
    features = feature_columns(Path(folder))
    links = [name for name in LINK_SCORES if name in features]
    needed = needed_columns(formula, None, question.outcome, question.offset, question.weights)
    beside = [name for name in ("period", *features) if name not in needed]
    data = panel_data(spec, formula, Path(folder), None, threads, beside)
    least = max(spec.get("min_events") or 0, MIN_EVENTS)
    bins, seed = settings.get("bins", BINS), settings.get("seed", SEED)
    try:
        return validate_data(question, data, settings.get("from"), links, features, bins, seed, least)
    except NotEstimable as error:
        return _without_scores(error)


def feature_columns(folder: Path) -> list[str]:
    """What the files of features know of a row before its period."""
    first = min((folder / "features" / "periods").glob("period=*.parquet"), default=None)
    if first is None:
        raise ModelError(f"{folder}: no files of features; run the stage features first")
    panel = CONTRACTS["panel/periods"].columns
    return [name for name in schema_of(first, "features/periods").names if name in KNOWN or name not in panel]


def _without_scores(error: NotEstimable) -> Validation:
    import pandas as pd

    note = f"{scores.NOT_FORECAST}: {error}"
    row = {"predictor": MODEL, "period": scores.POOLED, "note": note}
    table = pd.DataFrame([row], columns=list(scores.COLUMNS))
    return Validation(table, pd.DataFrame(columns=list(curve.COLUMNS)), None)

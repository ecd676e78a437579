"""The effects of one model as a table: what its records identify, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..models.formula import parse
from ..models.reference import restore
from .delta import COLUMNS, Basis
from .johnson_neyman import obstacle, regions_of, slopes_along
from .margins import Combination, Margins
from .ratios import equal_steps, precision, ratios
from .regions import randomised

if TYPE_CHECKING:
    import pandas as pd

BOTH_PARTS = "both parts"


def estimate(record: Mapping[str, Any], folder: str | Path, records: str) -> pd.DataFrame:
    """Effects of a recorded fit (columns of ``delta.COLUMNS``); empty if it was not fitted.

    On incomplete records only ratios are given: levels and marginal effects are not identified there
    (docs/methods.md). On complete ones also, averaged over the rows: marginal effects and second differences
    (of binary outcomes on the scales of the probability and of the rate), slopes at values and Johnson-Neyman
    regions of measures that moderate, and of two-part models the ratio of each feature with both parts.
    """
    import pandas as pd

    if record["status"] != "fitted":
        return pd.DataFrame(columns=list(COLUMNS))
    basis = Basis.from_record(record)
    lines = [basis.row(effect) for effect in (*ratios(record), *equal_steps(record))]
    lines += list(precision(record))
    lines += [randomised(record, folder, term) for term in record["spec"].get("randomise") or []]
    if records == "complete" and record["outcome"] != "list_choice":
        lines += _of_predictions(record, Margins(*restore(record, folder)), basis)
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _of_predictions(record: Mapping[str, Any], margins: Margins, basis: Basis) -> list[dict[str, Any]]:
    """The lines of all that is averaged over rows, in two passes to describe them and one to average."""
    features = _features([*record["spec"]["terms"], *(record["spec"].get("zero") or ())])
    margins.sample.learn(features)
    wanted = list(_combinations(record, features, margins))
    measured = [pair for pair in _pairs(record["spec"]) if obstacle(margins, *pair) is None]
    along = [slope for pair in measured for slope in slopes_along(margins, *pair)]
    found = margins.effects([*wanted, *along])
    lines = [basis.row(effect) for effect in found[: len(wanted)]]
    slopes = found[len(wanted) :]
    regions = (
        regions_of(margins.sample, pair, basis) for pair in zip(slopes[::2], slopes[1::2], strict=True)
    )
    return [*lines, *(region.row(basis) for region in regions)]


def _features(terms: Iterable[str]) -> list[str]:
    """The features behind terms; categories have no slope."""
    parsed = (parse(term).terms[-1] for term in terms)
    return list(dict.fromkeys(factor.column for term in parsed for factor in term if factor.kind != "C"))


def _pairs(spec: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Features with the features that moderate them."""
    found = [(_features([term]), _features([moderator])) for moderator, term in spec.get("moderators") or []]
    return [(term[0], moderator[0]) for term, moderator in found if len(term) == len(moderator) == 1]


def _combinations(record: Mapping[str, Any], features: list[str], margins: Margins) -> Iterator[Combination]:
    family = margins.likelihood.family
    scales = (None, "rate") if family.outcome == "binary" else (None,)
    for scale in scales:
        for name in features:
            yield margins.marginal_effect(name, scale)
    for term, moderator in _pairs(record["spec"]):
        for value in margins.levels(moderator):
            yield margins.slope(term, {moderator: value})
        for scale in scales:
            yield margins.second_difference(term, moderator, scale=scale)
    if family.has_second_part:
        for name in features:
            yield replace(margins.contrast(name, ratio=True), at=BOTH_PARTS)

"""The truth of a synthetic study beside its estimates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from . import evidence, labels
from .figures.forest import Line, wrap

if TYPE_CHECKING:
    from .language import Language
    from .results import Results, Row


def joined(results: Results, model: str) -> list[Row]:
    """Rows of effects/truth.csv for one model with estimate, error and interval of the same term."""
    if model not in results.fitted:
        return []
    estimates = {evidence.canonical(row["term"]): row for row in evidence.coefficients(results, model)}
    found = []
    for row in results.truth:
        own = estimates.get(evidence.canonical(str(row["term"]))) if row["model"] == model else None
        if own is None:
            continue
        width = interval_width(own["df"])
        reach = width * own["std_error"] if own["std_error"] is not None else None
        low, high = (own["estimate"] - reach, own["estimate"] + reach) if reach is not None else (None, None)
        distance = _distance(row, own)
        inside = None if distance is None else abs(distance) <= width
        known = {"conf_low": low, "conf_high": high, "width": width, "distance": distance, "inside": inside}
        found.append({**row, **own, **known})
    return found


def _distance(row: Row, own: Row) -> float | None:
    """Estimate minus truth in standard errors, which the Monte-Carlo error of the truth adds to."""
    if row["truth"] is None or not own["std_error"]:
        return None
    error = math.hypot(own["std_error"], row.get("mc_error") or 0.0)
    return float((own["estimate"] - row["truth"]) / error)


def interval_width(df: float | None, level: float = 0.95) -> float:
    """The two-sided quantile of t (of the normal without degrees of freedom) that an interval uses."""
    from scipy.special import ndtri, stdtrit

    tail = (1 + level) / 2
    return float(stdtrit(df, tail) if df else ndtri(tail))


def lines_of(results: Results, say: Language, model: str) -> list[Line]:
    """One row a term; the intercept, whose size would hide the others, is left to the table."""
    return [
        Line(
            wrap(labels.term(str(row["term"]), results, say)),
            row["estimate"],
            row["conf_low"],
            row["conf_high"],
            marks=(row["truth"],) if row["truth"] is not None else (),
        )
        for row in joined(results, model)
        if not evidence.hidden(str(row["term"]))
    ]


def distances(results: Results, model: str) -> list[tuple[float, bool]]:
    """Distance of each estimate from its truth in half-widths of its interval, and whether this holds it."""
    return [
        (row["distance"] / row["width"], bool(row["inside"]))
        for row in joined(results, model)
        if row["distance"] is not None and not evidence.hidden(str(row["term"]))
    ]

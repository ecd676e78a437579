"""Ratios: exp(beta), ratios of rate ratios, and for list choice the tipping and the detectable ratio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..models.list_inference import detectable_ratio, tipping_ratio
from .delta import Basis, Effect

LOG_RATE = {"cloglog", "poisson", "negbin"}


def ratios(record: Mapping[str, Any]) -> list[Effect]:
    """exp(beta) of every term but intercept and levels; a product of two terms is a ratio of ratios."""
    terms = [row["term"] for row in record["params"]]
    found = []
    for position, row in enumerate(record["params"]):
        if row["term"] in ("Intercept", "ln_alpha") or row["term"].startswith("C("):
            continue
        gradient = np.zeros(len(terms))
        gradient[position] = 1.0
        names = row["term"].split(":")
        product = len(names) == 2
        found.append(
            Effect(
                "ratio_of_ratios" if product else "ratio",
                plain(names[-1]),
                row["estimate"],
                gradient,
                "ratio",
                moderator=plain(names[0]) if product else "",
                exponentiate=True,
            )
        )
    return found


def plain(term: str) -> str:
    """The feature behind a centred term: c(x) is x."""
    return term[2:-1] if term.startswith("c(") else term


def precision(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Lines on what the precision allows: the detectable ratio of every term, the tipping ratio of lists."""
    basis = Basis.from_record(record)
    for effect in ratios(record):
        line = basis.row(effect)
        if line["std_error"] is None:
            continue
        kept = {key: line[key] for key in ("model", "moderator", "vcov", "df", "n_rows")}
        smallest = float(detectable_ratio(np.array(line["std_error"]), basis.df))
        yield _line(kept, "detectable", effect.term, smallest)
        if record["outcome"] == "list_choice":
            low, high = np.log(line["conf_low"]), np.log(line["conf_high"])
            tips = tipping_ratio(np.array(effect.value), np.array(low), np.array(high))
            yield _line(kept, "tipping", effect.term, float(tips[0])) | {"conf_low": float(tips[1])}


def _line(kept: Mapping[str, Any], kind: str, term: str, value: float) -> dict[str, Any]:
    suffix = f"|{kept['moderator']}" if kept["moderator"] else ""
    named = {"effect_id": f"{kind}:{term}{suffix}", "kind": kind, "term": term, "at": "", "scale": "ratio"}
    return dict(kept) | named | {"estimate": value}

"""Ratios: exp(beta), ratios of rate ratios, and for list choice the tipping and the detectable ratio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from ..models.lists.inference import detectable_ratio, tipping_ratio
from ..models.parts import ALPHA, unprefixed
from .delta import Basis, Effect

FIRST_PARTS = ("mean", "count", "choice")


def ratios(record: Mapping[str, Any]) -> list[Effect]:
    """exp(beta) of every term but intercept and levels; a product of two terms is a ratio of ratios.

    An intercept that stands alone is what the model is about: the odds, or the rate, of the outcome.
    """
    terms = [row["term"] for row in record["params"]]
    constants = (ALPHA,) if terms == ["Intercept"] else ("Intercept", ALPHA)
    found = []
    for position, row in enumerate(record["params"]):
        own = unprefixed(row["term"], row["part"])
        if own in constants or own.startswith("C(") or own == row["part"] or row["part"] == "cluster":
            continue  # a constant, or a cut point, which is named as its part is
        gradient = np.zeros(len(terms))
        gradient[position] = 1.0
        names = own.split(":")
        names[-1] = _of_part(plain(names[-1]), row["part"])
        product = len(names) == 2
        found.append(
            Effect(
                "ratio_of_ratios" if product else "ratio",
                names[-1],
                row["estimate"],
                gradient,
                "ratio",
                moderator=plain(names[0]) if product else "",
                exponentiate=True,
            )
        )
    return found


def equal_steps(record: Mapping[str, Any]) -> list[Effect]:
    """Whether a term counts as much at one step as at the one before: the ratio of its two odds ratios.

    Of sequential models, one a term and pair of neighbouring steps; kind ``equivalence``.
    """
    params = record["params"]
    if record["family"] != "sequential":
        return []
    steps = list(dict.fromkeys(row["part"] for row in params))
    place = {(row["part"], unprefixed(row["term"], row["part"])): n for n, row in enumerate(params)}
    found = []
    for first, then in pairwise(steps):
        for (part, term), low in place.items():
            if part != first or term == "Intercept" or term.startswith("C("):
                continue
            high = place[then, term]
            gradient = np.zeros(len(params))
            gradient[[low, high]] = -1.0, 1.0
            value = params[high]["estimate"] - params[low]["estimate"]
            *moderator, name = map(plain, term.split(":"))
            at = f"{then}/{first}" if len(steps) > 2 else ""
            beside = ":".join(moderator)
            found.append(Effect("equivalence", name, value, gradient, "ratio", beside, at, True))
    return found


def _of_part(name: str, part: str) -> str:
    """A feature in the first part is named alone; in another part with the part's name before it."""
    return name if part in FIRST_PARTS else f"{part}:{name}"


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
        smallest = float(detectable_ratio(np.array(line["std_error"]), basis.df_along(effect.gradient)))
        yield _line(kept, "detectable", effect.term, smallest)
        if record["outcome"] == "list_choice":
            low, high = np.log(line["conf_low"]), np.log(line["conf_high"])
            tips = tipping_ratio(np.array(effect.value), np.array(low), np.array(high))
            yield _line(kept, "tipping", effect.term, float(tips[0])) | {"conf_low": float(tips[1])}


def _line(kept: Mapping[str, Any], kind: str, term: str, value: float) -> dict[str, Any]:
    suffix = f"|{kept['moderator']}" if kept["moderator"] else ""
    named = {"effect_id": f"{kind}:{term}{suffix}", "kind": kind, "term": term, "at": "", "scale": "ratio"}
    return dict(kept) | named | {"estimate": value}

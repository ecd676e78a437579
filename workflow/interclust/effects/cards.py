"""Identification cards: of every claim what it is about, what its tests rest on, and what they could find.

A card holds no judgement of its own: verdict, class, reason and remedy are those of the scoreboard. It adds
what a referee asks before looking at an estimate: does the outcome measure the claim, are there events in
each cell of the moderator, does a column look ahead, and what is the power at ratios that would matter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..contracts import CONTRACTS
from .claims import MEASURED_BY, Claim, Prediction, claims
from .evidence import Evidence, cell_name
from .hypotheses import LEVEL, combine
from .obstacles import CELL_EVENTS
from .power import times_more
from .precision import detectable_ratio, power_at, steps_of

if TYPE_CHECKING:
    import pandas as pd

CONTRACT = "effects/cards/1"
TIMELESS = "judged once for all time"

Card = dict[str, Any]


def cards(evidence: Evidence, judged: pd.DataFrame, dictionary: Sequence[Mapping[str, Any]]) -> list[Card]:
    """One card a claim (a hypothesis, or a part that is judged apart), in the order of the hypotheses.

    Parameters
    ----------
    evidence
        The results of the study.
    judged
        The tests with their verdicts (``hypotheses.judge``).
    dictionary
        The features of the study: rows with name, date_rule_en, date_rule_fr.

    Returns
    -------
    list of dict
        ``hypothesis``, ``id``, ``outcome`` {claim, recorded, measured}, ``verdict``, ``classes``, ``reasons``
        [{en, fr}], ``remedy`` {en, fr} or None, ``columns`` (the look-ahead check: name, role {feature,
        panel, unknown}, date_rule, hindsight) and ``tests``: those that apply to these records, each with
        model, effect, terms, expected sign, verdict, estimate and interval, p-values, ``events`` {total,
        cells, needed, enough}, ``step`` (of each term), ``power`` {nominal, adjusted: {level, by ratio}} at
        5 % and at the first step of Holm's adjustment, ``detectable`` (a ratio a step at 80 % power),
        ``times_more`` (how many times the records for a ratio of 2), ``tipping``.

    """
    rules = {row["name"]: row for row in dictionary}
    made = int((judged["verdict"] != "not testable").sum())
    return [_card(claim, evidence, judged, rules, made) for claim in claims(evidence.study["hypotheses"])]


def _card(
    claim: Claim, evidence: Evidence, judged: pd.DataFrame, rules: Mapping[str, Mapping[str, Any]], made: int
) -> Card:
    rows = judged[judged["part"] == claim.id]
    applicable = [test for test in claim.predictions if test.applies(evidence.records)]
    read = applicable or list(claim.predictions)
    names = dict.fromkeys([*claim.needs, *(column for test in read for column in test.columns)])
    recorded = MEASURED_BY.get(claim.outcome, claim.outcome)
    remedy = rows["remedy"].notna().any()
    return {
        "hypothesis": claim.hypothesis,
        "id": claim.id,
        "outcome": {
            "claim": claim.outcome,
            "recorded": list(evidence.outcomes),
            "measured": recorded in evidence.outcomes,
        },
        "verdict": combine(rows["verdict"], claim.combine),
        "classes": sorted(set(rows["class"].dropna())),
        "reasons": _reasons(rows),
        "remedy": dict(claim.remedy) if remedy else None,
        "columns": [_column(name, rules) for name in names],
        "tests": [_test(test, evidence, rows, made) for test in read],
    }


def _reasons(rows: pd.DataFrame) -> list[dict[str, str]]:
    """The reasons of the tests, each once."""
    pairs = dict.fromkeys(zip(rows["reason"], rows["reason_fr"], strict=True))
    return [{"en": english, "fr": french} for english, french in pairs]


def _column(name: str, rules: Mapping[str, Mapping[str, Any]]) -> Card:
    """When the value of a column is known: a fact judged once for all time may rest on what came after."""
    if name in rules:
        rule = {lang: str(rules[name][f"date_rule_{lang}"]) for lang in ("en", "fr")}
        return {"name": name, "role": "feature", "date_rule": rule, "hindsight": rule["en"] == TIMELESS}
    role = "panel" if name in CONTRACTS["panel/periods"].columns else "unknown"
    return {"name": name, "role": role, "date_rule": None, "hindsight": False}


def _test(test: Prediction, evidence: Evidence, rows: pd.DataFrame, made: int) -> Card:
    own = rows[rows["test"] == test.id]
    judged = own.iloc[0] if len(own) else None
    card: Card = {
        "id": test.id,
        "records": test.records,
        "model": test.subject,
        "effect": test.effect,
        "terms": list(test.terms),
        "at": dict(test.at),
        "expect": test.expect,
        "scale": test.scale,
        "margin": test.margin if test.expect == "0" else None,
        "events": _events(test, evidence),
    }
    card["verdict"] = None if judged is None else judged["verdict"]
    for name in ("estimate", "conf_low", "conf_high", "p_value", "p_holm", "p_bh", "tipping"):
        card[name] = None if judged is None else _number(judged[name])
    return card | _precision(test, evidence, max(made, 1))


def _events(test: Prediction, evidence: Evidence) -> Card:
    counts = evidence.fits.get(test.model, {}).get("n", {})
    unit = "lists" if evidence.is_list_choice(test.model) else "events"
    cells = evidence.events_in_cells(test)
    named = {cell_name(column, value): n for column, own in cells.items() for value, n in own.items()}
    short = test.moderated and any(n < CELL_EVENTS for n in named.values())
    total = counts.get(unit)
    return {"unit": unit, "total": total, "cells": named, "needed": CELL_EVENTS, "enough": not short}


def _precision(test: Prediction, evidence: Evidence, made: int) -> Card:
    """Power at the declared ratios and the smallest detectable one; empty where nothing was estimated."""
    nothing: Card = {"step": None, "power": None, "detectable": None, "times_more": None}
    fitted = all(evidence.fits.get(name, {}).get("status") == "fitted" for name in test.models)
    row = evidence.row(test) if fitted and evidence.applicable(test) else None
    if row is None:
        return nothing
    levels = {"nominal": LEVEL, "adjusted": LEVEL / made}
    smallest = None if test.effect == "wald" else detectable_ratio(test, evidence, row)
    return {
        "step": steps_of(test, evidence),
        "power": power_at(test, evidence, row, levels),
        "detectable": smallest,
        "times_more": None if smallest is None else times_more(smallest),
    }


def _number(value: Any) -> float | None:
    """A number, or None where it is missing."""
    return None if value is None or not math.isfinite(float(value)) else float(value)

"""Why a claim or a test cannot be judged: the classes, in their order of precedence.

The order is the way from a question to an answer. A claim about another outcome (a) asks nothing of
these records; without a column (c) there is nothing to put into a model; with it, incomplete records
may still not identify the effect (d), and as unseen ties may fill an empty cell, identification goes
before variation; last, an effect that is identified may have no variation or too few events (b).
A study that merely fits no model with the term could test the claim: that obstacle has no class.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ModelError
from . import sentences
from .claims import MEASURED_BY, Claim, Prediction
from .evidence import Evidence, cell_name

CELL_EVENTS = 10  # events that each cell of a moderator needs, and that each term of a small model needs


@dataclass(frozen=True)
class Obstacle:
    """A class (a to d, or None) with its reason; ``detectable`` where the reason quotes it."""

    label: str | None
    reason: Mapping[str, str]
    detectable: float | None = None


def of_claim(claim: Claim, evidence: Evidence) -> Obstacle | None:
    """What keeps the whole claim from being judged in this study: classes a, c, d."""
    return _other_outcome(claim, evidence) or _no_data(claim, evidence) or _not_identified(claim, evidence)


def of_prediction(prediction: Prediction, evidence: Evidence) -> Obstacle | None:
    """What keeps one applicable test from being made: class b, or want of a model."""
    name = _name(prediction)
    for model in prediction.models:
        if model not in evidence.fits:
            return Obstacle(None, sentences.reason("no_model", model=model, terms=name))
    constant = [column for column in prediction.columns if evidence.constant(column)]
    if constant:
        return Obstacle("b", sentences.reason("constant", columns=sentences.both(constant)))
    for model in prediction.models:
        if evidence.fits[model].get("status") == "not_fitted":
            cause = _cause(evidence.fits[model])
            return Obstacle("b", sentences.reason("not_fitted", model=model, cause=cause))
    row = evidence.row(prediction)
    if row is None:
        return _no_term(prediction, evidence)
    short = _short_cells(prediction, evidence)
    if short:
        return Obstacle("b", sentences.reason("cell", cells=short, needed=CELL_EVENTS))
    if not (math.isfinite(row["estimate"]) and math.isfinite(row["p_value"])):
        return Obstacle("b", sentences.reason("no_error", model=prediction.model, terms=name))
    return None


def _other_outcome(claim: Claim, evidence: Evidence) -> Obstacle | None:
    if MEASURED_BY.get(claim.outcome, claim.outcome) not in evidence.outcomes:
        measured = [sentences.OUTCOMES[outcome] for outcome in evidence.outcomes]
        text = {lang: sentences.enumerate_in(lang, [one[lang] for one in measured]) for lang in ("en", "fr")}
        about = sentences.OUTCOMES[claim.outcome]
        return Obstacle("a", sentences.reason("outcome", claim=about, measured=text))
    if claim.compares_kinds and len(evidence.eligible_kinds) == 1:
        return Obstacle("a", sentences.reason("kinds", kinds=evidence.eligible_kinds[0]))
    return None


def _no_data(claim: Claim, evidence: Evidence) -> Obstacle | None:
    """Columns of the tests that apply here (of all tests where none does) without a value."""
    applicable = [p for p in claim.predictions if evidence.applicable(p)]
    read = [column for p in applicable or claim.predictions for column in p.columns]
    without = [c for c in dict.fromkeys([*claim.needs, *read]) if not evidence.has_values(c)]
    if not without:
        return None
    kinds = {
        "no_column": [column for column in without if column not in evidence.moments],
        "no_value": [column for column in without if column in evidence.moments],
    }
    found = [sentences.reason(key, columns=sentences.both(names)) for key, names in kinds.items() if names]
    text = found[0] if len(found) == 1 else sentences.joined(found[0], sentences.reason("and"), found[1])
    if not applicable and evidence.records == "incomplete":
        text = sentences.joined(text, sentences.reason("still_not_identified"))
    return Obstacle("c", {lang: f"{words[0].upper()}{words[1:]}." for lang, words in text.items()})


def _not_identified(claim: Claim, evidence: Evidence) -> Obstacle | None:
    if evidence.records == "complete" or any(evidence.applicable(p) for p in claim.predictions):
        return None
    if claim.outcome == "recurrence":
        return Obstacle("d", sentences.reason("recurrence"))
    if not any(prediction.moderated for prediction in claim.predictions):
        return Obstacle("d", sentences.reason("partners_only"))
    lists, smallest = _power_of_lists(evidence)
    if smallest is None:
        return Obstacle("d", sentences.reason("moderator_bare"))
    return Obstacle("d", sentences.reason("moderator", lists=lists, detectable=smallest), smallest)


def _power_of_lists(evidence: Evidence) -> tuple[int, float | None]:
    """Number of printed lists and the smallest ratio that they detect for any term of theirs."""
    effects = evidence.effects
    rows = effects[(effects["kind"] == "detectable") & effects["model"].isin(evidence.list_models)]
    if rows.empty:
        return 0, None
    best = rows.loc[rows["estimate"].idxmin()]
    return int(evidence.fits[best["model"]]["n"]["lists"]), float(best["estimate"])


def _no_term(prediction: Prediction, evidence: Evidence) -> Obstacle:
    """The fitted model lacks the term: for want of events to bear it, or of a specification.

    Raises ModelError if it has the term: then the hypothesis file asks for an effect nobody computes.
    """
    name, model = _name(prediction), evidence.lacking(prediction)
    if model is None:
        raise ModelError(
            f"test {prediction.id}: effects/{prediction.model}.csv holds no {prediction.effect} of {name} as"
            " declared, though the model has the term; change effect, at or scale in the hypothesis file"
        )
    events, unit = _events(model, evidence)
    held = len(evidence.study.get("models", {}).get(model, {}).get("terms", ()))
    if held and isinstance(events, int) and events // CELL_EVENTS <= held:
        text = sentences.reason("no_room", events=events, unit=unit, model=model, held=held, terms=name)
        return Obstacle("b", text)
    return Obstacle(None, sentences.reason("no_term", model=model, terms=name))


def _cause(fit: Mapping[str, Any]) -> dict[str, str]:
    """Why a fit failed, in the words of the models, and the events it had where it counted them."""
    cause = str(fit.get("reason") or "no estimate").rstrip(".")
    events = fit.get("n", {}).get("events")
    if events is None:
        return {"en": cause, "fr": f"« {cause} »"}
    return {"en": f"{cause} (events: {events})", "fr": f"« {cause} » (événements : {events})"}


def _events(model: str, evidence: Evidence) -> tuple[int | str, Mapping[str, str]]:
    """Number of observations that carry the model: lists of list choice, else events."""
    counts: Mapping[str, Any] = evidence.fits[model].get("n", {})
    if evidence.is_list_choice(model):
        return counts.get("lists", "?"), {"en": "lists", "fr": "listes"}
    return counts.get("events", "?"), {"en": "events", "fr": "événements"}


def _short_cells(prediction: Prediction, evidence: Evidence) -> str:
    """Cells of a moderated test with fewer events than a test needs, as ``flag=0: 3``."""
    if not prediction.moderated:
        return ""
    cells = evidence.events_in_cells(prediction)
    short = [
        f"{cell_name(column, value)}: {n}"
        for column, counts in cells.items()
        for value, n in counts.items()
        if n < CELL_EVENTS
    ]
    return ", ".join(short)


def _name(prediction: Prediction) -> str:
    return " × ".join(dict.fromkeys([*prediction.terms, *prediction.at]))

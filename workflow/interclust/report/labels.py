"""Names that people read: of terms, models, hypotheses and variants, in the report's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .evidence import split
from .results import CHOICE, CONTACTS, MERGER

if TYPE_CHECKING:
    from .language import Language
    from .results import Results

_CALL = re.compile(r"^(c|C|log1p|I)\((.+)\)$")
_SQUARE = re.compile(r"^(\w+)\s*\*\*\s*2$")
_REASONS = {
    "events": re.compile(r"^not fitted: (?P<events>\d+) events, at least (?P<least>\d+) are needed$"),
    "lists": re.compile(r"^not fitted: (?P<lists>\d+) lists of two or more bodies$"),
    "parameters": re.compile(r"^(?P<events>\d+) events for (?P<parameters>\d+) parameters: fewer than one"),
    "search": re.compile(r"^the search did not converge$"),
}
_LEVEL = re.compile(r"^(.+)\[(?:T\.)?(.+)\]$")


def term(name: str, results: Results, say: Language) -> str:
    """A term in words: ``same_region:c(theme)`` is *Same region × theme*, ``count:theme`` *Counts: theme*."""
    part, own = split(name)
    text = " × ".join(_factor(factor, results, say) for factor in own.split(":") if factor)
    if part:
        text = say("terms_of.part", part=_factor(part, results, say), term=text)
    return capital(text)


def capital(text: str) -> str:
    """A label at the beginning of a cell or a sentence."""
    return text[:1].upper() + text[1:]


def _factor(name: str, results: Results, say: Language) -> str:
    level = _LEVEL.match(name)
    if level:
        return f"{_factor(level[1], results, say)} = {level[2]}"
    call = _CALL.match(name)
    if call and call[1] == "log1p":
        return say("terms_of.log", term=_factor(call[2], results, say))
    if call and call[1] == "I":
        square = _SQUARE.match(call[2])
        return say("terms_of.square", term=_factor(square[1], results, say)) if square else call[2]
    if call:
        return _factor(call[2], results, say)
    return _feature(name, results, say)


def _feature(name: str, results: Results, say: Language) -> str:
    for row in results.dictionary:
        if row.get("name") == name:
            label = row.get(f"label_{say.code}") or row.get("label_en") or row.get("label")
            if label:
                return lower_first(say.typography(str(label)))
    return lower_first(say.known("terms", name, default=name.replace("_", " ")))


def lower_first(text: str) -> str:
    """A label in the middle of a phrase; acronyms keep their capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def model(name: str, results: Results, say: Language) -> str:
    """The label of a model."""
    return say.of(results.models.get(name, {}).get("label")) or name.replace("_", " ")


def model_title(name: str, results: Results, say: Language) -> str:
    """The label of a model, with the warning that a panel of incomplete records calls for."""
    label = model(name, results, say)
    naive = results.incomplete and results.outcome(name) not in (CHOICE, MERGER, *CONTACTS)
    return say("naive.title", model=label) if naive else label


def covariance(kind: str, say: Language) -> str:
    """A kind of covariance in words."""
    return say.known("covariances", kind)


def variant(key: str, say: Language) -> str:
    """A variant of the headline model in words; ``prior_variance=4`` carries its value."""
    name, _, value = key.partition("=")
    text = say.known("variants", name, default=name.replace("_", " "))
    return text.replace("{value}", say.known("variant_values", value)) if value else text


def claim(test: Mapping[str, Any], results: Results, say: Language) -> str:
    """The claim of a hypothesis, or of the part of it that a test belongs to."""
    spec = results.study.get("hypotheses", {}).get(str(test["hypothesis"]), {})
    for part in spec.get("parts") or []:
        if part.get("id") == test.get("part"):
            return say.of(part.get("claim"))
    return say.of(spec.get("claim"))


def sector(name: object, say: Language) -> str:
    """A sector in words, or that it is unknown."""
    return say.known("sectors", name) if name else say("figures.network.unknown")


def not_fitted(reason: str, say: Language) -> str:
    """Why a model was not fitted: the sentences that fit.json uses, in the language; others as they stand."""
    for key, pattern in _REASONS.items():
        match = pattern.match(reason)
        if match:
            return say(f"not_fitted.{key}", **match.groupdict())
    return reason

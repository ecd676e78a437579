"""Specification curves: the combinations of declared choices, known before any data are read.

Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from ..errors import ConfigError
from .merge import Layer
from .schema import check_section
from .suggest import did_you_mean

BATCH = 24
# Columns of the table beside the choices (models/curves.py).
RESERVED = (
    *("specification", "term", "measured_by", "ratio_kind", "ratio", "conf_low", "conf_high"),
    *("p_value", "n", "events", "status", "reason"),
)

Spec = dict[str, Any]


def specifications(study: Mapping[str, Any], name: str) -> list[Spec]:
    """The specifications of a curve of a study, numbered from 1 in the order of its options.

    Each is {number, choices {choice: option}, terms {followed: as it is measured there}, spec}. The first is
    the model as it stands (with what the curve sets for all).
    """
    curve = study["curves"][name]
    base = {**study["models"][curve["model"]], **curve.get("set", {})}
    found = []
    for number, options in enumerate(product(*(choice["options"] for choice in curve["choices"])), start=1):
        spec, terms = base, {term: term for term in curve["terms"]}
        for option in options:
            spec, terms = _applied(spec, option), _measured(terms, option)
        names = [choice["name"] for choice in curve["choices"]]
        chosen = dict(zip(names, (option["name"] for option in options), strict=True))
        found.append({"number": number, "choices": chosen, "terms": terms, "spec": spec})
    return found


def batches(study: Mapping[str, Any], name: str) -> list[list[Spec]]:
    """The specifications of a curve by the job that fits them."""
    every = specifications(study, name)
    size = study["curves"][name].get("batch", BATCH)
    return [every[low : low + size] for low in range(0, len(every), size)]


def check_curves(study: Mapping[str, Any], owner: str) -> None:
    """Raise ConfigError, with the setting and what would do, for a curve that cannot be meant.

    A model that the study has not; names that are used twice; an option that makes no specification of a
    model, leaves out or replaces what is not there, or leaves out a term that is followed.
    """
    for name, curve in study["curves"].items():
        file = f"{owner}: curves.{name}"
        if curve["model"] not in study["models"]:
            near = did_you_mean(curve["model"], study["models"])
            raise ConfigError(f"{file}: model is {curve['model']}, which is no model of this study{near}")
        _distinct([choice["name"] for choice in curve["choices"]], RESERVED, f"{file}: choices")
        base = {**study["models"][curve["model"]], **curve.get("set", {})}
        check_section("model", base, [Layer(f"{file}: set", base)])
        for term in curve["terms"]:
            _known(term, base, f"{file}: terms")
        for choice in curve["choices"]:
            at = f"{file}: {choice['name']}"
            _distinct([option["name"] for option in choice["options"]], (), at)
            for option in choice["options"]:
                _check_option(option, base, curve["terms"], f"{at}.{option['name']}")


def _check_option(option: Mapping[str, Any], base: Spec, followed: Sequence[str], at: str) -> None:
    for term in (*option.get("instead", {}), *option.get("without", ())):
        _known(term, base, at)
    lost = [term for term in followed if set(term.split(":")) & set(option.get("without", ()))]
    if lost:
        raise ConfigError(f"{at}: leaves out {lost[0]}, which the curve follows; leave out another term")
    spec = _applied(base, option)
    check_section("model", spec, [Layer(at, spec)])


def _known(term: str, spec: Spec, at: str) -> None:
    """A feature among the terms of a model, or a product among its moderators."""
    pairs = [set(pair) for pair in spec.get("moderators") or []]
    parts = term.split(":")
    if not (term in spec["terms"] or (len(parts) > 1 and set(parts) in pairs)):
        raise ConfigError(f"{at}: {term} is no term of the model{did_you_mean(term, spec['terms'])}")


def _distinct(names: Sequence[str], taken: Sequence[str], at: str) -> None:
    for place, name in enumerate(names):
        if name in (*names[:place], *taken):
            raise ConfigError(f"{at}: the name {name} is used already; give each a name of its own")


def _applied(spec: Spec, option: Mapping[str, Any]) -> Spec:
    """A specification with the settings, replacements and omissions of an option."""
    instead, without = option.get("instead", {}), option.get("without", ())
    changed = {**spec, **option.get("set", {})}
    for key in ("terms", "center"):
        if changed.get(key):
            changed[key] = [instead.get(term, term) for term in changed[key] if term not in without]
    if changed.get("moderators"):
        kept = [pair for pair in changed["moderators"] if not set(pair) & set(without)]
        changed["moderators"] = [[instead.get(term, term) for term in pair] for pair in kept]
    return changed


def _measured(terms: Mapping[str, str], option: Mapping[str, Any]) -> dict[str, str]:
    instead = option.get("instead", {})
    return {
        followed: ":".join(instead.get(part, part) for part in measured.split(":"))
        for followed, measured in terms.items()
    }

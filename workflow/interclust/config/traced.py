"""Which curves a model can be asked for, and why others cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import ConfigError
from .suggest import did_you_mean

_FEATURE = re.compile(r"[A-Za-z_]\w*(?![\w(])")


def check_curves_of(spec: Mapping[str, Any], file: str) -> None:
    """Raise ConfigError, with the reason, for a checked model whose ``curves_of`` it cannot give."""
    asked = spec.get("curves_of")
    if not asked:
        return
    if spec["outcome"] == "list_choice":
        raise ConfigError(
            f"{file}: curves_of is set beside the outcome list_choice, whose rows have no expected outcome;"
            " leave it out"
        )
    known = sorted({name for term in _terms(spec) for name in _FEATURE.findall(term)})
    for name in _named(asked):
        if name not in known:
            raise ConfigError(
                f"{file}: curves_of names {name}, which no term of the model has{did_you_mean(name, known)}"
            )


def _terms(spec: Mapping[str, Any]) -> list[str]:
    moderators = [name for pair in spec.get("moderators") or [] for name in pair]
    duration = (spec.get("duration") or {}).get("column")
    return [*spec["terms"], *(spec.get("zero") or []), *moderators, *([duration] if duration else [])]


def _named(asked: Mapping[str, Any]) -> Iterator[str]:
    """The features that curves name."""
    for one in asked.get("outcome") or []:
        yield from (one["term"], *(one.get("by") or {}))
    for one in asked.get("slope") or []:
        yield from (one["term"], one["along"])

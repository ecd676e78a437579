"""Names of code in sentences that results bring along, in the words of the report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..config.schema import schema_of
from . import labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .language import Language
    from .results import Results

# A square or another call around a name, or a name of code: two words or more, joined by underscores.
_NAME = re.compile(r"\b(?:(?:I|c|log1p)\(\w+(?:\s*\*\*\s*2)?\)|[a-z][a-z0-9]+(?:_[a-z0-9]+)+\b)")


def sentence(text: str, results: Results, say: Language) -> str:
    """A reason with the labels of the models and terms that it names by their code, in quotation marks."""

    def spoken(found: re.Match[str]) -> str:
        name = found[0]
        if name in results.models:
            return say("quoted", text=labels.model(name, results, say))
        return say("quoted", text=labels.lower_first(labels.term(name, results, say)))

    whole = "|".join(re.escape(str(row["name"])) for row in results.dictionary if "_" not in str(row["name"]))
    if whole:  # a name of one word is one where it stands in an enumeration alone
        text = re.sub(rf"(?<=: )(?:{whole})(?=[;,.\u202f ])", spoken, text)
    return say.typography(_NAME.sub(spoken, text))


def settings(results: Results) -> dict[str, Any]:
    """The settings of the features: those of the study, else their defaults."""
    known = schema_of("features")["properties"]
    defaults = {name: rule["default"] for name, rule in known.items() if "default" in rule}
    return {**defaults, **results.study.get("features", {})}


def definition(text: str, settings: Mapping[str, Any], say: Language) -> str:
    """A definition of the dictionary with the values of the settings that it names; others stay names."""

    def set_to(found: re.Match[str]) -> str:
        name, value = found[0], settings.get(found[0])
        number = say.number(value, "measure") if isinstance(value, int | float) else ""
        known = say.known("settings", name, default="{value}")
        return name if not number and "{value}" in known else known.format(value=number)

    return _NAME.sub(set_to, text)

"""What results name by a code, in the words of the report: terms in sentences, sources, tests, places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..config.schema import schema_of
from . import labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .language import Language
    from .results import Results

# A square or another call around a name, or a name of code: two words or more, joined by underscores.
_NAME = re.compile(r"\b(?:(?:I|c|log1p)\(\w+(?:\s*\*\*\s*2)?\)|[a-z][a-z0-9]+(?:_[a-z0-9]+)+\b)")


_RANGE = re.compile(r"(?<=\d)-(?=\d)")
SHORT = 4  # signs of a second level below which domains are given away: gouv, asso, co, com


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


def source(name: str, results: Results) -> str:
    """A source as the site of its page and its identifier, ``latribune.fr (s24)``, or that alone."""
    rows = {str(row["source_id"]): row for row in results.rows("ingest/sources.csv")}
    host = urlsplit(str(rows.get(name, {}).get("url") or "")).hostname
    return f"{_site(host)} ({name})" if host else name


def _site(host: str) -> str:
    """The end of a host's name that says whose it is: its domain, and what stands below gouv.fr or co.uk."""
    parts = host.split(".")
    own = 3 if len(parts) > 2 and len(parts[-2]) <= SHORT else 2
    return ".".join(parts[-own:])


def test(name: str, say: Language) -> str:
    """A test by its hypothesis and, in words, the part of it: ``H1-territory`` is *H1, territory*."""
    whole, _, part = name.partition("-")
    return say("test_of", id=whole, part=say.known("tests_of", part)) if part else name


def place(text: str, say: Language) -> str:
    """Where something stands in the case study, ``3.1, table 2``, ``rules of the fund``, in the language."""
    words = sorted(say.words["places"], key=len, reverse=True)
    found = re.sub(rf"\b(?:{'|'.join(words)})\b", lambda found: say.known("places", found[0]), text)
    return re.sub(r"(?<=[^\W\d]) (?=\d)", "\N{NO-BREAK SPACE}", found)


def span(text: str) -> str:
    """A label with its ranges of numbers, 2006-2009, as they are set."""
    return _RANGE.sub("–", text)


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

"""The words of the report: one file per language, looked up by key, with the numbers of that language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from .numerals import LANGUAGES, NARROW, NUMERALS, Numerals

# French sets a narrow space before these signs and inside its quotation marks.
_BEFORE = re.compile(r"(?<=\S) (?=[;:!?»%](?:\s|$|[).,*]))")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_AFTER = re.compile(r"« ")

SOURCE = Path(__file__).resolve().parents[2] / "report"


@lru_cache(maxsize=8)
def _read(path: Path) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as stream:
        return dict(yaml.load(stream, Loader=loader))  # noqa: S506 (a safe loader, in C where there is one)


class Language:
    """Words and numbers of one language.

    ``say("tables.flow.caption")`` gives a text and raises KeyError where there is none;
    ``say.known("flow_steps", code)`` gives the word for a code of the results, or the code itself.
    """

    def __init__(self, code: str, source: Path = SOURCE) -> None:
        if code not in LANGUAGES:
            raise ConfigError(f"languages: {code!r} is unknown; allowed are {', '.join(LANGUAGES)}")
        self.code, self.source = code, source

    @cached_property
    def words(self) -> dict[str, Any]:
        """The whole file of words."""
        return _read(self.source / f"words.{self.code}.yaml")

    @property
    def numerals(self) -> Numerals:
        """The numbers of this language."""
        return NUMERALS[self.code]

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, ``{name}`` filled from ``values``."""
        found: Any = self.words
        for part in key.split("."):
            if not isinstance(found, Mapping) or part not in found:
                raise KeyError(f"words.{self.code}.yaml has no {key!r}")
            found = found[part]
        text = self.typography(str(found))
        return text.format(**values) if values else text

    def known(self, group: str, code: object, default: str | None = None) -> str:
        """The word for a code that the results use; the code itself where no word is known."""
        words: Mapping[str, Any] = self.words.get(group) or {}
        fallback = default if default is not None else str(code)
        return self.typography(str(words.get(str(code), fallback)))

    def of(self, texts: object) -> str:
        """The text of a mapping {en, fr}: this language, else English, else whatever there is."""
        if isinstance(texts, Mapping):
            texts = texts.get(self.code) or texts.get("en") or next(iter(texts.values()), "")
        return "" if texts is None else self.typography(str(texts))

    def typography(self, text: str) -> str:
        """Apostrophes as they are set, and spaces as the language sets them around signs."""
        text = _APOSTROPHE.sub("’", text)
        if self.code != "fr":
            return text
        return _AFTER.sub(f"«{NARROW}", _BEFORE.sub(NARROW, text))

    def number(self, value: object, kind: str) -> str:
        """A number as text (``numerals.KINDS``)."""
        return self.numerals.of(value, kind)

"""Bodies, the names that they bore and when, and an index of names by what they can be found by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ..dates import BEGINNING, Interval
from ..text import tidy
from .forms import acronym, is_acronym, normalise, squeezed, variants
from .letter_pairs import LetterPairs
from .likeness import WordIndex
from .misreadings import misread_key

BEGINNING_LENGTH = 4  # letters by which names are looked up that may have been cut short


@dataclass(frozen=True)
class Body:
    """A cluster as far as names go: ``active_to`` is exclusive, None where not known to have ended."""

    cluster_id: str
    name: str
    active_from: date
    active_to: date | None = None

    def active(self, when: Interval) -> bool:
        """Whether the body is not known to be inactive on all of the days."""
        ended = self.active_to is not None and self.active_to <= (when.low or BEGINNING)
        return self.active_from <= when.high and not ended


@dataclass(frozen=True)
class Name:
    """A name of a body; ``exact_only`` names are never matched loosely."""

    text: str
    body: Body
    valid_from: date | None = None
    valid_to: date | None = None
    exact_only: bool = False

    def borne(self, when: Interval) -> bool:
        """Whether the body, active, may have borne the name on one of the days."""
        begun = self.valid_from is None or self.valid_from <= when.high
        ended = self.valid_to is not None and self.valid_to < (when.low or BEGINNING)
        return begun and not ended and self.body.active(when)


class NameIndex:
    """Names by what they can be found by."""

    def __init__(self, names: Sequence[Name]) -> None:
        self.names = names
        self.longest = max((len(name.text) for name in names), default=0)
        self.exact: dict[str, list[Name]] = defaultdict(list)
        self.normal: dict[str, list[Name]] = defaultdict(list)
        self.run_together: dict[str, list[Name]] = defaultdict(list)
        self.acronyms: dict[str, list[Name]] = defaultdict(list)
        for name in names:
            self._add(name)
        self.acronyms.pop("", None)
        forms = [(name, form) for name in names if not name.exact_only for form in full_forms(name.text)]
        self.loose = [name for name, _ in forms]
        self.keys = [normalise(form) for _, form in forms]
        self.pairs = list(zip(self.loose, self.keys, strict=True))

    @cached_property
    def letters(self) -> tuple[LetterPairs, LetterPairs]:
        """The normalised names by their pairs of letters, with spaces and without."""
        return LetterPairs(self.keys), LetterPairs([key.replace(" ", "") for key in self.keys])

    @cached_property
    def misread(self) -> dict[str, list[Name]]:
        """Names by what is left of them once letters that are mistaken for each other are one."""
        found: dict[str, list[Name]] = defaultdict(list)
        for name, key in self.pairs:
            found[misread_key(key)].append(name)
        return found

    @cached_property
    def _beginnings(self) -> dict[str, list[tuple[Name, str]]]:
        found: dict[str, list[tuple[Name, str]]] = defaultdict(list)
        for name, key in self.pairs:
            found[key[:BEGINNING_LENGTH]].append((name, key))
        return found

    def beginning(self, letters: str) -> list[tuple[Name, str]]:
        """Names with their keys among which are all that begin with these letters, in order."""
        if len(letters) < BEGINNING_LENGTH:
            return self.pairs
        return self._beginnings.get(letters[:BEGINNING_LENGTH], [])

    @cached_property
    def words(self) -> WordIndex:
        """Built when a suggestion is first asked for."""
        return WordIndex.of([name.text for name in self.names])

    def _add(self, name: Name) -> None:
        self.exact[tidy(name.text)].append(name)
        whole, *parts = variants(name.text)
        self.normal[normalise(whole)].append(name)
        if not name.exact_only:
            for form in full_forms(name.text):
                self.run_together[squeezed(form)].append(name)
            self.acronyms[acronym(whole)].append(name)
        for part in parts:
            index = self.acronyms if is_acronym(part) else self.normal
            index[normalise(part)].append(name)


def full_forms(text: str) -> list[str]:
    """A name and its parts outside and inside parentheses that are no acronyms."""
    whole, *parts = variants(text)
    return [whole, *(part for part in parts if not is_acronym(part))]


def bodies_of(names: Iterable[Name], when: Interval | None) -> list[Body]:
    """Distinct bodies of the names borne at the time."""
    found = {name.body.cluster_id: name.body for name in names if when is None or name.borne(when)}
    return [found[key] for key in sorted(found)]

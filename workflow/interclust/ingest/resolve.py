"""From a printed name to the body that bore it at the date: exact, normalised, acronym, fuzzy.

No set-based scorer takes part in a match: "Mer Bretagne" would equal "Pôle Mer Bretagne Atlantique" and
"Valley" every valley. Words shared are used to rank suggestions only.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from .dates import BEGINNING, Interval
from .names import PARENTHESES, acronym, is_acronym, normalise, squeezed, variants
from .text import tidy

FUZZY_LENGTH = 5  # letters of a name that may match loosely
SUGGESTIONS = 3
OUTSIDE = "outside the time in which the body bore this name"
SEVERAL = "borne by several bodies"
DIGITS = re.compile(r"\d+")


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


@dataclass(frozen=True)
class Suggestion:
    """The name of a body that a printed name may mean; score 0-100."""

    name: Name
    score: float

    @property
    def body(self) -> Body:
        """The body that bears the name."""
        return self.name.body


@dataclass(frozen=True)
class Resolution:
    """What a printed name was found to mean; without a body, ranked suggestions."""

    printed: str
    body: Body | None
    method: str | None = None
    score: float = 0.0
    note: str | None = None
    suggestions: tuple[Suggestion, ...] = ()
    names: tuple[Name, ...] = ()


class _Index:
    """The names of a registry by every form in which they are looked up."""

    def __init__(self, names: Sequence[Name]) -> None:
        self.exact: dict[str, list[Name]] = defaultdict(list)
        self.normal: dict[str, list[Name]] = defaultdict(list)
        self.run_together: dict[str, list[Name]] = defaultdict(list)
        self.acronyms: dict[str, list[Name]] = defaultdict(list)
        for name in names:
            self._add(name)
        self.acronyms.pop("", None)
        self.loose = [name for name in names if not name.exact_only]
        self.keys = [normalise(name.text) for name in self.loose]
        self.squeezed = [key.replace(" ", "") for key in self.keys]
        words = Counter(word for key in set(self.keys) for word in set(key.split()))
        self.weight = {word: 1.0 / (1.0 + math.log(count)) for word, count in words.items()}

    def _add(self, name: Name) -> None:
        self.exact[tidy(name.text)].append(name)
        whole, *parts = variants(name.text)
        self.normal[normalise(whole)].append(name)
        if not name.exact_only:
            self.run_together[squeezed(whole)].append(name)
            self.acronyms[acronym(whole)].append(name)
        for part in parts:
            index = self.acronyms if is_acronym(part) else self.normal
            index[normalise(part)].append(name)


@dataclass
class Resolver:
    """Looks names up in a registry; ``threshold`` and ``margin`` rule fuzzy matches (0-100)."""

    names: Sequence[Name]
    threshold: float = 88.0
    margin: float = 6.0
    fuzzy: bool = True
    _cache: dict[tuple[str, Interval | None], Resolution] = field(default_factory=dict, repr=False)

    @cached_property
    def index(self) -> _Index:
        """Built when a name is first looked up: a study whose members are ids never needs it."""
        return _Index(self.names)

    def knows(self, printed: str) -> bool:
        """Whether the text is, but for its writing, a name of some body."""
        return tidy(printed) in self.index.exact or normalise(printed) in self.index.normal

    def lookup(self, printed: str, when: Interval | None = None) -> Body | None:
        """The body of that name, without loose matching."""
        return self._strict(tidy(printed), when).body

    def resolve(self, printed: str, when: Interval | None = None) -> Resolution:
        """Find the body that bore the name at ``when`` (None: any time), or suggest some.

        A body that bore the name at another time is accepted, with a note, if no other claims it.
        """
        key = (printed, when)
        if key not in self._cache:
            text = tidy(printed)
            found = self._strict(text, when)
            match = PARENTHESES.match(text)
            if found.body is None and found.note is None and match and match[1]:
                found = self._strict(match[1], when)
            if found.body is None and found.note is None and self.fuzzy:
                found = self._loosely(text, when)
            if found.body is None:
                found = Resolution(text, None, note=found.note, suggestions=self.suggest(text))
            self._cache[key] = replace(found, printed=text)
        return self._cache[key]

    def _strict(self, text: str, when: Interval | None) -> Resolution:
        """Exact, normalised, acronym; first among names borne at the time, then among all."""
        stages: list[tuple[str, list[Name]]] = [
            ("exact", self.index.exact.get(text, [])),
            ("normalised", self.index.normal.get(normalise(text), [])),
            ("normalised", self.index.run_together.get(squeezed(text), [])),
        ]
        if is_acronym(text):
            stages.append(("acronym", self.index.acronyms.get(normalise(text), [])))
        for timely in (True, False):
            for method, names in stages:
                bodies = _bodies(names, when if timely else None)
                if len(bodies) == 1:
                    note = None if timely or when is None else OUTSIDE
                    mine = tuple(name for name in names if name.body == bodies[0])
                    return Resolution(text, bodies[0], method, 100.0, note, names=mine)
                if len(bodies) > 1:
                    return Resolution(text, None, note=SEVERAL)
        return Resolution(text, None)

    def _loosely(self, text: str, when: Interval | None) -> Resolution:
        """A body whose name is nearly the text: above the threshold and clear of the runner-up."""
        key = normalise(text)
        if len(key.replace(" ", "")) < FUZZY_LENGTH:
            return Resolution(text, None)
        scores = self._scores(key, self.threshold - self.margin)
        for timely in (True, False):
            best = _best(scores, self.index.loose, when if timely else None)
            if not best or best[0].score < self.threshold:
                continue
            runner_up = best[1].score if len(best) > 1 else 0.0
            if best[0].score - runner_up >= self.margin:
                note = None if timely or when is None else OUTSIDE
                return Resolution(text, best[0].body, "fuzzy", best[0].score, note, names=(best[0].name,))
        return Resolution(text, None)

    def _scores(self, key: str, cutoff: float) -> dict[int, float]:
        """Similarity (0-100) of every name above the cutoff; other digits make another name."""
        from rapidfuzz import fuzz, process

        scores: dict[int, float] = {}
        for text, keys in ((key, self.index.keys), (key.replace(" ", ""), self.index.squeezed)):
            for other, score, place in process.extract(
                text, keys, scorer=fuzz.ratio, processor=None, limit=None, score_cutoff=cutoff
            ):
                if DIGITS.findall(text) == DIGITS.findall(other):
                    scores[place] = max(score, scores.get(place, 0.0))
        return scores

    def suggest(self, text: str, count: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
        """The bodies that a name may mean, best first: by likeness, or by the rarer words they share."""
        key = normalise(text)
        scores = self._scores(key, 40.0)
        words = key.split()
        total = sum(self.index.weight.get(word, 1.0) for word in words) or 1.0
        for place, name in enumerate(self.names):
            other = set(normalise(name.text).split())
            shared = sum(self.index.weight.get(word, 1.0) for word in words if word in other)
            if shared:
                scores[-1 - place] = (
                    100.0 * shared / total * (0.9 + 0.1 * len(words) / max(len(words), len(other)))
                )
        names = [*self.index.loose, *reversed(self.names)]
        return tuple(_best(scores, names, None)[:count])


def _bodies(names: Iterable[Name], when: Interval | None) -> list[Body]:
    """Distinct bodies of the names borne at the time."""
    found = {name.body.cluster_id: name.body for name in names if when is None or name.borne(when)}
    return [found[key] for key in sorted(found)]


def _best(scores: dict[int, float], names: Sequence[Name], when: Interval | None) -> list[Suggestion]:
    """The best score of each body, best first."""
    best: dict[str, Suggestion] = {}
    for place, score in scores.items():
        name = names[place]
        if when is not None and not name.borne(when):
            continue
        held = best.get(name.body.cluster_id)
        if held is None or score > held.score:
            best[name.body.cluster_id] = Suggestion(name, float(score))
    return sorted(best.values(), key=lambda item: (-item.score, item.body.cluster_id))

"""From a printed name to the body that bore it at the date: exact, normalised, acronym, fuzzy.

No set-based scorer takes part in a match: "Mer Bretagne" would equal "Pôle Mer Bretagne Atlantique" and
"Valley" every valley. Words shared are used to rank suggestions only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..dates import Interval
from ..text import tidy
from .forms import (
    DASHED,
    PARENTHESES,
    SMALL_WORDS,
    UNREADABLE,
    acronym,
    is_acronym,
    is_place,
    is_too_long,
    normalise,
    squeezed,
    stands_for,
    without_kinds,
)
from .known_names import Body, Name, NameIndex, bodies_of, full_forms
from .likeness import lacks_words, one_letter
from .misreadings import cut_short, enough_left, misread_key, what_is_left
from .resolution import Resolution, Suggestion, best

FUZZY_LENGTH = 5  # letters of a name that may match loosely
SUGGESTIONS = 3
ONE_LETTER_RATIO = 82.0  # what one wrong letter of seven leaves of the ratio, and a little less
CUTOFF = 60.0  # likeness below which a name is not even suggested
OUTSIDE = "outside the time in which the body bore this name"
SEVERAL = "borne by several bodies"
AROUND = 100  # signs that may stand around a name and are no part of it ("Pôle de compétitivité")
TOO_LONG = "too long for a name"
DIGITS = re.compile(r"\d+")


Way = Callable[[str, Interval | None], Resolution]


@dataclass
class Resolver:
    """Looks names up in a registry; ``threshold`` and ``margin`` rule fuzzy matches (0-100).

    ``places`` are the normalised names of places of each body by its id: one that is printed after a name
    of the body ("Minalogic Grenoble") is no part of the name. ``settled`` are spellings decided before.
    """

    names: Sequence[Name]
    threshold: float = 88.0
    margin: float = 6.0
    fuzzy: bool = True
    places: Mapping[str, frozenset[str]] = field(default_factory=dict)
    settled: Mapping[str, Resolution] = field(default_factory=dict)
    _cache: dict[tuple[str, Interval | None], Resolution] = field(default_factory=dict, repr=False)
    _scored: dict[tuple[str, float], dict[int, float]] = field(default_factory=dict, repr=False)
    _suggested: dict[str, tuple[Suggestion, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def index(self) -> NameIndex:
        """Built when a name is first looked up: a study whose members are ids never needs it."""
        return NameIndex(self.names)

    def knows(self, printed: str) -> int:
        """How well a text is known: 2 as a name, 1 as one that is never matched loosely, 0 not at all."""
        if len(printed) > self.index.longest + AROUND:
            return 0
        found = self._strict(tidy(printed), None)
        if found.note == SEVERAL:
            return 2
        if found.body is None:
            return 0
        return 1 if found.names and all(name.exact_only for name in found.names) else 2

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
            found = self.settled.get(text) or self._found(text, when)
            if found.body is None:
                suggestions = () if found.note == TOO_LONG else self.suggest(text)
                found = Resolution(text, None, note=found.note, suggestions=suggestions)
            self._cache[key] = replace(found, printed=text)
        return self._cache[key]

    def _found(self, text: str, when: Interval | None) -> Resolution:
        """By the surest way that leads to one body; where several bear the name, no further way is tried."""
        match = PARENTHESES.match(text)
        found = self._strict(text, when)
        ways: list[Way] = [self._of_both] if match and match[1] else [self._written_out]
        ways += [self._without_place, self._without_kind, self._unreadable]
        if self.fuzzy:
            ways += [self._misread, self._cut_short, self._loosely]
        for way in ways:
            if found.body is not None or found.note is not None:
                break
            found = way(text, when)
        return found

    def _strict(self, text: str, when: Interval | None) -> Resolution:
        """Exact, normalised, acronym; first among names borne at the time, then among all.

        A text too long for a name is looked up as it stands only: each further way would read all its words.
        """
        if is_too_long(text) and text not in self.index.exact:
            return Resolution(text, None, note=TOO_LONG)
        stages: list[tuple[str, list[Name]]] = [
            ("exact", self.index.exact.get(text, [])),
            ("normalised", self.index.normal.get(normalise(text), [])),
            ("normalised", self.index.run_together.get(squeezed(text), [])),
        ]
        if is_acronym(text):
            stages.append(("acronym", self.index.acronyms.get(normalise(text), [])))
        for timely in (True, False):
            for method, names in stages:
                bodies = bodies_of(names, when if timely else None)
                if len(bodies) == 1:
                    note = None if timely or when is None else OUTSIDE
                    mine = tuple(name for name in names if name.body == bodies[0])
                    return Resolution(text, bodies[0], method, 100.0, note, names=mine)
                if len(bodies) > 1:
                    return Resolution(text, None, note=SEVERAL)
        return Resolution(text, None)

    def _of_both(self, text: str, when: Interval | None) -> Resolution:
        """Of "Name (acronym or remark)" what is outside, unless what is inside names another body."""
        match = PARENTHESES.match(text)
        if match is None:
            return Resolution(text, None)
        outside, inside = match[1], match[2]
        one, other = self._strict(outside, when), self._strict(inside, when)
        if one.body is not None and other.body is not None and one.body != other.body:
            return Resolution(outside, None, note=SEVERAL)
        if one.body is None and one.note is None and acronym(outside) == squeezed(inside):
            return other  # the acronym of just these words, which may be misspelt
        return one

    def _written_out(self, text: str, when: Interval | None) -> Resolution:
        """Of "ACR - Its Words Written Out", either way round, whichever is known."""
        match = DASHED.match(text)
        if match is None or not (stands_for(match[1], match[2]) or stands_for(match[2], match[1])):
            return Resolution(text, None)
        found = [self._strict(part, when) for part in match.groups()]
        bodies = {item.body.cluster_id: item for item in found if item.body is not None}
        return next(iter(bodies.values())) if len(bodies) == 1 else Resolution(text, None)

    def _without_place(self, text: str, when: Interval | None) -> Resolution:
        """A name followed by a place of the body that bears it."""
        words = normalise(text).split()
        for cut in range(len(words) - 1, 0, -1):
            head, tail = words[:cut], words[cut:]
            while len(head) > 1 and head[-1] in SMALL_WORDS:
                head = head[:-1]
            found = self._strict(" ".join(head), when)
            if found.body is None:
                continue
            if is_place(tail, self.places.get(found.body.cluster_id, frozenset())):
                return replace(
                    found, method="normalised", note=found.note or f"{' '.join(tail)!r} is its place"
                )
            return Resolution(text, None)
        return Resolution(text, None)

    def _without_kind(self, text: str, when: Interval | None) -> Resolution:
        """A name with the kind of the body said before or after it: "Cosmetic Valley cluster"."""
        rest = without_kinds(normalise(text))
        if not rest or rest == normalise(text):
            return Resolution(text, None)
        found = self._strict(rest, when)
        if found.body is None:
            return self._without_place(rest, when)
        common = all(name.exact_only for name in found.names)
        return Resolution(text, None) if common else replace(found, method="normalised")

    def _unreadable(self, text: str, when: Interval | None) -> Resolution:
        """A name with letters that a wrong decoding has lost: the one body whose name fits."""
        key = normalise(text)
        letters = len(key.replace(UNREADABLE, "").replace(" ", ""))
        if UNREADABLE not in key or letters < FUZZY_LENGTH - 1:
            return Resolution(text, None)
        pattern = re.compile(re.escape(key).replace(UNREADABLE, ".{1,2}"))
        names = [name for name, other in self.index.pairs if pattern.fullmatch(other)]
        return self._the_one(text, names, when, "normalised", "letters were lost in decoding")

    def _misread(self, text: str, when: Interval | None) -> Resolution:
        """The one body whose name is the text once letters that are mistaken for each other are one."""
        key = misread_key(text)
        names = self.index.misread.get(key, []) if key else []
        return self._the_one(text, names, when, "fuzzy", "letters were mistaken for others")

    def _cut_short(self, text: str, when: Interval | None) -> Resolution:
        """The one body whose name was cut in a word."""
        pattern = cut_short(text)
        if pattern is None:
            return Resolution(text, None)
        fitting = self.index.beginning(what_is_left(text))
        names = [name for name, other in fitting if pattern.fullmatch(other) and enough_left(text, other)]
        return self._the_one(text, names, when, "fuzzy", "words were cut short")

    def _the_one(
        self, text: str, names: Sequence[Name], when: Interval | None, method: str, note: str
    ) -> Resolution:
        """The one body that bears these names, first of all at the time; none if there are several."""
        from rapidfuzz import fuzz

        bodies = bodies_of(names, when) or bodies_of(names, None)
        if len(bodies) != 1:
            return Resolution(text, None)
        mine = tuple(name for name in names if name.body == bodies[0])
        score = 100.0
        if method == "fuzzy":
            score = max(fuzz.ratio(normalise(text), normalise(name.text)) for name in mine)
        return Resolution(text, bodies[0], method, score, note, names=mine)

    def _loosely(self, text: str, when: Interval | None) -> Resolution:
        """A body whose name is nearly the text: above the threshold and clear of the runner-up."""
        key = normalise(text)
        if len(key.replace(" ", "")) < FUZZY_LENGTH:
            return Resolution(text, None)
        scores = self._scores(key, min(self.threshold - self.margin, ONE_LETTER_RATIO))
        for timely in (True, False):
            ranked = best(scores, self.index.loose, when if timely else None)
            if not ranked or ranked[0].score < self.threshold:
                continue
            runner_up = ranked[1].score if len(ranked) > 1 else 0.0
            if ranked[0].score - runner_up >= self.margin:
                if all(lacks_words(key, normalise(form)) for form in full_forms(ranked[0].name.text)):
                    break
                note = None if timely or when is None else OUTSIDE
                return Resolution(
                    text, ranked[0].body, "fuzzy", ranked[0].score, note, names=(ranked[0].name,)
                )
        return Resolution(text, None)

    def _scores(self, key: str, cutoff: float) -> dict[int, float]:
        """Similarity (0-100) of every name above the cutoff; other digits make another name."""
        from rapidfuzz import fuzz, process

        if (key, cutoff) not in self._scored:
            scores: dict[int, float] = {}
            for text, known in zip((key, key.replace(" ", "")), self.index.letters, strict=True):
                keys = {place: known.texts[place] for place in known.like(text, cutoff)}
                for other, score, place in process.extract(
                    text, keys, scorer=fuzz.ratio, processor=None, limit=None, score_cutoff=cutoff
                ):
                    if DIGITS.findall(text) == DIGITS.findall(other):
                        scores[place] = max(score, scores.get(place, 0.0), one_letter(text, other))
            self._scored[key, cutoff] = scores
        return self._scored[key, cutoff]

    def suggest(self, text: str, count: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
        """The bodies that a name may mean, best first: by likeness, or by the rarer words they share."""
        key = normalise(text)
        if key not in self._suggested:
            scores = dict(self._scores(key, CUTOFF))
            for place, score in self.index.words.shared(key).items():
                scores[-1 - place] = score
            names = [*self.index.loose, *reversed(self.names)]
            self._suggested[key] = tuple(best(scores, names, None)[:count])
        return self._suggested[key]

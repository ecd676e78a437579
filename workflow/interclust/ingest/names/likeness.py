"""How alike two names are, beyond the ratio of their letters: whole words, single letters, rare words."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .forms import SMALL_WORDS, normalise

# Words that name no body by themselves; they weigh nothing in a suggestion.
GENERIC = SMALL_WORDS | {"pole", "poles", "cluster", "clusters", "grappe", "competitivite", "association"}
ONE_LETTER_LENGTH = 7  # letters from which one wrong letter leaves a name recognisable
ONE_LETTER = 90.0
RUN_TOGETHER = 92.0  # likeness without spaces from which the words are merely cut otherwise
WORD_CUTOFF = 75.0  # likeness of two words that are taken for one
PART_LENGTH = 5  # letters of a word run together with others
WORD_LIMIT = 60  # letters of a word that are looked at for others in it
NEIGHBOURS = 4  # known words that a misspelt one is compared with


def one_letter(one: str, other: str) -> float:
    """90 where two names of seven letters or more differ by one letter or one exchange within, else 0.

    The ratio of letters counts a wrong letter twice and would refuse "Hyppolia" for "Hippolia".
    """
    from rapidfuzz.distance import OSA

    if min(len(one), len(other)) < ONE_LETTER_LENGTH or one[0] != other[0]:
        return 0.0
    return ONE_LETTER if OSA.distance(one, other, score_cutoff=1) <= 1 else 0.0


def lacks_words(one: str, other: str) -> bool:
    """Whether one of two normalised names has whole words that the other lacks, all others being alike.

    "Méditerranée" is then not "Mer Méditerranée", nor "Sud Innovation" "Agri Sud Innovation".
    """
    from rapidfuzz import fuzz

    if fuzz.ratio(one.replace(" ", ""), other.replace(" ", "")) >= RUN_TOGETHER:
        return False
    first = [word for word in one.split() if word not in SMALL_WORDS]
    second = [word for word in other.split() if word not in SMALL_WORDS]
    for word in list(first):
        near = max(second, key=lambda item: fuzz.ratio(word, item), default="")
        if near and fuzz.ratio(word, near) >= WORD_CUTOFF:
            first.remove(word)
            second.remove(near)
    return bool(first) != bool(second)


@dataclass(frozen=True)
class WordIndex:
    """Names by their words; ``weight`` is less for words of many names."""

    places: Mapping[str, Sequence[int]]
    weight: Mapping[str, float]
    totals: Sequence[float]
    vocabulary: Sequence[str]

    @classmethod
    def of(cls, names: Sequence[str]) -> WordIndex:
        """The index of names (n,); places are their numbers."""
        words = [[word for word in set(normalise(name).split()) if word not in GENERIC] for name in names]
        count = Counter(word for group in words for word in group)
        weight = {word: 1.0 / (1.0 + math.log(number)) for word, number in count.items()}
        places: dict[str, list[int]] = defaultdict(list)
        for place, group in enumerate(words):
            for word in group:
                places[word].append(place)
        totals = [sum(weight[word] for word in group) for group in words]
        return cls(places, weight, totals, sorted(places))

    def shared(self, key: str) -> dict[int, float]:
        """Score (0-100) of every name that shares a word with a normalised text, misspelt ones included.

        The mean of the weight shared in the text and in the name.
        """
        found: dict[int, float] = defaultdict(float)
        total = 0.0
        for word in set(key.split()) - GENERIC:
            near = self._near(word)
            total += max((self.weight[item] for item in near), default=1.0)
            best: dict[int, float] = {}
            for item, likeness in near.items():
                for place in self.places[item]:
                    best[place] = max(best.get(place, 0.0), likeness * self.weight[item])
            for place, score in best.items():
                found[place] += score
        return {
            place: 50.0 * min(1.0, score / total) + 50.0 * min(1.0, score / self.totals[place])
            for place, score in found.items()
        }

    def _near(self, word: str) -> dict[str, float]:
        """The word itself where it is known, else known words like it, or of which it is a part."""
        from rapidfuzz import fuzz, process

        if word in self.places:
            return {word: 1.0}
        if len(word) < 4:
            return {}
        like = process.extract(
            word,
            self.vocabulary,
            scorer=fuzz.ratio,
            processor=None,
            limit=NEIGHBOURS,
            score_cutoff=WORD_CUTOFF,
        )
        near = {item: score / 100.0 for item, score, _ in like}
        for start in range(min(len(word), WORD_LIMIT)):
            for end in range(start + PART_LENGTH, min(len(word), WORD_LIMIT) + 1):
                if (part := word[start:end]) in self.places:
                    near.setdefault(part, len(part) / len(word))
        return near

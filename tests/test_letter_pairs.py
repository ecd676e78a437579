"""Candidates of loose matching: none that reaches the likeness is left out, and few others are compared."""

from __future__ import annotations

import random

from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from interclust.ingest.names.letter_pairs import LetterPairs

words = st.text("abc é1", max_size=14)


@given(words, st.lists(words, max_size=20), st.sampled_from([0.0, 30.0, 60.0, 75.0, 82.0, 95.0, 100.0]))
@example("abc", ["a1b1c"], 75.0)  # letters that come in part all pairs
@example("a1b1c", ["abc"], 75.0)  # letters that leave take two pairs each
def test_what_is_alike_is_found_as_among_all(text: str, known: list[str], cutoff: float) -> None:
    places = LetterPairs(known).like(text, cutoff)
    assert places == sorted(set(places))

    def extracted(choices: dict[int, str]) -> list[tuple[str, float, int]]:
        found = process.extract(
            text, choices, scorer=fuzz.ratio, processor=None, limit=None, score_cutoff=cutoff
        )
        return [(other, score, place) for other, score, place in found]

    assert extracted({place: known[place] for place in places}) == extracted(dict(enumerate(known)))


def test_misprints_of_long_names_are_found_and_little_else_is_compared() -> None:
    rng = random.Random(1)  # noqa: S311
    known = ["".join(rng.choices("abcdefghijklmnoprstuv ", k=rng.randint(12, 25))) for _ in range(2000)]
    pairs, compared = LetterPairs(known), 0
    for place in range(0, 2000, 20):
        text = known[place]
        cut = rng.randrange(1, len(text) - 1)
        places = pairs.like(text[:cut] + text[cut + 1] + text[cut] + text[cut + 2 :], 82.0)
        assert place in places
        compared += len(places)
    assert compared < 0.005 * 100 * 2000


def test_nothing_and_one_letter_are_compared_as_before() -> None:
    assert LetterPairs([]).like("abc", 82.0) == []
    assert LetterPairs(["", "a", "abcdefgh"]).like("", 82.0) == [0]
    assert LetterPairs(["", "a", "ab"]).like("a", 60.0) == [1, 2]

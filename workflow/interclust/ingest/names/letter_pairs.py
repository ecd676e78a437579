"""Which of many texts may be as alike as asked, by the pairs of letters that they must then share.

The ratio of letters of texts of a and b letters is 100 (1 - d / (a + b)), where d = x + y letters must leave
the first and come in for the second (x - y = a - b). A letter that leaves is in two pairs of neighbours of
the first text at most and one that comes in parts one, so that of its a - 1 pairs all but 2x + y stand in the
second too (Ukkonen 1992, Theoretical Computer Science 92). Comparing only those changes no result, and saves
comparing every misprint with every name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

Array = np.ndarray

ROUNDING = 1e-9  # of a ratio, in letters


class LetterPairs:
    """Texts (n,) by their pairs of neighbouring letters."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.lengths = np.array([len(text) for text in texts], dtype=np.int64)
        places: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            for pair in dict.fromkeys(pairs_of(text)):
                places[pair].append(place)
        self._places = {pair: np.array(found, dtype=np.int64) for pair, found in places.items()}

    def like(self, text: str, cutoff: float) -> list[int]:
        """Places, ascending, of texts among which are all whose ratio of letters reaches a cutoff (0-100)."""
        a, b = len(text), self.lengths
        most = (1.0 - cutoff / 100.0) * (a + b) + ROUNDING
        leave = np.floor((most + a - b) / 2.0)
        come = leave - a + b
        shared = a - 1 - 2 * leave - come
        found: list[int] = np.flatnonzero(
            (leave >= 0) & (come >= 0) & (self._pairs_in(text) >= shared)
        ).tolist()
        return found

    def _pairs_in(self, text: str) -> Array:
        """By known text, how many of this text's pairs stand in it, each as often as this text has it."""
        held = [self._places[pair] for pair in pairs_of(text) if pair in self._places]
        none = np.zeros(0, dtype=np.int64)
        return np.bincount(np.concatenate([none, *held]), minlength=len(self.texts))


def pairs_of(text: str) -> list[str]:
    """The pairs of neighbouring letters, in order."""
    return [text[place : place + 2] for place in range(len(text) - 1)]

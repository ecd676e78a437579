"""Names of clusters: the form in which two spellings of one name are equal, acronyms, lists in a cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from .text import TWINS, repaired, tidy, unaccented

LEADING = re.compile(
    r"^(?:(?:le|la|les|the)\s+)?(?:poles?(?:\s+de\s+competitivite)?|grappe(?:\s+d\s?entreprises)?|(?:le|la|les|the))\s+(?=\S)"
)
SMALL_WORDS = {
    "a",
    "and",
    "au",
    "aux",
    "d",
    "de",
    "des",
    "du",
    "en",
    "et",
    "for",
    "in",
    "l",
    "la",
    "le",
    "les",
    "of",
    "on",
    "pour",
    "sur",
    "the",
}
PARENTHESES = re.compile(r"^(.*?)\s*\(([^()]*)\)\s*$")
SOFT_SEPARATORS = re.compile(r"\s*[,/|+]\s*|\s+(?:et|and|&|-|–)\s+", re.IGNORECASE)
AT_SIGN = re.compile(r"@(?=\w)|(?<=\w)@")
Q_AT = re.compile(r"(?<=[Qq])@")


@lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    """The comparable form of a name: words in lower case without accents, ``&`` as "et", no leading "Pôle".

    ``@`` inside a word is read as it is spoken: "Nov@log" novalog, "Q@limed" qualimed. Idempotent.
    """
    text = repaired(tidy(name)).translate(TWINS)
    text = AT_SIGN.sub("a", Q_AT.sub("ua", text))
    text = unaccented(text).replace("&", " et ").replace("'", "")
    words = "".join(sign if sign.isalnum() else " " for sign in text).split()
    text = " ".join("et" if word == "and" else word for word in words)
    while (shorter := LEADING.sub("", text)) != text:
        text = shorter
    return text


def squeezed(name: str) -> str:
    """The normalised form without spaces: "Up-Tex" and "Uptex" are equal."""
    return normalise(name).replace(" ", "")


def acronym(name: str) -> str:
    """Initials of the words of a name that are not small words; "" below three."""
    initials = "".join(word[0] for word in normalise(name).split() if word not in SMALL_WORDS)
    return initials if len(initials) >= 3 else ""


def is_acronym(text: str) -> bool:
    """Whether a text is written as an acronym: one word of at most ten signs in capitals ("S2E2", "B4C")."""
    return " " not in text and len(text) <= 10 and text.upper() == text and any(map(str.isalpha, text))


def variants(name: str) -> list[str]:
    """The name, and for "Full name (ACR)" also its two parts."""
    match = PARENTHESES.match(tidy(name))
    parts = [match[1], match[2]] if match else []
    return [tidy(name), *(part for part in parts if len(part.strip()) > 1)]


def split_cell(cell: str, separators: Sequence[str], known: Callable[[str], bool]) -> list[str]:
    """The names printed in one cell, in order.

    ``separators`` always separate. Commas, slashes, "et", "&" separate only where every piece
    between them is a ``known`` name, since names contain them ("Images & Réseaux").
    """
    pieces = [cell]
    for separator in separators:
        pieces = [part for piece in pieces for part in piece.split(separator)]
    names = [tidy(piece) for piece in pieces]
    return [name for piece in names if piece for name in _soft_split(piece, known)]


def _soft_split(piece: str, known: Callable[[str], bool]) -> list[str]:
    if known(piece):
        return [piece]
    cuts = [(match.start(), match.end()) for match in SOFT_SEPARATORS.finditer(piece)]
    if not cuts or len(cuts) > 30:
        return [piece]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(piece)]
    names: list[str] = []
    at = 0
    while at < len(starts):
        reach = next(
            (k for k in range(len(ends) - 1, at - 1, -1) if known(piece[starts[at] : ends[k]])), None
        )
        if reach is None:
            return [piece]
        names.append(tidy(piece[starts[at] : ends[reach]]))
        at = reach + 1
    return names

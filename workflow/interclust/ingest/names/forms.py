"""Names of clusters: the form in which two spellings of one name are equal, and acronyms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ..text import TWINS, repaired, tidy, unaccented

LONGEST, MOST_WORDS = 300, 40  # signs and words of a name
LEADING = re.compile(
    r"^(?:(?:(?:le|la|les|the)\s+)?(?:p[o\ufffd]les?(?:\s+de\s+competitivite)?|grappe(?:\s+d\s?entreprises)?|(?:le|la|les|the))\s+(?=\S))+"
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
DASHED = re.compile(r"^(\S.*?)\s*(?:\s[-–—]|:)\s+(.+)$")
DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
UNREADABLE = "\ufffd"  # what a wrong decoding leaves of a letter
QUESTIONED = re.compile(r"(?<=[^\W\d_])\?(?=[^\W\d_])")  # and what others do
# Words that say what kind of body bears the name beside them; "pôle" before a name is never part of it.
KINDS = {
    *("association", "cluster", "clusters", "competitiveness", "competitivite", "grappe", "pole", "poles"),
    *("mondial", "mondiale", "national", "vocation"),  # the classes of pôles
}
AT_SIGN = re.compile(r"@(?=\w)|(?<=\w)@")
Q_AT = re.compile(r"(?<=[Qq])@")


@lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    """The comparable form of a name: words in lower case without accents, ``&`` as "et", no leading "Pôle".

    ``@`` inside a word is read as it is spoken: "Nov@log" novalog, "Q@limed" qualimed. Idempotent.
    """
    text = QUESTIONED.sub(UNREADABLE, repaired(tidy(name)).translate(TWINS))
    text = DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    text = AT_SIGN.sub("a", Q_AT.sub("ua", text))
    text = unaccented(text).replace("&", " et ").replace("'", "")
    words = "".join(sign if sign.isalnum() or sign == UNREADABLE else " " for sign in text).split()
    text = " ".join("et" if word == "and" else word for word in words)
    return LEADING.sub("", text)


def is_named(text: str) -> bool:
    """Whether a text may be a name: one of signs alone ("-", "/") never is."""
    return any(map(str.isalnum, text))


def is_too_long(text: str) -> bool:
    """Whether a text is a summary or a file read with the wrong separators rather than a name."""
    return len(text) > LONGEST or text.count(" ") >= MOST_WORDS


def without_kinds(key: str) -> str:
    """A normalised name without the words before and after it that say the kind of the body."""
    words, around = key.split(), KINDS | SMALL_WORDS
    while words and words[0] in around:
        words.pop(0)
    while words and words[-1] in around:
        words.pop()
    return " ".join(words)


def squeezed(name: str) -> str:
    """The normalised form without spaces: "Up-Tex" and "Uptex" are equal."""
    return normalise(name).replace(" ", "")


def acronym(name: str) -> str:
    """Initials of the words of a name that are not small words; "" below three."""
    words = normalise(name.translate(TWINS).replace("'", " ")).split()
    initials = "".join(word[0] for word in content_words(words))
    return initials if len(initials) >= 3 else ""


def stands_for(short: str, long: str) -> bool:
    """Whether a text is made of the initials of another; a digit repeats the letter before it ("EMC2")."""
    letters = re.sub(r"([a-z])(\d)", lambda match: match[1] * min(int(match[2]), 9), squeezed(short))
    initials = acronym(long)
    return bool(initials) and letters in (initials, f"p{initials}")  # p: a leading "Pôle"


def content_words(words: Sequence[str]) -> list[str]:
    """The words of a normalised name that are not small words."""
    return [word for word in words if word not in SMALL_WORDS]


def is_place(words: Sequence[str], places: frozenset[str]) -> bool:
    """Whether the words are nothing but places of the set, one or several; small words do not count."""
    words = content_words(words)
    if not words:
        return True
    heads = (k for k in range(len(words), 0, -1) if " ".join(words[:k]) in places)
    return any(k == len(words) or is_place(words[k:], places) for k in heads)


def is_acronym(text: str) -> bool:
    """Whether a text is written as an acronym: one word of at most ten signs in capitals ("S2E2", "B4C")."""
    return " " not in text and len(text) <= 10 and text.upper() == text and any(map(str.isalpha, text))


def variants(name: str) -> list[str]:
    """The name, and for "Full name (ACR)" also its two parts."""
    match = PARENTHESES.match(tidy(name))
    parts = [match[1], match[2]] if match else []
    return [tidy(name), *(part for part in parts if len(part.strip()) > 1)]

"""Names of clusters: the form in which two spellings of one name are equal, and acronyms."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
UNREADABLE = "\ufffd"  # what a wrong decoding leaves of a letter
AT_SIGN = re.compile(r"@(?=\w)|(?<=\w)@")
Q_AT = re.compile(r"(?<=[Qq])@")


@lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    """The comparable form of a name: words in lower case without accents, ``&`` as "et", no leading "Pôle".

    ``@`` inside a word is read as it is spoken: "Nov@log" novalog, "Q@limed" qualimed. Idempotent.
    """
    text = repaired(tidy(name)).translate(TWINS)
    text = DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    text = AT_SIGN.sub("a", Q_AT.sub("ua", text))
    text = unaccented(text).replace("&", " et ").replace("'", "")
    words = "".join(sign if sign.isalnum() or sign == UNREADABLE else " " for sign in text).split()
    text = " ".join("et" if word == "and" else word for word in words)
    while (shorter := LEADING.sub("", text)) != text:
        text = shorter
    return text


def squeezed(name: str) -> str:
    """The normalised form without spaces: "Up-Tex" and "Uptex" are equal."""
    return normalise(name).replace(" ", "")


def acronym(name: str) -> str:
    """Initials of the words of a name that are not small words; "" below three."""
    words = normalise(name.translate(TWINS).replace("'", " ")).split()
    initials = "".join(word[0] for word in content_words(words))
    return initials if len(initials) >= 3 else ""


def content_words(words: Sequence[str]) -> list[str]:
    """The words of a normalised name that are not small words."""
    return [word for word in words if word not in SMALL_WORDS]


def is_acronym(text: str) -> bool:
    """Whether a text is written as an acronym: one word of at most ten signs in capitals ("S2E2", "B4C")."""
    return " " not in text and len(text) <= 10 and text.upper() == text and any(map(str.isalpha, text))


def variants(name: str) -> list[str]:
    """The name, and for "Full name (ACR)" also its two parts."""
    match = PARENTHESES.match(tidy(name))
    parts = [match[1], match[2]] if match else []
    return [tidy(name), *(part for part in parts if len(part.strip()) > 1)]

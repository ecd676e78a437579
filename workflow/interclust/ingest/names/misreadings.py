"""Names misread or cut short: letters that ears and scanners take for each other, words not printed out.

Each rule leads to equality with a name, never to mere likeness: two names that are equal once such letters
are one ("Systernatic", "Vitag0ra", "Minalogique"), or a name whose last word, or words with a full stop, are
begun only ("Pôle Mer Médit.").
"""

from __future__ import annotations

import re
from functools import lru_cache

from .forms import UNREADABLE, normalise

SHORTEST = 6  # letters of a name that may be misread: shorter ones become too alike
CUT_LETTERS = 10  # letters that must be left of a name that breaks off in a word
CUT_SHARE = 0.6  # and their share of the letters of the name

DIGIT_LETTERS = str.maketrans("0156", "oiso")
IN_WORD = re.compile(r"(?<=[a-z])[0156]|[0156](?=[a-z])")
RULES = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        (r"rn", "m"),  # of scanners
        (r"[ly]", "i"),
        (r"ph", "f"),  # of ears
        (r"th", "t"),
        (r"qu|ck|c(?![eiy])", "k"),
        (r"(?<=\w{3})e\b", ""),
        (r"(.)\1+", r"\1"),
    )
)
BROKEN_OFF = re.compile(r"(?<=\w\w)(?:\.+|…)(?=\W|$)")


@lru_cache(maxsize=65536)
def misread_key(name: str) -> str:
    """What is left of a name when letters that are mistaken for each other are one; "" for a short one.

    0, 1, 5, 6 beside a letter are o, i, s, o; l and y are i; rn is m; ph is f; th is t; qu, ck and hard c
    are k; final e and the second of double letters are dropped. Spaces do not count.
    """
    text = IN_WORD.sub(lambda match: match[0].translate(DIGIT_LETTERS), normalise(name))
    text = normalise(text)  # "p6le" has become a "pole", which is no part of a name
    if len(text.replace(" ", "")) < SHORTEST:
        return ""
    for pattern, letters in RULES:
        text = pattern.sub(letters, text)
    return text.replace(" ", "")


def cut_short(text: str) -> re.Pattern[str] | None:
    """What the normalised name looks like that was cut to ``text``; None for a text too short to tell.

    A full stop or dots after two letters stand for the rest of a word; without them the text may break
    off within its last word, not between words: a name without whole words is another name.
    """
    key = normalise(BROKEN_OFF.sub(UNREADABLE, text))
    if len(key.replace(" ", "")) < CUT_LETTERS:
        return None
    form = re.escape(key).replace(UNREADABLE, r"\w*")
    return re.compile(form if UNREADABLE in key else form + r"\w+")


def what_is_left(text: str) -> str:
    """The letters with which every normalised name begins that may have been cut to ``text``."""
    return normalise(BROKEN_OFF.sub(UNREADABLE, text)).split(UNREADABLE)[0]


def enough_left(text: str, key: str) -> bool:
    """Whether enough letters of a normalised name are left in a text that was cut."""
    return len(normalise(text).replace(" ", "")) >= CUT_SHARE * len(key.replace(" ", ""))

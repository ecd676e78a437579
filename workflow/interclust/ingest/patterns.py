"""Regular expressions of settings: what they must hold, and that they end."""

from __future__ import annotations

import re

from ..errors import ConfigError

SETTING = "ingest.checks.period_pattern"
LITERAL = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)  # escaped signs, and sets of signs
TOKEN = re.compile(r"\(|\)|[*+|]|\{\d*,?\d*\}")
MOST_REPEATS = 4  # "a*a*a*a*b" takes time to the power of their number


def period_pattern(text: str) -> re.Pattern[str]:
    """The pattern whose one group is the number of a period; ConfigError if it is none or might not end."""
    try:
        pattern = re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ConfigError(f"{SETTING} is {text!r}: {error}") from None
    if pattern.groups != 1:
        raise ConfigError(f"{SETTING} is {text!r}, expected one group: the period's number")
    if might_not_end(text):
        problem = "repeats what itself repeats or has alternatives and may take for ever"
        raise ConfigError(f"{SETTING} is {text!r}, which {problem}; write it without, as in AAP(\\d+)")
    return pattern


def might_not_end(text: str) -> bool:
    """Whether a pattern repeats a group that holds repeats or alternatives, or holds many repeats."""
    groups = [False]  # of each open group: whether it holds a repeat or alternatives
    ended_at, held = -1, False  # of the group closed last
    repeats = 0
    for token in TOKEN.finditer(LITERAL.sub("x", text)):
        sign = token[0]
        if sign == "(":
            groups.append(False)
        elif sign == ")":
            held, ended_at = groups.pop(), token.end()
            groups[-1] = groups[-1] or held
        else:
            if sign != "|" and held and token.start() == ended_at:
                return True
            repeats += sign != "|"
            groups[-1] = True
    return repeats > MOST_REPEATS

"""Lists of names printed in one cell, cut without breaking names that contain the separators."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..readers import ITEM
from ..text import tidy, without_entities

STRONG = r"\s*[,;/|+•]\s*|\s+\d{1,2}[).]\s+"
WEAK = r"\s+(?:et|and|&|-|–|—|avec|with|ainsi que|as well as)\s+"
ANY = re.compile(rf"{STRONG}|{WEAK}|[\n{ITEM}]", re.IGNORECASE)
REACH = 8  # separators that one name may hold
FIRM = {";", "|"}  # no name holds these: as declared separators they cut what a merged body's name would join
REMARK = re.compile(
    r"\s*\((?:chef de file|leader|lead|porteur|coordinateur|co-?lab\w*|labellis\w+|principal|pilote)\)\s*$",
    re.IGNORECASE,
)
LEAD_IN = re.compile(
    r"^(?:(?:co-?)?labellis\w+ par|(?:co-?)?labelled by"
    r"|p[oô]les?(?: labellisateurs?| de comp[eé]titivit[eé])?\s*:)\s*",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"^(?:\d{1,2}[).]|[-–•*])\s+")
AND_SO_ON = re.compile(r"(?:^|[\s,]+)(?:etc\.?|…|\.\.\.)$", re.IGNORECASE)

# How well a text is known as a name: 0 not at all, 1 as one too short or common to prove a list, 2 well.
Known = Callable[[str], int]
UNKNOWN, BARELY, WELL = 0, 1, 2


def split_cell(cell: str, separators: Sequence[str], known: Known | None) -> list[str]:
    """The names printed in one cell, in order.

    ``separators`` always cut, words among them ("et") between spaces only, but never inside a ``known``
    name (a semicolon or a bar even there). Line ends and the items of a list always cut too. Where nothing
    is known (None) that is all. Otherwise commas, slashes and the like cut lists in which a name is well
    known, and "et", "&", "-" where both sides are known or the list has two well known names already
    ("Systematic, Cap Digital et Foo"). Time is linear in the number of separators.
    """
    names: list[str] = []
    for item in without_entities(cell).split(ITEM):
        if known is None:
            pieces = re.split(_hard(tuple(separators)), item)
        else:
            pieces = _cut(item, _candidates(tuple(separators)), known)
        names += [name for piece in pieces if (name := _bare(piece))]
    return names


def most_names(cell: str) -> int:
    """How many names a cell could be cut into at the most."""
    return 1 + sum(1 for _ in ANY.finditer(cell))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A stretch of text between two possible cuts; ``cut`` is the strength of the one that follows."""

    start: int
    end: int
    cut: str


def _cut(text: str, candidates: re.Pattern[str], known: Known) -> list[str]:
    units, start = [], 0
    for match in candidates.finditer(text):
        cut = match.lastgroup or "weak"
        firm = cut == "hard" and match.group().strip() in FIRM
        units.append(_Unit(start, match.start(), "firm" if firm else cut))
        start = match.end()
    units.append(_Unit(start, len(text), "end"))
    spans = _spans(text, units, known)
    evidence = sum(level for _, _, level in spans)
    names, at = [], 0
    for place, (_, last, level) in enumerate(spans):
        sure = place + 1 < len(spans) and min(level, spans[place + 1][2]) > UNKNOWN
        if not _cuts(units[last].cut, sure, evidence):
            continue
        names.append(text[units[at].start : units[last].end])
        at = last + 1
    return names


def _cuts(strength: str, both_known: bool, evidence: int) -> bool:
    """Whether the text is cut after a span, by the sign that follows it."""
    if strength in ("hard", "firm", "end"):
        return True
    if strength == "strong":
        return both_known or evidence >= WELL
    return both_known or evidence >= 2 * WELL


def _spans(text: str, units: Sequence[_Unit], known: Known) -> list[tuple[int, int, int]]:
    """First and last unit of every known name, the longest first, and of the units between; how known."""
    spans, at = [], 0
    while at < len(units):
        room = range(at, min(at + REACH, len(units)))
        stop = next((place for place in room if units[place].cut == "firm"), room[-1])
        for last in range(stop, at - 1, -1):
            level = known(_bare(text[units[at].start : units[last].end]))
            if level or last == at:
                spans.append((at, last, level))
                at = last + 1
                break
    return spans


def _bare(text: str) -> str:
    """A name without what lists print around it: numbers, "labellisé par", "(chef de file)", "etc."."""
    text = LEAD_IN.sub("", NUMBERED.sub("", tidy(text)))
    while (shorter := REMARK.sub("", AND_SO_ON.sub("", text)).strip(" ,;")) != text:
        text = shorter
    return text


@lru_cache(maxsize=64)
def _hard(separators: tuple[str, ...]) -> str:
    signs = sorted(separators, key=len, reverse=True)
    words = {sign for sign in signs if sign.strip().isalpha()}
    forms = (
        rf"(?<!\S){re.escape(sign.strip())}(?!\S)" if sign in words else rf"\s*{re.escape(sign)}"
        for sign in signs
    )
    return "|".join([*forms, r"\n"])


@lru_cache(maxsize=64)
def _candidates(separators: tuple[str, ...]) -> re.Pattern[str]:
    forms = rf"(?P<hard>{_hard(separators)})|(?P<strong>{STRONG})|(?P<weak>{WEAK})"
    return re.compile(forms, re.IGNORECASE)

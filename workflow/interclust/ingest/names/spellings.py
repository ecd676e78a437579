"""Members as their own registry: spellings of one name that differ by more than case and signs.

Every spelling is compared with the commoner ones, never with what was joined to them: A is not united
with C because both are like B.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .forms import normalise
from .known_names import Name
from .likeness import lacks_words, one_letter
from .resolution import Resolution
from .resolve import DIGITS, FUZZY_LENGTH, Resolver

BLOCKED_FROM = 20_000  # distinct names from which only those that share a block are compared
ENDS = 4  # letters at the beginning or end of two names of one block


@dataclass(frozen=True)
class Spelling:
    """The name that a spelling stands for, and their likeness (100: equal but for case and signs)."""

    name: str
    score: float


def alike(
    printed: Mapping[str, int], threshold: float = 88.0, margin: float = 6.0, blocked_from: int = BLOCKED_FROM
) -> dict[str, Spelling]:
    """The commonest spelling that each printed one stands for; ``printed`` counts them.

    Two names are one where the ratio of their normalised letters reaches ``threshold`` (0-100), no other
    name comes within ``margin``, neither has whole words or digits that the other lacks, and both have
    five letters. Beyond ``blocked_from`` distinct names only those are compared that share their first or
    last four letters, so a name misspelt at both ends is not found. The order of names does not matter.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name in printed:
        groups[normalise(name) or name].append(name)
    counts = {key: sum(printed[name] for name in names) for key, names in groups.items()}
    ordered = sorted(groups, key=lambda key: (-counts[key], key))
    leader = _leaders(ordered, threshold, margin, len(ordered) > blocked_from)
    best = {key: min(groups[key], key=lambda name: (-printed[name], name)) for key in groups}
    return {
        name: Spelling(best[leader[key][0]], leader[key][1])
        for key, names in groups.items()
        for name in names
    }


def settled(found: Mapping[str, Spelling], resolver: Resolver) -> dict[str, Resolution]:
    """What the spellings that were joined to another name mean to a resolver."""
    decided = {}
    for printed, spelling in found.items():
        body = resolver.lookup(spelling.name)
        if spelling.score < 100.0 and body is not None:
            names = (Name(spelling.name, body),)
            decided[printed] = Resolution(printed, body, "fuzzy", spelling.score, names=names)
    return decided


def _leaders(
    keys: Sequence[str], threshold: float, margin: float, blocked: bool
) -> dict[str, tuple[str, float]]:
    """The key that each key is joined to, the commonest first, and their likeness."""
    from rapidfuzz import fuzz, process

    blocks: dict[str, list[str]] = defaultdict(list)
    found: dict[str, tuple[str, float]] = {}
    for key in keys:
        mine = list(_blocks(key, blocked))
        near: dict[str, float] = {}
        if len(key.replace(" ", "")) >= FUZZY_LENGTH:
            for block in mine:
                for other, score, _ in process.extract(
                    key,
                    blocks[block],
                    scorer=fuzz.ratio,
                    processor=None,
                    limit=None,
                    score_cutoff=threshold - margin,
                ):
                    near[other] = max(score, one_letter(key, other))
        ranked = sorted(near, key=lambda other: (-near[other], other))
        joined = bool(ranked) and _is_one(key, ranked, near, threshold, margin)
        found[key] = (ranked[0], near[ranked[0]]) if joined else (key, 100.0)
        if not joined:
            for block in mine:
                blocks[block].append(key)
    return found


def _is_one(
    key: str, ranked: Sequence[str], near: Mapping[str, float], threshold: float, margin: float
) -> bool:
    best = ranked[0]
    clear = len(ranked) == 1 or near[best] - near[ranked[1]] >= margin
    same_digits = DIGITS.findall(key) == DIGITS.findall(best)
    return near[best] >= threshold and clear and same_digits and not lacks_words(key, best)


def _blocks(key: str, blocked: bool) -> Iterable[str]:
    letters = key.replace(" ", "")
    return {f"^{letters[:ENDS]}", f"{letters[-ENDS:]}$"} if blocked else {""}

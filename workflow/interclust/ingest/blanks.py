"""What is printed where a member is named and may name nobody: signs alone, and the usual words for none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .cells import NOTHING
from .names.forms import is_named
from .names.split import Known
from .text import plain

NOBODY = NOTHING | {"neant", "aucun", "aucune", "aucun pole", "sans objet", "non renseignee", "vide"}
LONGEST = max(map(len, NOBODY)) + 4  # signs, accents and stops printed apart included
SHOWN = 8


def signs_only(dropped: Counter[str], file: str) -> list[str]:
    """A remark on what was read as blank, for no name is made of signs alone."""
    if not dropped:
        return []
    return [f"{file}: {_listed(dropped)} names nobody and is read as blank"]


def perhaps_nobody(names: Iterable[str], known: Known | None, file: str, where: str) -> list[str]:
    """A remark on words that are read as names of members, and in tables mostly mean none."""
    printed = Counter(name for name in names if len(name) <= LONGEST)
    doubtful = Counter(
        {
            name: count
            for name, count in printed.items()
            if plain(name) in NOBODY and not (known is not None and known(name))
        }
    )
    if not doubtful:
        return []
    remedy = f"where it means nobody, add it to {where}.missing"
    return [f"{file}: {_listed(doubtful)} is read as the name of a member; {remedy}"]


def named(names: Iterable[str], dropped: Counter[str]) -> list[str]:
    """The names without those made of signs alone, which are counted."""
    kept = []
    for name in names:
        if is_named(name):
            kept.append(name)
        else:
            dropped[name] += 1
    return kept


def _listed(counts: Counter[str]) -> str:
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    more = f" and {len(ranked) - SHOWN} more" if len(ranked) > SHOWN else ""
    return ", ".join(f"{name!r} ({counts[name]} ×)" for name in ranked[:SHOWN]) + more

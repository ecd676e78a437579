"""Bodies without an id: which spellings are one of them, and the ids made of their names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from .forms import squeezed


def own_names(printed: Mapping[str, int]) -> dict[str, str]:
    """Members as their own registry: ``{cluster_id: name}``; ``printed`` counts their spellings.

    Spellings that differ in case, accents, spaces or punctuation are one body, named by the commonest
    of them (of equals the first in the alphabet).
    """
    spellings: dict[str, Counter[str]] = {}
    for name, count in printed.items():
        spellings.setdefault(squeezed(name) or name, Counter())[name] += count
    names = [min(counts, key=lambda text: (-counts[text], text)) for _, counts in sorted(spellings.items())]
    return dict(zip(slugs(names), names, strict=True))


def slugs(names: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """The cluster_ids of distinct names, in their order: numbered where names leave the same letters.

    Names in Cyrillic or Chinese leave none at all. The numbers follow the alphabet, not the order of rows.
    """
    found, used, last = {}, set(taken), Counter[str]()
    for name in sorted(names, key=lambda text: (squeezed(text), text)):
        stem = slug(name)
        last[stem] += 1
        while _numbered(stem, last[stem]) in used:
            last[stem] += 1
        found[name] = _numbered(stem, last[stem])
        used.add(found[name])
    return [found[name] for name in names]


def slug(name: str) -> str:
    """The cluster_id of a name: ASCII, lower case, every other run of signs a hyphen."""
    ascii_text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-") or "body"


def _numbered(stem: str, number: int) -> str:
    return stem if number == 1 else f"{stem}-{number}"

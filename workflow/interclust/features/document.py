"""Tables of docs/features.md, made from the registry so that they cannot drift."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .registry import GROUPS, REGISTRY, Feature, select

BLOCK = re.compile(r"(<!-- (features|settings): (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
HEADS = ("feature", "definition", "unit", "known", "missing", "source", "settings")


def documented(text: str) -> str:
    """Return a Markdown text with the table of every marked block made anew.

    ``<!-- features: group -->`` holds the features of a group, ``<!-- settings: features -->`` those that
    heed each setting; both end with ``<!-- end -->``. Raises ValueError for a group that does not exist.
    """

    def made(match: re.Match[str]) -> str:
        table = of_group(match[3]) if match[2] == "features" else by_setting()
        return f"{match[1]}\n{table}\n{match[4]}"

    return BLOCK.sub(made, text)


def of_group(group: str) -> str:
    """A Markdown table of the features of a group: name and labels, texts in English."""
    if group not in GROUPS:
        raise ValueError(f"there is no group of features {group!r}")
    return _table(HEADS, [_cells(item) for item in select(None) if item.group == group])


def by_setting() -> str:
    """A Markdown table of the settings that features heed, and which they are."""
    heeded = sorted({name for item in REGISTRY.values() for name in item.settings})
    rows = [
        (_code(name), ", ".join(_code(i.name) for i in select(None) if name in i.settings)) for name in heeded
    ]
    return _table(("setting", "features"), rows)


def _cells(item: Feature) -> tuple[str, ...]:
    settings = ", ".join(_code(name) for name in item.settings) or "none"
    label = f"{_code(item.name)} {item.label[0]} · {item.label[1]}"
    texts = (item.definition[0], item.unit[0], item.date_rule[0], item.missing_rule[0], item.source)
    return (label, *texts, settings)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _code(name: str) -> str:
    return f"`{name}`"

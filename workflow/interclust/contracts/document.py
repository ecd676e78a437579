"""Tables of docs/tables.md, made from the contracts so that they cannot drift."""

from __future__ import annotations

import re

from . import CONTRACTS
from .contract import Contract
from .meanings import ROWS, meaning_of

BLOCK = re.compile(r"(<!-- contracts: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def documented(text: str) -> str:
    """Return a Markdown text with the tables of every ``<!-- contracts: stage -->`` block made anew."""
    return BLOCK.sub(lambda match: f"{match[1]}\n{of_stage(match[2])}\n{match[3]}", text)


def of_stage(stage: str) -> str:
    """The sections of a stage's tables; ValueError for a stage without contracts."""
    found = [table for table in CONTRACTS.values() if table.name.startswith(f"{stage}/")]
    if not found:
        raise ValueError(f"no contract belongs to the stage {stage!r}")
    return "\n".join(map(section, found))


def section(table: Contract) -> str:
    """A table: what a row is, its key and version, and a line a column."""
    key = f"key {', '.join(map(_code, table.key))}" if table.key else "no key"
    lines = [
        f"### {_code(table.name)}",
        "",
        f"A row is {ROWS[table.name]}. Version {table.version}, {key}.",
        "",
        "| column | type | null | what it holds |",
        "| --- | --- | --- | --- |",
        *(_line(table, name, token) for name, token in table.columns.items()),
    ]
    return "\n".join(lines) + "\n"


def _line(table: Contract, name: str, token: str) -> str:
    kind, null = token.rstrip("?"), "yes" if token.endswith("?") else "no"
    text = meaning_of(table.name, name)
    if name in table.allowed:
        text += f" (one of {', '.join(map(_code, table.allowed[name]))})"
    return f"| {_code(name)} | {_code(kind)} | {null} | {text} |"


def _code(name: str) -> str:
    return f"`{name}`"

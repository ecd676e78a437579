"""Tables of settings for config/README.md, made from the JSON Schemas so that they cannot drift."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .schema import WORDS, schema_of

OF_EVERY_FILE = (
    "file",
    "format",
    "sheet",
    "header",
    "records",
    "delimiter",
    "quote",
    "encoding",
    "decimal",
    "dates",
    "scale",
    "missing",
    "constants",
    "join",
)
BLOCK = re.compile(r"(<!-- settings: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def documented(text: str) -> str:
    """Return a Markdown text with the table of every ``<!-- settings: section -->`` block made anew."""
    return BLOCK.sub(lambda match: f"{match[1]}\n{table(match[2])}\n{match[3]}", text)


def table(section: str) -> str:
    """A Markdown table of the settings of a section: dotted name, what is allowed, meaning."""
    rows = ["| setting | value | meaning |", "| --- | --- | --- |"]
    for name, schema in settings(schema_of(section)):
        cells = (f"`{name}`", allowed(schema), meaning(schema))
        rows.append("| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |")
    return "\n".join(row.replace("|  |", "| |") for row in rows) + "\n"


def settings(schema: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every setting of a schema with its dotted name; ``[]`` stands for each item of a list.

    The columns of a file are one setting, and how a file is read is said once for all files.
    """
    for name, item in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        if name in OF_EVERY_FILE and prefix.count(".") and prefix != "projects.":
            continue
        yield path, item
        if name == "columns":
            continue
        for inner in (item, *item.get("anyOf", []), *item.get("oneOf", [])):
            yield from settings(inner, f"{path}.")
            if isinstance(inner.get("items"), dict):
                yield from settings(inner["items"], f"{path}[].")


def meaning(schema: dict[str, Any]) -> str:
    """What a setting does, its default, and for the columns of a file what each of them holds."""
    text: str = schema.get("description", "")
    columns = schema.get("properties", {}) if text.startswith("our name of a column") else {}
    if columns:
        text = "; ".join(f"`{name}` {item.get('description', '')}" for name, item in columns.items())
    if "default" in schema:
        text += f" (default {_text(schema['default'])})"
    return text.strip()


def allowed(schema: dict[str, Any]) -> str:
    """What a setting may be, in words."""
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return " or ".join(dict.fromkeys(allowed(option) for option in options))
    if "const" in schema:
        return _text(schema["const"])
    if "enum" in schema:
        return ", ".join(_text(value) for value in schema["enum"])
    kinds = schema.get("type", "anything")
    words = " or ".join(WORDS.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))
    items = schema.get("items")
    if isinstance(items, dict) and "enum" in items:
        words += f" of {allowed(items)}"
    return words + _bounds(schema)


def _bounds(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    if low is not None:
        return f", at least {low}"
    return f", at most {high}" if high is not None else ""


def _text(value: Any) -> str:
    return f"`{str(value).lower() if isinstance(value, bool) else value}`".replace("\t", r"\t")

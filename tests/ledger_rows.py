"""Small ledgers made by hand, and the section of a study that asks something of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from interclust.contracts import CONTRACTS

TEXT = {"en": "text", "fr": "texte"}
CHANNELS = ("contact", "practice_exchange", "joint_idea", "project_attempted", "project_realised")


def row(alter: str, codes: str = ".....", *, ego: str = "E", **more: Any) -> dict[str, Any]:
    """A row of a ledger; ``codes`` are its five channels in order: 1, 0 or . for blank."""
    read = {"1": True, "0": False, ".": None}
    channels = {name: read[code] for name, code in zip(CHANNELS, codes, strict=True)}
    return {"ego": ego, "alter": alter, "ego_id": ego.lower(), **channels, "locator": "1", **more}


def ledger(*rows: dict[str, Any], second: bool = False) -> pd.DataFrame:
    """Rows of ingest/relations, or of the second coding of it."""
    return CONTRACTS["ingest/second_relations" if second else "ingest/relations"].frame(list(rows))


def rule(name: str, when: dict[str, Any], **expect: int) -> dict[str, Any]:
    return {"id": name, "section": "1", "text": TEXT, "when": when, "expect": expect}


def asked(*rules: dict[str, Any], ego: str | None = "E") -> dict[str, Any]:
    """The section ``ledger`` of a resolved study with one pattern."""
    section = {"patterns": {"theory": {"label": TEXT, "note": TEXT, "rules": list(rules)}}, "tables": {}}
    return section if ego is None else {"ego": ego, **section}

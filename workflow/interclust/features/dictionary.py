"""The data dictionary, made from the registry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..io import write_csv
from .registry import Feature

if TYPE_CHECKING:
    import pandas as pd

TEXTS = ("label", "unit", "definition", "date_rule", "missing_rule")


def dictionary(chosen: Sequence[Feature]) -> pd.DataFrame:
    """One row a feature: name, group, texts in both languages, source, needs, settings."""
    import pandas as pd

    return pd.DataFrame([_row(item) for item in chosen], columns=list(_columns()))


def write_dictionary(chosen: Sequence[Feature], path: str | Path) -> None:
    """Write dictionary.csv."""
    write_csv(dictionary(chosen), path)


def _row(item: Feature) -> dict[str, str]:
    row = {"name": item.name, "group": item.group, "source": item.source, "needs": "; ".join(item.needs)}
    row["settings"] = "; ".join(item.settings) or "none"
    for text in TEXTS:
        row[f"{text}_en"], row[f"{text}_fr"] = getattr(item, text)
    return row


def _columns() -> tuple[str, ...]:
    texts = [f"{text}_{language}" for text in TEXTS for language in ("en", "fr")]
    return ("name", "group", *texts, "source", "needs", "settings")

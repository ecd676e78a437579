"""What became of the relations of a ledger on their way to the rows of a model of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..contacts import contact_tables, contacts, ends, first_days, places
from ..settings import SettingsLike
from ..tables import Tables

if TYPE_CHECKING:
    import pandas as pd

    from ...records import Records

# Steps with the reason why relations are left at each; those of the outcomes go out from the rows.
STEPS = {
    "relations": "",
    "relations_of_bodies": "one of the two is not in the registry",
    "relations_of_two": "the two are one body",
    "relations_dated": "neither a beginning nor an end is given",
    "relations_in_a_period": "they fall in no period of the study",
    "rows": "one of the two did not exist yet, or no more, when they began",
    "rows_contact": "whether the two were in contact is not said",
    "rows_idea": "no joint idea is coded, or what became of it is not said",
}


def contact_flow(records: Records | Tables, settings: SettingsLike = None) -> pd.DataFrame:
    """One line a step: relations (rows) kept, left, and why."""
    from .columns import frame

    tables = contact_tables(records, settings)
    ego, alter = ends(tables)
    table = contacts(tables)
    passed = np.cumprod(
        [
            (ego >= 0) & (alter >= 0),
            ego != alter,
            ~np.isnat(first_days(tables)[0]),
            places(tables) >= 0,
        ],
        axis=0,
    ).sum(axis=1)
    coded = [int(table[name].notna().sum()) for name in ("contact", "idea")]
    kept = [len(ego), *passed.tolist(), len(table), *coded]
    before = [kept[0], *kept[:5], len(table), len(table)]
    rows = [
        {"step": step, "kept": now, "left": then - now, "why": why or None}
        for (step, why), now, then in zip(STEPS.items(), kept, before, strict=True)
    ]
    return frame("contacts", rows)

"""The few numbers of a model's diagnostics that a reader looks at first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from .diagnose import Diagnostics

CONTRACT = "models/diagnostics/1"
# Parameters whose changes are of no interest: they stand for levels, not for relations.
NUISANCE = r"(?:^|:)(?:Intercept|ln_alpha|C\(|\d+\|)"


def summary(found: Diagnostics) -> dict[str, Any]:
    """diagnostics.json: condition numbers, largest inflation, dispersion, most influential, dependence."""
    return {
        "contract": CONTRACT,
        "model": found.record["model"],
        "status": found.record["status"],
        "settings": found.settings,
        "left_out": found.left_out,
        "condition": {name: _finite(value) for name, value in found.condition.items()},
        "inflation": _largest(found.table("conditioning")),
        "dispersion": _by(found.table("dispersion"), "statistic", ("observed", "p_value", "mc_error")),
        "influence": {kind: _most(found.table("influence"), kind) for kind in ("cluster", "source")},
        "dependence": _by(found.table("dependence"), "relation", ("inflation", "correlation", "p_value")),
        "lists": found.lists,
        "network": _worst(found.table("network")),
    }


def _largest(table: pd.DataFrame) -> dict[str, Any] | None:
    """The term of the largest GVIF^(1/df), the scale of a VIF."""
    terms = table[~table["term"].astype(str).str.contains(NUISANCE)]
    if terms.empty:
        return None
    top = terms.loc[terms["gvif_root"].astype(float).idxmax()]
    return {"part": top["part"], "term": top["term"], "vif": _finite(top["gvif_root"] ** 2)}


def _most(table: pd.DataFrame, kind: str) -> dict[str, Any] | None:
    """The largest change, in standard errors, of a term of interest."""
    own = table[(table["kind"] == kind) & ~table["term"].astype(str).str.contains(NUISANCE)]
    if own.empty:
        return None
    top = own.loc[own["change_in_errors"].astype(float).abs().idxmax()]
    numbers = {name: _finite(top[name]) for name in ("change", "change_in_errors")}
    return {"left_out": top["left_out"], "term": top["term"], "rows": int(top["rows"])} | numbers


def _by(table: pd.DataFrame, key: str, columns: tuple[str, ...]) -> dict[str, dict[str, float | None]]:
    return {row[key]: {name: _finite(row[name]) for name in columns} for row in table.to_dict("records")}


def _worst(table: pd.DataFrame) -> dict[str, Any] | None:
    """The statistic of the network that the simulated ones reach least."""
    if table.empty:
        return None
    low = table.loc[table["p_value"].astype(float).idxmin()]
    return {"statistic": low["statistic"], "class": low["class"], "p_value": _finite(low["p_value"])}


def _finite(value: Any) -> float | None:
    """A number for JSON, which knows neither NaN nor infinity."""
    return float(value) if value is not None and math.isfinite(value) else None

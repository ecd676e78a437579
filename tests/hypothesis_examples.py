"""Small hand-made studies, effects and fits on which hypotheses are judged."""

from __future__ import annotations

from typing import Any

import pandas as pd

from interclust.effects.hypotheses import judge

BOTH = {"en": "text", "fr": "texte"}
SLOPE = {
    "records": "complete",
    "model": "moderated",
    "effect": "slope",
    "term": "theme",
    "at": {"phase": 1},
    "expect": "+",
}
RATIO = {"records": "any", "model": "list_choice", "effect": "ratio", "term": "sector", "expect": "+"}
INTERACTION = {
    "records": "complete",
    "model": "moderated",
    "effect": "ratio_of_ratios",
    "terms": ["theme", "phase"],
    "expect": "+",
}
JOINT = {
    "records": "complete",
    "model": "moderated",
    "effect": "wald",
    "terms": ["theme:phase", "region"],
    "expect": "+-",
}
ENOUGH = {"phase": {"0": 12, "1": 40}}


def claim(*tests: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A hypothesis file with these tests."""
    spec = {"section": "1", "title": BOTH, "claim": BOTH, "outcome_of_claim": "project"}
    return {**spec, "tests": list(tests), "remedy": {"en": "look", "fr": "voir"}, **more}


def study(records: str = "complete", **hypotheses: dict[str, Any]) -> dict[str, Any]:
    """A resolved study with one moderated model and a list choice."""
    return {
        "name": "small",
        "records": records,
        "panel": {"eligible_kinds": ["pole"]},
        "hypotheses": hypotheses,
        "models": {
            "moderated": {"outcome": "emergence", "terms": ["theme", "phase"]},
            "list_choice": {"outcome": "list_choice", "terms": ["sector", "region", "class"]},
        },
    }


def effect(kind: str, term: str, estimate: float, p: float = 0.5, **more: Any) -> dict[str, Any]:
    """One row of effects."""
    row = {
        "model": "list_choice",
        "effect_id": f"{kind}-{term}",
        "kind": kind,
        "term": term,
        "moderator": None,
        "at": None,
        "scale": "log_rate",
        "vcov": "dyadic_jackknife",
        "estimate": estimate,
        "std_error": 0.1,
        "df": 30.0,
        "statistic": 1.0,
        "p_value": p,
        "conf_low": estimate - 1,
        "conf_high": estimate + 1,
        "n_rows": 100,
    }
    return {**row, **more}


def slope(estimate: float, p: float) -> dict[str, Any]:
    return effect("slope", "theme", estimate, p, model="moderated", moderator="phase", at="phase=1")


def fit(model: str, cells: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    counts = {"events": 60, "lists": 36}
    return {"model": model, "status": "fitted", "n": counts, "cells": cells or {}, **more}


def moments(**changed: Any) -> dict[str, Any]:
    known = {"in_emergence_risk_set": {"n": 9, "missing": 0, "mean": 0.4, "min": 0.0, "max": 1.0}}
    return dict.fromkeys(("theme", "phase", "sector", "region", "class", "kind"), known) | changed


def judged(
    settings: dict[str, Any],
    *rows: dict[str, Any],
    cells: dict[str, Any] | None = None,
    features: dict[str, Any] | None = None,
    fits: dict[str, Any] | None = None,
) -> pd.DataFrame:
    fitted = fits or {name: fit(name, cells) for name in settings["models"]}
    table = pd.DataFrame(list(rows) or [effect("ratio", "nothing", 1.0)])
    return judge(settings, table, fitted, moments() if features is None else features)

"""What a model of coded relations may ask for: settings that would be ignored or mean nothing are errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError

OUTCOMES = ("contact", "idea")
FAMILIES = ("logit", "cloglog", "firth")
OF_THE_PANEL = {
    "sample": "a risk set of the panel",
    "duration": "a column of the panel",
    "weights": "a column of the panel",
    "offset": "a column of the panel",
    "zero": "a second part, which no binary family has",
    "visibility": "ties that are not seen; what a ledger does not say is left blank",
    "validation": "forecasts of every pair, of which a ledger codes only some",
}


def check_ledger(study: Mapping[str, Any], owner: str) -> None:
    """Raise ConfigError for a study that models coded relations and has none, or none with a date."""
    name = next((name for name, spec in study["models"].items() if spec["outcome"] in OUTCOMES), None)
    if name is None:
        return
    ledger = study["ingest"].get("relations")
    if ledger is None:
        raise ConfigError(
            f"{owner}: models names {name}, whose outcome is read from a ledger of coded relations; "
            "map one under ingest.relations (docs/data.md)"
        )
    if not {"from", "to"} & set(ledger["columns"]):
        raise ConfigError(
            f"{owner}: ingest.relations.columns has neither from nor to, and the model {name} needs a date"
        )
    if "simulate" in study and not study["simulate"].get("contacts"):
        raise ConfigError(
            f"{owner}: models names {name}, but the simulated world has no survey; set simulate.contacts"
        )


def check_coded(spec: Mapping[str, Any], file: str) -> None:
    """Raise ConfigError, with the reason, for a checked model of ``OUTCOMES`` that asks for more."""
    outcome = spec.get("outcome")
    if outcome not in OUTCOMES:
        return
    family = spec.get("family")
    if family not in FAMILIES:
        raise ConfigError(
            f"{file}: family is {family} beside the outcome {outcome}, which is 1 or 0;"
            f" use {', '.join(FAMILIES[:-1])} or {FAMILIES[-1]}"
        )
    for key, what in OF_THE_PANEL.items():
        if spec.get(key) is not None:
            raise ConfigError(
                f"{file}: {key} is set beside the outcome {outcome}: it asks for {what}; leave it out"
            )

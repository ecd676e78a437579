"""Which models a completion plan can be made of, and why others cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ConfigError
from .merge import Layer, origin
from .paths import project_root, resolved
from .suggest import did_you_mean

CHOICE = "list_choice"
NO_PROJECTS = {
    "contact": "is read from a ledger of relations, which no archive of a call completes",
    "idea": "is read from a ledger of relations, which no archive of a call completes",
    "merger": "is read from the registry, which no archive of a call completes",
}


def check_planner(study: dict[str, Any], layers: Sequence[Layer]) -> None:
    """Raise ConfigError where ``planner`` asks for what cannot be planned; drop what is merely inherited.

    ``study`` is complete but for this: its models are specifications.
    """
    planner = study["planner"]
    own = "models" in (layers[-1].values.get("planner") or {})
    file = origin(layers, ("planner", "models"))
    kept = []
    for name in planner["models"]:
        problem = _problem(name, study)
        if problem is None:
            kept.append(name)
        elif own:
            raise ConfigError(f"{file}: planner.models names {name}, {problem}")
    planner["models"] = kept
    _check_measured(study, origin(layers, ("planner", "measured")))


def _problem(name: str, study: Mapping[str, Any]) -> str | None:
    """Why a model cannot be planned."""
    spec = study["models"].get(name)
    if spec is None:
        return f"which is not among the models of the study{did_you_mean(name, study['models'])}"
    outcome, complete = spec["outcome"], study["records"] == "complete"
    if outcome in NO_PROJECTS:
        return f"whose outcome {outcome} {NO_PROJECTS[outcome]}; leave it out"
    if outcome == CHOICE and complete:
        return "but records is complete: no list is left to be found; leave it out"
    if outcome == CHOICE and spec.get("alpha", "free") != "free":
        return (
            "which has no effects of bodies (alpha: mentions), so that no list can be foreseen; leave it out"
        )
    if outcome != CHOICE and not complete:
        return (
            "a panel model, but records is incomplete: what complete calls tell is not seen on it;"
            " plan it in a complete study, and quote that by planner.measured"
        )
    return None


def _check_measured(study: Mapping[str, Any], file: str) -> None:
    """A table of another study stands in the place of one of this study, and must be there."""
    measured = study["planner"].get("measured")
    if measured is None:
        return
    if any(study["models"][name]["outcome"] != CHOICE for name in study["planner"]["models"]):
        raise ConfigError(
            f"{file}: planner.measured is set beside panel models of the study itself, which it would hide;"
            " leave one of them out"
        )
    if not resolved(project_root() / measured).is_file():
        raise ConfigError(f"{file}: planner.measured: there is no file {measured}; make planner writes it")

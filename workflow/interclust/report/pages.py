"""Which tables and curves a study's models fill, from its settings alone: the workflow asks for these names.

The order of models in the settings is not heeded, for study.json does not keep it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Models = Mapping[str, Mapping[str, Any]]

MOST_MODELS = 6  # columns of models on a page
MOST_NUMBERED = 12  # columns of correlations on a page
OUTCOMES = (
    *("list_choice", "emergence", "recurrence", "tie", "n_projects", "tie_class"),
    *("merger", "contact", "idea"),
)
RISK_SETS = ("emergence", "recurrence", "rows")
OF_THE_PANEL = {
    "emergence": "emergence",
    "recurrence": "recurrence",
    **dict.fromkeys(("tie", "n_projects", "tie_class", "list_choice"), "rows"),
}
OWN_ROWS = ("merger", "contact", "idea")  # outcomes whose rows are not those of the panel
# What a model makes of the panel while it is fitted; no table of features has it.
MADE = ("period", "periods_since_first_tie", "periods_since_last_tie", "tied_before", "log_mentions")
_NAME = re.compile(r"[A-Za-z_]\w*(?![\w(])")


@dataclass(frozen=True)
class Numbered:
    """A page of correlations: a risk set, its features in order, columns ``first`` to ``last``."""

    risk_set: str
    features: tuple[str, ...]
    first: int
    last: int


def risk_set(spec: Mapping[str, Any]) -> str | None:
    """The rows of a model as descriptions of features name them; the outcome where it has rows of its own."""
    own = {"in_emergence_risk_set": "emergence", "in_recurrence_risk_set": "recurrence"}
    outcome = str(spec["outcome"])
    if outcome in OWN_ROWS:
        return outcome
    return own.get(str(spec.get("sample"))) or OF_THE_PANEL.get(outcome)


def features_of(spec: Mapping[str, Any]) -> list[str]:
    """The features behind the terms of a model, in their order."""
    moderators = [name for pair in spec.get("moderators") or [] for name in pair]
    terms = [*(spec.get("terms") or []), *(spec.get("zero") or []), *moderators]
    found = dict.fromkeys(name for term in terms for name in _NAME.findall(term))
    return [name for name in found if name not in MADE]


def regression_pages(models: Models) -> dict[str, list[str]]:
    """Tables of models side by side: those of one outcome, the smaller first, on several pages if many."""
    return {
        _page(f"regression--{outcome}", place): names[low:high]
        for outcome in OUTCOMES
        if (names := sorted((n for n in models if models[n]["outcome"] == outcome), key=_size_in(models)))
        for place, (low, high) in enumerate(_cuts(len(names), MOST_MODELS))
    }


def correlation_pages(models: Models) -> dict[str, Numbered]:
    """Correlations of the core variables of each risk set: in two of its models or more, else all."""
    found: dict[str, Numbered] = {}
    for where in RISK_SETS:
        own = [features_of(models[name]) for name in sorted(models) if risk_set(models[name]) == where]
        times = Counter(feature for features in own for feature in features)
        names = [name for name, n in times.most_common() if n > 1]
        names = names if len(names) > 1 else list(times)
        if len(names) > 1:
            for place, (low, high) in enumerate(_cuts(len(names), MOST_NUMBERED)):
                found[_page(f"correlations--{where}", place)] = Numbered(where, tuple(names), low, high)
    return found


def described(models: Models) -> dict[str, list[str]]:
    """The features of all models by the rows that they are of; those of their own are there without any."""
    found: dict[str, list[str]] = {}
    for where in (*RISK_SETS, *OWN_ROWS):
        own = [models[name] for name in sorted(models) if risk_set(models[name]) == where]
        names = list(dict.fromkeys(feature for spec in own for feature in features_of(spec)))
        if names or (own and where in OWN_ROWS):
            found[where] = names
    return found


def variable_tables(models: Models) -> list[str]:
    """The tables of the variables of a study, in the order of the report."""
    return [*(["descriptives"] if described(models) else []), *correlation_pages(models)]


def curve_figures(study: Mapping[str, Any]) -> list[str]:
    """The figures of the curves that models ask for; incomplete records identify none."""
    names = []
    for model, spec in study["models"].items() if study.get("records") == "complete" else ():
        asked = spec.get("curves_of") or {}
        names += [f"predicted_curves--{model}"] if asked.get("outcome") else []
        names += [f"slopes--{model}"] if asked.get("slope") else []
    return sorted(names)


def _size_in(models: Models) -> Callable[[str], tuple[int, str]]:
    """The order of models in a table: by their number of variables, then by name."""
    return lambda name: (len(features_of(models[name])), name)


def _page(name: str, place: int) -> str:
    return name if place == 0 else f"{name}--{place + 1}"


def _cuts(n: int, most: int) -> Iterator[tuple[int, int]]:
    """Pages of nearly the same size."""
    pages = -(-n // most)
    ends: Sequence[int] = [round(page * n / pages) for page in range(pages + 1)] if pages else []
    return pairwise(ends)

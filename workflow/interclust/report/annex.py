"""The annex of the report: the tables that the text points at, by part, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import completion, diagnostics, pages
from .tabulate import maker

if TYPE_CHECKING:
    from .language import Language
    from .results import Results

MOST_IN_TEXT = 80  # lines of tables of one kind that the text bears, two pages


@dataclass(frozen=True)
class Part:
    """Tables of the annex under one heading (``report.annex.<key>``)."""

    key: str
    title: str
    tables: tuple[str, ...]


def parts(results: Results, say: Language) -> list[Part]:
    """The parts of the annex that have a table.

    Variables and models side by side stand in it where they are too long for the text.
    """
    own, models = variables(results), regressions(results)
    found = {
        "periods": ["calls", "network", "transitions"],
        "variables": [*([] if fits(own, results, say) else own), "dictionary"],
        "models": [*([] if fits(models, results, say) else models), "models"],
        "network": ["network_fit"] if diagnostics.shown(results)["network"] else [],
        "truth": ["truth"] if results.truth else [],
        "completion": _completion(results, say),
        "validity": ["validity"],
        "origin": ["provenance"],
    }
    return [Part(key, say(f"report.annex.{key}"), tuple(names)) for key, names in found.items() if names]


def variables(results: Results) -> list[str]:
    """The tables of the variables."""
    return pages.variable_tables(results.models)


def regressions(results: Results) -> list[str]:
    """The tables of models side by side that have a fitted model."""
    pages_of = pages.regression_pages(results.models).items()
    return [name for name, own in pages_of if any(model in results.fitted for model in own)]


def fits(names: list[str], results: Results, say: Language) -> bool:
    """Whether the text bears these tables of variables or models."""
    made = [maker(name) for name in names]
    return sum(make(results, say).lines for make in made if make) <= MOST_IN_TEXT


def _completion(results: Results, say: Language) -> list[str]:
    plan = completion.shown(results, say) or {}
    names = {"lists": "completion", "panels": "completion_panels"}
    return [name for key, name in names.items() if plan.get(key)]

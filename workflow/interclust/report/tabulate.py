"""Tables by name in every language, and the numbers that the text quotes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from .. import io
from . import (
    cards,
    completion_tables,
    data_tables,
    diagnostic_tables,
    ledger,
    measured,
    model_tables,
    network_tables,
    numbers,
    paper_tables,
    permutation_tables,
    scoreboard,
    side_by_side,
    table_formats,
    validation,
    variables,
    visibility,
)
from .language import Language
from .numerals import LANGUAGES
from .provenance import facts
from .results import Results
from .table import Table

TABLES: Mapping[str, Callable[[Results, Language], Table]] = {
    "descriptives": variables.descriptives,
    "flow": data_tables.flow,
    "calls": data_tables.calls,
    "network": network_tables.network,
    "transitions": network_tables.transitions,
    "models": model_tables.models,
    "hypotheses": scoreboard.table,
    "cards": cards.table,
    "dictionary": data_tables.dictionary,
    "permutations": permutation_tables.permutations,
    "sensitivity": model_tables.sensitivity,
    "truth": model_tables.truth,
    "diagnostics": diagnostic_tables.overview,
    "network_fit": diagnostic_tables.network_fit,
    "visibility": visibility.table,
    "validation": validation.table,
    "completion": completion_tables.units,
    "completion_panels": completion_tables.panels,
    "validity": measured.table,
    "ledger_patterns": ledger.patterns,
    "ledger_rows": ledger.rows,
    "ledger_agreement": ledger.agreement,
    "ledger_disagreements": ledger.disagreements,
}

# Tables of one thing among several: ``<name>--<thing>``.
SEVERAL: Mapping[str, Callable[[str], Callable[[Results, Language], Table]]] = {
    "correlations": variables.correlations,
    "regression": side_by_side.regression,
}


def maker(name: str) -> Callable[[Results, Language], Table] | None:
    """What makes the table of a name; None for that of provenance, which files make."""
    several = SEVERAL.get(name.partition("--")[0])
    return several(name) if several else TABLES.get(name) or paper_tables.maker(name)


def tabulate(
    study: str | Path,
    names: Iterable[str],
    languages: Iterable[str] = LANGUAGES,
    raw: Iterable[str | Path] = (),
    root: str | Path = ".",
) -> None:
    """Write ``report/tables/<name>.csv`` and ``<name>.<language>.{html,tex,typ}`` of a study's folder.

    The table ``provenance`` names the ``raw`` files by their paths below ``root``, with their hashes.
    """
    results = Results(study)
    found = facts(results.study, raw, root)
    for name in names:
        make = maker(name) or (lambda _, say: data_tables.provenance(found, say))
        for code in languages:
            table = make(results, Language(code))
            table_formats.write(table, results.folder / "report" / "tables", code)
        table_formats.write_values(make(results, Language("en")), results.folder / "report" / "tables")


def collect_numbers(study: str | Path) -> None:
    """Write ``report/numbers.json`` and ``report/numbers.tex`` of a study's folder."""
    results = Results(study)
    entries = numbers.collect(results)
    io.write_json(entries, results.folder / "report" / "numbers.json")
    io.write_text(numbers.to_tex(entries), results.folder / "report" / "numbers.tex")

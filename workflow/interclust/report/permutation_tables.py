"""The table of the models that were tested by permutations of clusters too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import evidence, labels
from .data_tables import number
from .table import Cell, Row, Table, group, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results


def permutations(results: Results, say: Language) -> Table:
    """Coefficient, p-value of the model's own errors, and p-value by permutations of every term tested."""
    rows: list[Row] = []
    notes = [say("tables.permutations.note")]
    for name, found in results.permuted.items():
        rows.append(group(labels.model(name, results, say)))
        rows.extend(_term(item, name, results, say) for item in found)
        notes.append(_drawn(name, results, say))
    columns = (
        left("term", say("tables.permutations.term"), 1.0),
        right("estimate", say("tables.permutations.estimate")),
        right("p_model", say("tables.permutations.p_model")),
        right("p_value", say("tables.permutations.p_value")),
        right("mc_error", say("tables.permutations.mc_error")),
    )
    return Table("permutations", say("tables.permutations.caption"), columns, tuple(rows), tuple(notes))


def _term(item: dict[str, Any], model: str, results: Results, say: Language) -> Row:
    name = str(item["term"])
    own = {evidence.canonical(ratio.term): ratio.p_value for ratio in evidence.ratios(results, model)}
    return row(
        Cell(labels.term(name, results, say), name),
        number(item["estimate"], "coefficient", say),
        number(own.get(evidence.canonical(name)), "p_value", say),
        number(item["p_value"], "p_value", say),
        number(item["mc_error"], "coefficient", say),
    )


def _drawn(model: str, results: Results, say: Language) -> str:
    """How many permutations of what: within cohorts, or of all clusters."""
    count = max((item["permutations"] for item in results.permuted[model]), default=0)
    within = (results.models[model].get("permutations") or {}).get("within") or "all"
    number = say.number(count, "count")
    return say(f"tables.permutations.drawn.{within}", model=labels.model(model, results, say), number=number)

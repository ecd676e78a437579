"""Tables of the diagnostics: one line a model, and the network that its law of lists makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import decoded, diagnostics, labels
from .data_tables import number
from .figures.network import short
from .model_tables import LEVEL, interval
from .table import Cell, Row, Table, group, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results

NUMBERS, INFLUENCES, DEPENDENCES = (
    ("condition", "vif", "dispersion"),
    ("cluster", "source"),
    ("sharing", "project"),
)
OPTIONAL = ("dispersion", "source")


def overview(results: Results, say: Language) -> Table:
    """Condition, inflation, dispersion, most influential cluster and source, residual dependence.

    Dispersion is of counts and sources are of records: where no model has one, the column is left out.
    """
    clusters = results.table("ingest", "clusters")
    names = dict(zip(clusters["cluster_id"], clusters["name"], strict=True))
    found = diagnostics.summaries(results)
    made = {name: _cells(item, names, results, say) for name, item in found.items()}
    empty = {key for key in OPTIONAL if all(cells[key].stored == "" for cells in made.values())}
    keys = [key for key in (*NUMBERS, *INFLUENCES, *DEPENDENCES) if key not in empty]
    rows = [
        row(Cell(labels.model(name, results, say), name), *(cells[key] for key in keys))
        for name, cells in made.items()
    ]
    columns = (
        left("model", say("tables.diagnostics.model"), 1.0),
        *(
            left(key, say(f"tables.diagnostics.{key}"), 1.0)
            if key in INFLUENCES
            else right(key, say(f"tables.diagnostics.{key}"))
            for key in keys
        ),
    )
    told = ["terms", "dispersion", "influence", "source", "dependence"]
    notes = tuple(say(f"tables.diagnostics.note_{key}") for key in told if key not in empty)
    return Table("diagnostics", say("tables.diagnostics.caption"), columns, tuple(rows), notes)


def _cells(item: dict[str, Any], names: dict[str, str], results: Results, say: Language) -> dict[str, Cell]:
    dependence, influence = item.get("dependence") or {}, item.get("influence") or {}
    inflation = {key: (dependence.get(key) or {}).get("inflation") for key in ("cluster", "project")}
    pearson = (item.get("dispersion") or {}).get("pearson") or {}
    return {
        "condition": number((item.get("condition") or {}).get("weighted"), "ratio", say),
        "vif": number((item.get("inflation") or {}).get("vif"), "ratio", say),
        "dispersion": number(pearson.get("p_value"), "p_value", say),
        "cluster": _influential(
            influence.get("cluster"), lambda who: short(names.get(who, who)), results, say
        ),
        "source": _influential(
            influence.get("source"), lambda who: decoded.source(who, results), results, say
        ),
        "sharing": number(inflation["cluster"], "ratio", say),
        "project": number(inflation["project"], "ratio", say),
    }


def _influential(
    found: dict[str, Any] | None, name_of: Callable[[str], str], results: Results, say: Language
) -> Cell:
    """Who changes a coefficient most, by how many standard errors, and which coefficient."""
    if not found or found.get("change_in_errors") is None:
        return Cell(say.number(None, "ratio"), "")
    who = str(found["left_out"])
    text = say(
        "tables.diagnostics.influential",
        who=name_of(who),
        change=say.numerals.fixed(found["change_in_errors"], 2),
        term=labels.lower_first(labels.term(str(found["term"]), results, say)),
    )
    return Cell(text, f"{who};{found['term']};{found['change_in_errors']!r}")


def network_fit(results: Results, say: Language) -> Table:
    """The observed network beside those of drawn lists, model by model: what is one number."""
    rows: list[Row] = []
    for model, found in diagnostics.networks(results).items():
        rows.append(group(labels.model(model, results, say)))
        rows += [_statistic(item, say) for item in found if not item.part]
    columns = (
        left("statistic", say("tables.network_fit.statistic"), 1.0),
        right("observed", say("tables.network_fit.observed")),
        right("mean", say("tables.network_fit.mean")),
        right("interval", say("tables.network_fit.interval", level=say.number(LEVEL, "share"))),
        right("p_value", say("tables.network_fit.p_value")),
    )
    notes = (say("tables.network_fit.note"),)
    return Table("network_fit", say("tables.network_fit.caption"), columns, tuple(rows), notes)


def _statistic(item: diagnostics.Statistic, say: Language) -> Row:
    kind = "ratio" if item.statistic == "transitivity" else "count"
    return row(
        Cell(say(f"tables.network_fit.statistics.{item.statistic}"), item.statistic),
        number(item.observed, kind, say),
        number(item.mean, kind, say),
        interval(item.low, item.high, kind, say),
        number(item.p_value, "p_value", say),
    )

"""Tables of the diagnostics: one line a model, and the network that its law of lists makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import diagnostics, labels
from .data_tables import number
from .figures.network import short
from .model_tables import LEVEL, interval
from .table import Cell, Row, Table, group, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results


def overview(results: Results, say: Language) -> Table:
    """Condition, inflation, dispersion, most influential cluster and source, residual dependence."""
    clusters = results.table("ingest", "clusters")
    names = dict(zip(clusters["cluster_id"], clusters["name"], strict=True))
    rows = [_model(name, item, names, results, say) for name, item in diagnostics.summaries(results).items()]
    heads = {key: say(f"tables.diagnostics.{key}") for key in ("condition", "vif", "dispersion")}
    columns = (
        left("model", say("tables.diagnostics.model"), 1.0),
        *(right(key, title) for key, title in heads.items()),
        *(left(key, say(f"tables.diagnostics.{key}"), 1.0) for key in ("cluster", "source")),
        *(right(key, say(f"tables.diagnostics.{key}")) for key in ("sharing", "project")),
    )
    notes = tuple(say(f"tables.diagnostics.note_{key}") for key in ("terms", "influence", "dependence"))
    return Table("diagnostics", say("tables.diagnostics.caption"), columns, tuple(rows), notes)


def _model(model: str, item: dict[str, Any], names: dict[str, str], results: Results, say: Language) -> Row:
    dependence = item.get("dependence") or {}
    inflation = {key: (dependence.get(key) or {}).get("inflation") for key in ("cluster", "project")}
    pearson = (item.get("dispersion") or {}).get("pearson") or {}
    influence = item.get("influence") or {}
    return row(
        Cell(labels.model(model, results, say), model),
        number((item.get("condition") or {}).get("weighted"), "ratio", say),
        number((item.get("inflation") or {}).get("vif"), "ratio", say),
        number(pearson.get("p_value"), "p_value", say),
        _influential(influence.get("cluster"), names, results, say),
        _influential(influence.get("source"), {}, results, say),
        number(inflation["cluster"], "ratio", say),
        number(inflation["project"], "ratio", say),
    )


def _influential(
    found: dict[str, Any] | None, names: dict[str, str], results: Results, say: Language
) -> Cell:
    """Who changes a coefficient most, by how many standard errors, and which coefficient."""
    if not found or found.get("change_in_errors") is None:
        return Cell(say.number(None, "ratio"), "")
    who = str(found["left_out"])
    text = say(
        "tables.diagnostics.influential",
        who=short(names.get(who, who)),
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

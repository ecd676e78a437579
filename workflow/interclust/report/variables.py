"""Tables of the variables of the models: how each lies in the rows at risk, and how they hang together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import labels, own_rows
from .data_tables import number
from .pages import OWN_ROWS, Numbered, correlation_pages, described
from .table import Cell, Column, Row, Table, group, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results

SPREAD = ("sd", "min", "q1", "median", "q3", "max")
FLAG = ({"0", "1"}, {"0"}, {"1"})


def descriptives(results: Results, say: Language) -> Table:
    """Every feature of the models in each risk set: N, missing, mean, quartiles; of a flag its share.

    Rows that are not of the panel have their outcome first.
    """
    rows: list[Row] = []
    places = {str(item["name"]): place for place, item in enumerate(results.dictionary)}
    for where, names in described(results.models).items():
        names.sort(key=lambda name: places.get(name, len(places)))
        rows.append(group(say.known("risk_sets", where)))
        own = where in OWN_ROWS
        found = own_rows.described(results, where, names) if own else _of_panel(results, where, names)
        rows += [_described(name, item, results, say) for name, item in found.items()]
    keys = ("n", "missing", "mean", *SPREAD)
    columns = (
        left("feature", say("tables.descriptives.feature"), 1.0),
        *(right(key, say(f"tables.descriptives.{key}")) for key in keys),
    )
    notes = (say("tables.descriptives.note"), say("tables.descriptives.note_quartiles"))
    return Table("descriptives", say("tables.descriptives.caption"), columns, tuple(rows), notes)


def _of_panel(results: Results, where: str, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Moments and quartiles of features in a risk set of the panel."""
    moments = results.json("features/moments.json") or {}
    quartiles = {(item["risk_set"], item["feature"]): item for item in results.rows("features/quartiles.csv")}
    return {
        name: {**quartiles.get((where, name), {}), **(moments.get(name) or {}).get(where, {})}
        for name in names
    }


def _described(name: str, found: Mapping[str, Any], results: Results, say: Language) -> Row:
    flag = set(found.get("levels") or ()) in FLAG
    mean = number(found.get("mean"), "share" if flag else "measure", say)
    spread = (Cell("", "") if flag else number(_value(found.get(key)), "measure", say) for key in SPREAD)
    counts = (number(found.get(key), "count", say) for key in ("n", "missing"))
    label = labels.capital(say.known("outcomes", name, default=labels.term(name, results, say)))
    return row(Cell(label, name), *counts, mean, *spread)


def _value(cell: Any) -> float | None:
    return None if cell is None else float(cell)


def correlations(name: str) -> Callable[[Results, Language], Table]:
    """The table of a page of correlations (``pages.correlation_pages``)."""

    def make(results: Results, say: Language) -> Table:
        return _correlations(name, correlation_pages(results.models)[name], results, say)

    return make


def _correlations(name: str, page: Numbered, results: Results, say: Language) -> Table:
    """The lower triangle: variables numbered, those of the page as columns."""
    known = {}
    for item in results.rows("features/correlations.csv"):
        if item["risk_set"] == page.risk_set and item["correlation"] is not None:
            known[frozenset((item["feature_a"], item["feature_b"]))] = float(item["correlation"])
    rows = [_correlated(place, page, known, results, say) for place in range(page.first, len(page.features))]
    columns = [left("feature", say("tables.correlations.feature"), 1.0)]
    columns += [_numbered(place, page, say) for place in range(page.first, page.last)]
    where = labels.lower_first(say.known("risk_sets", page.risk_set))
    key = "continued" if page.first else "caption"
    caption = say(f"tables.correlations.{key}", rows=where)
    return Table(name, caption, tuple(columns), tuple(rows), (say("tables.correlations.note"),))


def _numbered(place: int, page: Numbered, say: Language) -> Column:
    return right(page.features[place], say.number(place + 1, "count"))


def _correlated(
    place: int, page: Numbered, known: Mapping[frozenset[str], float], results: Results, say: Language
) -> Row:
    own = page.features[place]
    label = say(
        "tables.correlations.numbered",
        number=say.number(place + 1, "count"),
        term=labels.term(own, results, say),
    )
    cells = []
    for other in range(page.first, page.last):
        value = 1.0 if other == place else known.get(frozenset((own, page.features[other])))
        cells.append(Cell("", "") if other > place else number(value, "correlation", say))
    return row(Cell(label, own), *cells)

"""Tables of the panel over time: the network, and who came to a first tie or to a tie again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .data_tables import number
from .table import Cell, Row, Table, group, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results

# Columns of the network by scope: the ties of the period alone, then all ties so far.
NOW = {"bodies": "count", "bodies_tied": "count", "ties": "count"}
SO_FAR = {
    "ties": "count",
    "density": "share",
    "components": "count",
    "share_largest": "share",
    "centralisation": "ratio",
    "transitivity": "ratio",
    "transitivity_of_lists": "ratio",
    "share_of_one_list": "share",
}
OUTCOMES = ("emergence", "recurrence")


def network(results: Results, say: Language) -> Table:
    """One row a period: its own ties, then the network of all ties so far.

    A period without ties of its own is not shown (the network so far hardly changes in it), but the last.
    """
    now, so_far = (_by_period(results, scope) for scope in ("period", "cumulative"))
    shown = [period for period in now if float(now[period]["ties"]) or period == list(now)[-1]]
    rows = [
        row(
            Cell(period, period),
            *(_cell(now[period][name], kind, say) for name, kind in NOW.items()),
            *(_cell(so_far[period][name], kind, say) for name, kind in SO_FAR.items()),
        )
        for period in shown
    ]
    columns = (
        left("period", say.known("units", results.unit)),
        *(right(f"{name}_now", say(f"tables.network.now.{name}")) for name in NOW),
        *(right(name, say(f"tables.network.so_far.{name}")) for name in SO_FAR),
    )
    notes = [say("tables.network.note"), say("tables.network.note_lists")]
    notes += [say("tables.network.note_shown")] if len(shown) < len(now) else []
    return Table("network", say("tables.network.caption"), columns, tuple(rows), tuple(notes))


def _by_period(results: Results, scope: str) -> dict[str, dict[str, Any]]:
    found = results.rows("panel/describe/network.csv")
    return {item["period"]: item for item in found if item["scope"] == scope}


def transitions(results: Results, say: Language) -> Table:
    """At risk, events and, on complete records, rates: by period, then by earlier joint projects.

    On incomplete records a period without an event says nothing, and is not shown.
    """
    found = results.rows("panel/describe/transitions.csv")
    cells = {(item["outcome"], item["by"], item["level"]): item for item in found}
    names = ("at_risk", "events") if results.incomplete else ("at_risk", "events", "rate")
    rows: list[Row] = []
    for by in ("period", "prior_projects"):
        own = [item for item in found if item["by"] == by]
        if results.incomplete and by == "period":
            own = [item for item in own if float(item["events"])]
        levels = sorted({item["level"] for item in own}, key=_place)
        if levels:
            rows.append(group(say(f"tables.transitions.by.{by}")))
        rows += [_transition(Cell(level), (by, level), cells, names, say) for level in levels]
    total = Cell(say("tables.transitions.all"), "all")
    rows.append(_transition(total, ("all", None), cells, names, say, kind="total"))
    records = "incomplete" if results.incomplete else "complete"
    columns = (
        left("level", ""),
        *(
            right(f"{outcome}_{name}", say(f"tables.transitions.{records}.{outcome}.{name}"))
            for outcome in OUTCOMES
            for name in names
        ),
    )
    notes = (say(f"tables.transitions.{records}.note"),)
    return Table("transitions", say(f"tables.transitions.{records}.caption"), columns, tuple(rows), notes)


def _place(level: str) -> int:
    """Periods and numbers of projects in their order; ``4+`` is four or more."""
    return int(level.rstrip("+"))


def _transition(
    head: Cell,
    level: tuple[str, str | None],
    cells: dict[Any, dict[str, Any]],
    names: tuple[str, ...],
    say: Language,
    kind: Any = "body",
) -> Row:
    """A row of both outcomes; a cell is blank where no pair was at risk."""
    made = [head]
    for outcome in OUTCOMES:
        item = cells.get((outcome, *level))
        kinds = {"rate": "share"}
        made += [_cell(item[name], kinds.get(name, "count"), say) if item else Cell("", "") for name in names]
    return row(*made, kind=kind)


def _cell(text: Any, kind: str, say: Language) -> Cell:
    """A number of a CSV file as a cell."""
    value = None if text is None else float(text)
    return number(int(value) if kind == "count" and value is not None else value, kind, say)

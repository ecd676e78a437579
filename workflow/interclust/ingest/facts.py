"""Dated facts of bodies: measures, grades, events, and the operational start."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from .bodies import Registry, member_of
from .cells import NOTHING, interval, scaled
from .dates import BEGINNING, Interval, parse_date
from .headers import FACT
from .numbers import parse_number
from .rows import Refusal, Row
from .tables import read_table
from .text import plain

Settings = Mapping[str, Any]
Rows = list[dict[str, Any]]
START_BASES = ("director", "foundation")
# What an event says of a fact that is 1 or 0: a project officer was recruited.
VALUE_OF_EVENT = {"project_officer": 1.0}


def read_events(root: Path, spec: Settings, registry: Registry) -> Rows:
    """Rows of ingest/events, in order of body, date and kind."""
    table = read_table(root, spec, "ingest.events", ("cluster", "date", "event"))
    registry.tables.append(table)

    def event(row: Row) -> dict[str, Any]:
        """One line as an event of a body."""
        if not row["event"]:
            raise Refusal("event", "the event has no kind", "name it or delete the line")
        when = interval(row, "date")
        other = registry.resolver.lookup(row["other"]) if row["other"] else None
        return {
            "cluster_id": member_of(registry, row),
            "event": row["event"],
            "low": when.low if when else None,
            "high": when.high if when else None,
            "other_id": other.cluster_id if other else None,
            "other": row["other"] or None,
            "detail": row["detail"] or None,
            "source": row["source"] or None,
        }

    return sorted(table.accept(event), key=_event_order)


def event_facts(events: Rows, kinds: Mapping[str, str], registry: Registry) -> Rows:
    """Events that are facts of a body; ``kinds`` maps the event to the fact.

    An event without a known beginning ("by 2012-06") may have happened since the body became active.
    """
    rows = []
    for event in events:
        if event["event"] not in kinds or event["high"] is None:
            continue
        begun = registry.bodies[event["cluster_id"]].active_from
        low = event["low"] or min(begun, event["high"])
        fact = kinds[event["event"]]
        rows.append(
            _fact(event["cluster_id"], fact, Interval(low, event["high"]), event["source"])
            | {"text": event["detail"], "value": VALUE_OF_EVENT.get(fact)}
        )
    return rows


def read_measures(root: Path, spec: Settings, registry: Registry) -> Rows:
    """Facts of a long table of measures; ``spec["facts"]`` maps its measures to facts.

    Measures that are not mapped are accepted and counted in the table's notes. ``spec["scale"]`` multiplies
    the values of a measure (its unit in ours).
    """
    table = read_table(root, spec, "ingest.measures", ("cluster", "date", "measure", "value"), ("value",))
    registry.tables.append(table)
    mapped: Mapping[str, str] = spec["facts"]
    scale: Mapping[str, float] = spec.get("scale", {})

    def measure(row: Row) -> tuple[str, dict[str, Any] | None]:
        """One line as its key and the measure of a body at a date; None without a value."""
        key, when = member_of(registry, row), interval(row, "date")
        if when is None:
            raise Refusal("date", "the measure has no date", "give the year")
        blank = plain(row["value"]) in NOTHING
        try:
            signs = row.layout.signs.get("value")
            number = None if blank else parse_number(row["value"], row.layout.decimal, signs)
        except ValueError as error:
            raise Refusal("value", str(error), "correct the number") from None
        if number is not None and number.value < 0:
            raise Refusal("value", "less than nothing", "correct the number or leave it blank")
        if number is None or row["measure"] not in mapped:
            return row["measure"], None
        fact = _fact(key, mapped[row["measure"]], when, row["source"] or None)
        value = scaled(number.value, scale.get(row["measure"], 1), "value")
        return row["measure"], fact | {"value": value, "text": number.note, "bound": number.bound}

    made = table.accept(measure)
    unused = Counter(name for name, fact in made if fact is None)
    if unused:
        listed = ", ".join(f"{name} ({count})" for name, count in sorted(unused.items()))
        table.notes.append(f"{table.file}: measures that no fact uses: {listed}")
    return [fact for _, fact in made if fact is not None]


def column_facts(spec: Settings, registry: Registry) -> Rows:
    """Facts that stand in a column of the clusters (a grade at a date)."""
    rows = []
    for place, fact in enumerate(spec.get("facts", [])):
        when = parse_setting(str(fact["date"]), f"ingest.clusters.facts[{place}].date")
        for key, row in registry.printed.items():
            text = row[f"{FACT}{place}"]
            if text:
                source = f"{registry.tables[0].file}, {fact['column']}"
                made = _fact(key, fact["fact"], when, source)
                rows.append(made | {"text": text, "value": _coded(text, fact.get("values", {}))})
    return rows


def settle(facts: Rows) -> tuple[Rows, Rows]:
    """One row a body, fact and date; contradictory values give a line of conflicts.

    Of several values the one stated most exactly is kept, then the smallest.
    """
    groups: dict[tuple[Any, ...], Rows] = {}
    for fact in facts:
        groups.setdefault((fact["cluster_id"], fact["fact"], fact["low"], fact["high"]), []).append(fact)
    kept, conflicts = [], []
    for key, group in groups.items():
        ranked = sorted(group, key=_preference)
        kept.append(ranked[0])
        values = sorted({_shown(item) for item in group})
        if len(values) > 1:
            conflicts.append(
                {
                    "project_id": None,
                    "cluster_id": key[0],
                    "field": key[1],
                    "values": " | ".join(values),
                    "kept": _shown(ranked[0]),
                    "rule": "the value stated most exactly, then the smallest",
                }
            )
    return kept, conflicts


def set_starts(registry: Registry, events: Rows, kinds: Mapping[str, str]) -> None:
    """The operational start of each body: first director, else foundation, else label (basis kept).

    ``kinds`` names the events: ``{director: director_start, foundation: founded}``.
    """
    for key, row in registry.rows.items():
        row["start_low"] = row["start_high"] = None
        row["start_basis"] = "none"
        for basis in START_BASES:
            dated = [
                e for e in events if e["cluster_id"] == key and e["event"] == kinds.get(basis) and e["high"]
            ]
            if dated:
                first = min(dated, key=lambda e: (e["high"], e["low"] or BEGINNING))
                row["start_low"], row["start_high"] = first["low"] or first["high"], first["high"]
                row["start_basis"] = basis
                break
        else:
            if row["labelled"] is not None:
                row["start_low"] = row["labelled"].low or row["labelled"].high
                row["start_high"], row["start_basis"] = row["labelled"].high, "label"


def read_relations(root: Path, spec: Settings, registry: Registry, where: str = "relations") -> Rows:
    """Rows of ingest/relations (or of another coding of it): 1, 0 or blank (not said)."""
    table = read_table(root, spec, f"ingest.{where}", ("ego", "alter"))
    registry.tables.append(table)
    flags = (
        "contact",
        "practice_exchange",
        "joint_idea",
        "project_attempted",
        "project_realised",
        "same_territory",
    )
    words = ("phase", "initiative", "relation", "catalyst", "brake", "locator")

    def relation(row: Row) -> dict[str, Any]:
        """One line as a coded relation of two bodies."""
        for end in ("ego", "alter"):
            if not row[end]:
                raise Refusal(end, "the relation names only one body", "name both or delete the line")
        ids = {f"{end}_id": registry.resolver.resolve(row[end]).body for end in ("ego", "alter")}
        begun, ended = interval(row, "from"), interval(row, "to")
        if begun is not None and ended is not None and begun.low is not None and ended.high < begun.low:
            raise Refusal("to", "the relation ends before it begins", "correct the dates")
        days = {"from": begun, "to": ended}
        return {
            "ego": row["ego"],
            "alter": row["alter"],
            **{end: body.cluster_id if body else None for end, body in ids.items()},
            **{flag: _flag(row, flag) for flag in flags},
            **{key: row[key] or None for key in words},
            **{f"{key}_low": when.low if when else None for key, when in days.items()},
            **{f"{key}_high": when.high if when else None for key, when in days.items()},
        }

    return table.accept(relation)


def parse_setting(text: str, setting: str) -> Interval:
    """A date given in the study's settings."""
    try:
        when = parse_date(text)
    except ValueError as error:
        raise ConfigError(f"{setting} is {text!r}: {error}") from None
    if when is None:
        raise ConfigError(f"{setting} is blank; give a date")
    return when


def _flag(row: Row, column: str) -> bool | None:
    if row[column] not in ("", "0", "1"):
        raise Refusal(column, "neither 1, 0 nor blank", "code it 1, 0 or leave it blank")
    return None if row[column] == "" else row[column] == "1"


def _fact(key: str, fact: str, when: Interval, source: str | None) -> dict[str, Any]:
    low = when.low or when.high
    base = {"cluster_id": key, "fact": fact, "low": low, "high": when.high, "source": source}
    return {**base, "value": None, "text": None, "bound": "exact"}


def _coded(text: str, codes: Mapping[str, float]) -> float | None:
    """The number of a printed grade: the whole text, else the longest code that begins it."""
    words = plain(text)
    fitting = [code for code in codes if words.startswith(plain(code))]
    return float(codes[max(fitting, key=len)]) if fitting else None


def _preference(fact: dict[str, Any]) -> tuple[Any, ...]:
    order = ("exact", "about", "at_least", "planned")
    value = fact["value"]
    return (order.index(fact["bound"]), value is None, value or 0.0, fact["text"] or "", fact["source"] or "")


def _shown(fact: dict[str, Any]) -> str:
    value = fact["value"]
    return f"{value:g}" if value is not None else fact["text"] or ""


def _event_order(event: dict[str, Any]) -> tuple[Any, ...]:
    latest = event["high"] or BEGINNING
    return (
        event["cluster_id"],
        latest,
        event["low"] or latest,
        event["event"],
        event["other"] or "",
        event["detail"] or "",
    )

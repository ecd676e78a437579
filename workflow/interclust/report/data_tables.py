"""Tables of the data: the flow of records, the periods, the features, where it all comes from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import decoded, labels
from .figures.calls import counts
from .table import Cell, Row, Table, group, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results


def number(value: Any, kind: str, say: Language) -> Cell:
    """A cell with a number: the text of the language, the value at full precision."""
    missing = value is None or value != value
    return Cell(say.number(None if missing else value, kind), "" if missing else value)


def flow(results: Results, say: Language) -> Table:
    """Steps from raw rows to the rows of models, unit by unit, and what each one leaves out.

    A step that leaves nothing out is not shown, unless it is the first of its unit.
    """
    rows: list[Row] = []
    for unit in dict.fromkeys(item["unit"] for item in results.flow):
        own = [item for item in results.flow if item["unit"] == unit]
        rows.append(group(say.known("flow_units", unit)))
        rows += [_step(item, results, say) for place, item in enumerate(own) if place == 0 or item["left"]]
    columns = (
        left("step", say("tables.flow.step"), 1.1),
        right("kept", say("tables.flow.kept")),
        right("left", say("tables.flow.left")),
        left("why", say("tables.flow.why"), 1.2),
    )
    return Table("flow", say("tables.flow.caption"), columns, tuple(rows))


def _step(item: dict[str, Any], results: Results, say: Language) -> Row:
    why = item.get("why") or ""
    reason = say.known("flow_reasons", item["step"], default=why)
    if not results.incomplete:  # one name on a complete list is a fact, on another it is not
        reason = say.known("flow_reasons_complete", item["step"], default=reason)
    return row(
        Cell(say.known("flow_steps", item["step"], default=plain(item["step"])), item["step"]),
        number(item["kept"], "count", say),
        number(item["left"], "count", say) if item["left"] else Cell("", 0),
        Cell(reason if why else "", why),
    )


def plain(code: str) -> str:
    """A code as words, where no better ones are known."""
    text = code.replace("_", " ")
    return text[:1].upper() + text[1:]


def calls(results: Results, say: Language) -> Table:
    """One row a period: what was financed, recorded, listed and tied, and the two rates."""
    found = counts(results)
    periods = results.table("ingest", "periods")
    rows = []
    for place, period in enumerate(periods.to_dict("records")):
        low, high = period["n_financed_low"], period["n_financed_high"]
        rows.append(
            row(
                Cell(found["label"][place], period["period"]),
                Cell(period["reference"].date().isoformat()),
                Cell(_span(low, high, say), "" if low is None or low != low else low),
                number(found["records"][place], "count", say),
                number(found["lists"][place], "count", say),
                number(found["ties"][place], "count", say),
                number(found["record_rate"][place], "share", say),
                number(found["visibility"][place], "share", say),
            )
        )
    names = ("financed", "records", "lists", "ties", "record_rate", "visibility")
    columns = (
        left("period", say.known("units", results.unit)),
        left("reference", say("tables.calls.reference")),
        *(right(name, say(f"tables.calls.{name}")) for name in names),
    )
    notes = (say("tables.calls.note_lists"), say("tables.calls.note_rates"))
    return Table("calls", say("tables.calls.caption"), columns, tuple(rows), notes)


def _span(low: Any, high: Any, say: Language) -> str:
    """A count known exactly or between two limits."""
    known = [value for value in (low, high) if value is not None and value == value]
    texts = list(dict.fromkeys(say.number(value, "count") for value in known))
    return "–".join(texts) if texts else say.number(None, "count")


def dictionary(results: Results, say: Language) -> Table:
    """The features that the models of the study use, each with its rules."""
    used = {name for fit in results.fits.values() for name in features_of(fit)}
    settings = decoded.settings(results)
    rows = [
        row(
            Cell(labels.capital(_in(item, "label", say) or str(item["name"])), item["name"]),
            Cell(decoded.definition(_in(item, "definition", say), settings, say)),
            Cell(_in(item, "unit", say)),
            Cell(_in(item, "date_rule", say)),
            Cell(decoded.definition(_in(item, "missing_rule", say), settings, say)),
        )
        for item in results.dictionary
        if item["name"] in used
    ]
    columns = (
        left("feature", say("tables.dictionary.feature"), 1.0),
        left("definition", say("tables.dictionary.definition"), 1.9),
        left("unit", say("tables.dictionary.unit"), 0.6),
        left("date_rule", say("tables.dictionary.date_rule"), 1.1),
        left("missing_rule", say("tables.dictionary.missing_rule"), 1.2),
    )
    return Table("dictionary", say("tables.dictionary.caption"), columns, tuple(rows))


def features_of(fit: dict[str, Any]) -> set[str]:
    """The columns that the terms, moderators and duration of a model name."""
    spec = fit.get("spec") or {}
    terms = [*(spec.get("terms") or []), *(parameter["term"] for parameter in fit.get("params") or [])]
    terms += [name for pair in spec.get("moderators") or [] for name in pair]
    terms.append((spec.get("duration") or {}).get("column") or "")
    return {name for term in terms for name in re.findall(r"[A-Za-z_]\w*", term)}


def _in(item: dict[str, Any], column: str, say: Language) -> str:
    """A text of the dictionary in the language, else as it stands."""
    text = item.get(f"{column}_{say.code}") or item.get(f"{column}_en") or item.get(column) or ""
    return say.typography(str(text))


def provenance(facts: dict[str, Any], say: Language) -> Table:
    """Version, configuration, seed and raw files with their hashes (``provenance.facts``)."""
    rows = [
        row(say("tables.provenance.version"), str(facts["version"])),
        row(say("tables.provenance.config"), facts["config"]),
        row(say("tables.provenance.seed"), str(facts["seed"])),
    ]
    if facts["raw"]:
        rows.append(group(say("tables.provenance.raw")))
        rows += [row(name, digest) for name, digest in facts["raw"].items()]
    columns = (
        left("item", say("tables.provenance.item")),
        left("value", say("tables.provenance.value"), 1.0),
    )
    return Table("provenance", say("tables.provenance.caption"), columns, tuple(rows))

"""A paper's tables, paraphrased: each row with verdicts, counts of the ledger, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from . import decoded
from .scoreboard import NOT_TESTABLE, RATIOS
from .table import Cell, Row, Table, group, left, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results
    from .results import Row as Line

EVIDENCE = "effects/paper_tables.csv"
KIND = "paper_table"


def tables(results: Results, say: Language) -> list[Table]:
    """Every paper table of a study, in the study's order."""
    return [table(results, say, name) for name in (results.study.get("ledger") or {}).get("tables") or {}]


def maker(name: str) -> Callable[[Results, Language], Table] | None:
    """What makes the table ``paper_table--<name>``; None for other names."""
    kind, _, own = name.partition("--")
    return partial(table, name=own) if kind == KIND else None


def table(results: Results, say: Language, name: str) -> Table:
    """One table: what the paper says, the verdicts, the rows of the ledger, and what would settle it."""
    spec = results.study["ledger"]["tables"][name]
    evidence: dict[str, list[Line]] = {}
    for item in results.rows(EVIDENCE):
        if item["table"] == name:
            evidence.setdefault(item["row"], []).append(item)
    lines: list[Row] = []
    for key in dict.fromkeys(entry["group"] for entry in spec["rows"]):
        lines.append(group(say.of(spec["groups"][key])))
        own = [entry for entry in spec["rows"] if entry["group"] == key]
        lines += [_row(entry, evidence.get(entry["id"], []), say) for entry in own]
    shares = {"text": 1.1, "verdicts": 0.9, "ledger": 0.7, "missing": 1.3}
    columns = tuple(left(key, say(f"paper_tables.{key}"), share) for key, share in shares.items())
    notes = (say.of(spec["note"]), say("paper_tables.note"))
    return Table(f"{KIND}--{name}", say.of(spec["caption"]), columns, tuple(lines), notes)


def _row(entry: dict[str, Any], evidence: list[Line], say: Language) -> Row:
    judged = _of(evidence, "hypothesis", entry.get("hypotheses", ()))
    counted = zip(entry.get("ledger", ()), _of(evidence, "ledger"), strict=True)
    column = "remedy" if say.code == "en" else f"remedy_{say.code}"
    remedies = [item[column] for item in (*judged, *_of(evidence, "missing")) if item[column]]
    text = say(
        "paper_tables.row",
        text=say.of(entry["text"]).rstrip("."),
        section=decoded.place(entry["section"], say),
    )
    between = say("paper_tables.between")
    cells = (
        between.join(_verdict(item, say) for item in judged),
        between.join(_count(spec, item, say) for spec, item in counted),
        " ".join(dict.fromkeys(remedies)),
    )
    return row(
        Cell(text, entry["id"]), *(Cell(say.typography(cell) or say.number(None, "count")) for cell in cells)
    )


def _of(evidence: list[Line], kind: str, order: Any = ()) -> list[Line]:
    """The evidence of one kind, hypotheses in the order of the row's file."""
    own = [item for item in evidence if item["kind"] == kind]
    return sorted(own, key=lambda item: list(order).index(item["item"])) if order else own


def _verdict(item: Line, say: Language) -> str:
    """The verdict with its classes, or with the estimate of a test that was made."""
    words = say.known("verdicts", item["verdict"])
    if item["estimate"] is None:
        classes = f" ({item['class']})" if item["class"] and item["verdict"] == NOT_TESTABLE else ""
        return say("paper_tables.verdict", id=item["item"], verdict=f"{words}{classes}")
    kind = "ratio" if str(item["effect_id"]).split(":")[0] in RATIOS else "coefficient"
    return say(
        "paper_tables.estimate",
        id=item["item"],
        verdict=words,
        estimate=say.number(item["estimate"], kind),
        interval=say.numerals.interval(item["conf_low"], item["conf_high"], kind),
    )


def _count(spec: dict[str, Any], item: Line, say: Language) -> str:
    counts = {name: int(item[name]) for name in ("case", "other")}
    shown = {name: say.number(count, "count") for name, count in counts.items()}
    key = "count_other" if counts["other"] else "count"
    return say(f"paper_tables.{key}", what=say.of(spec["what"]), **shown)

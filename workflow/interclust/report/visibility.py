"""What models say if only some ties are seen: one row a visibility, and the range over all that may be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from . import labels
from .data_tables import number
from .evidence import HIDDEN_TERMS
from .table import Cell, Column, Row, Table, group, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results

Line = dict[str, Any]


def profiled(results: Results) -> dict[str, dict[str, Any]]:
    """The verdict on visibility of each model that is profiled over it, by name."""
    names = [name for name, spec in results.models.items() if spec.get("visibility")]
    found = {name: results.json(f"models/{name}/visibility.json") for name in names}
    return {name: verdict for name, verdict in found.items() if verdict is not None}


def sentences(results: Results, say: Language) -> list[str]:
    """What the records say of the visibility of ties, one sentence a model."""
    return [_sentence(verdict, say) for verdict in profiled(results).values()]


def _sentence(verdict: dict[str, Any], say: Language) -> str:
    shares = {
        key: say.number(verdict[key], "share")
        for key in ("visibility", "low", "high")
        if verdict.get(key) is not None
    }
    reason = labels.not_fitted(str(verdict.get("reason") or ""), say)
    return say(f"tables.visibility.verdicts.{verdict['verdict']}", reason=reason, **shares)


def table(results: Results, say: Language) -> Table:
    """Ratios under each visibility that the records leave, model by model, and their range."""
    models = {name: _lines(results, name) for name in profiled(results)}
    terms = list(dict.fromkeys(line["term"] for lines in models.values() for line in lines if _shown(line)))
    rows: list[Row] = []
    for name, lines in models.items():
        rows.append(group(labels.model(name, results, say)))
        for value in dict.fromkeys(line["visibility"] for line in lines):
            own = [line for line in lines if line["visibility"] == value]
            cells = (_ratio([line for line in own if line["term"] == term], say) for term in terms)
            deviance = number(_float(own[0]["deviance"]), "likelihood", say)
            rows.append(row(number(float(value), "share", say), deviance, *cells))
        cells = (_range([line for line in lines if line["term"] == term], say) for term in terms)
        rows.append(row(Cell(say("tables.visibility.range")), Cell(""), *cells, kind="total"))
    columns: tuple[Column, ...] = (
        left("visibility", say("tables.visibility.visibility"), 1.0),
        right("deviance", say("tables.visibility.deviance")),
        *(right(term, labels.term(term, results, say)) for term in terms),
    )
    bounds = {
        say.number(item["bound"], "likelihood") for item in profiled(results).values() if "bound" in item
    }
    notes = [say("tables.visibility.note_ratio")]
    notes += [say("tables.visibility.note_deviance", bound=bound) for bound in sorted(bounds)]
    return Table("visibility", say("tables.visibility.caption"), columns, tuple(rows), tuple(notes))


def _lines(results: Results, model: str) -> list[Line]:
    return results.rows(f"models/{model}/visibility.csv")


def _shown(line: Line) -> bool:
    return line["term"] is not None and line["term"] not in HIDDEN_TERMS


def _left(lines: list[Line]) -> list[Line]:
    """The lines of visibilities that the records leave."""
    return [line for line in lines if line["inside"] == "True" and line["estimate"] is not None]


def _ratio(lines: list[Line], say: Language) -> Cell:
    kept = _left(lines)
    if not kept:
        return Cell(say.number(None, "ratio"), "")
    ratio, low, high = (math.exp(kept[0][key]) for key in ("estimate", "conf_low", "conf_high"))
    return Cell(f"{say.number(ratio, 'ratio')} {say.numerals.interval(low, high, 'ratio')}", ratio)


def _range(lines: list[Line], say: Language) -> Cell:
    """The least and the greatest estimate, and the hull of the intervals."""
    kept = _left(lines)
    if not kept:
        return Cell(say.number(None, "ratio"), "")
    ratios = [math.exp(line["estimate"]) for line in kept]
    ends = [
        math.exp(choose(line[key] for line in kept))
        for choose, key in ((min, "conf_low"), (max, "conf_high"))
    ]
    texts = dict.fromkeys(say.number(value, "ratio") for value in (min(ratios), max(ratios)))
    text = "–".join(texts) + " " + say.numerals.interval(ends[0], ends[1], "ratio")
    return Cell(text, f"{min(ratios)!r};{max(ratios)!r}")


def _float(text: Any) -> float | None:
    return None if text is None else float(text)

"""Tables of the models: coefficients, sizes and fit, the headline under other choices, the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import evidence, labels
from .data_tables import number
from .sensitivity import variant_key
from .table import Cell, Row, Table, group, left, right, row
from .truth import joined

if TYPE_CHECKING:
    from .language import Language
    from .results import Results

LEVEL = 0.95


def models(results: Results, say: Language) -> Table:
    """Coefficient, error, ratio and interval of every term of interest, model by model."""
    rows: list[Row] = []
    for name in results.fitted:
        rows.append(group(labels.model_title(name, results, say)))
        rows.extend(_coefficients(results, name, say))
    level = say.number(LEVEL, "share")
    columns = (
        left("term", say("tables.models.term"), 1.0),
        right("estimate", say("tables.models.estimate")),
        right("std_error", say("tables.models.std_error")),
        right("ratio", say("tables.models.ratio")),
        right("interval", say("tables.models.interval", level=level)),
        right("p_value", say("tables.models.p_value")),
    )
    kinds = dict.fromkeys(labels.covariance(results.covariance(name), say) for name in results.fitted)
    notes = (
        say("tables.models.note_error", kinds="; ".join(kinds)),
        say("tables.models.note_ratio"),
        say("tables.models.note_hidden"),
    )
    return Table("models", say("tables.models.caption"), columns, tuple(rows), notes)


def _coefficients(results: Results, model: str, say: Language) -> list[Row]:
    ratios = {evidence.canonical(item.term): item for item in evidence.ratios(results, model)}
    rows = []
    for item in evidence.coefficients(results, model):
        name = str(item["term"])
        ratio = ratios.get(evidence.canonical(name))
        if evidence.hidden(name) and ratio is None:
            continue
        rows.append(
            row(
                Cell(labels.term(name, results, say), name),
                number(item["estimate"], "coefficient", say),
                number(item["std_error"], "coefficient", say),
                number(ratio.estimate if ratio else None, "ratio", say),
                interval(ratio.low if ratio else None, ratio.high if ratio else None, "ratio", say),
                number(ratio.p_value if ratio else None, "p_value", say),
            )
        )
    return rows


def interval(low: float | None, high: float | None, kind: str, say: Language) -> Cell:
    """A cell with an interval."""
    if low is None or high is None:
        return Cell(say.number(None, kind), "")
    return Cell(say.numerals.interval(low, high, kind), f"{low!r};{high!r}")


def sensitivity(results: Results, say: Language) -> Table:
    """The headline's ratios, one column a term and one row a variant."""
    terms = list(dict.fromkeys(str(item["term"]) for item in results.sensitivity))
    rows = []
    for variant in dict.fromkeys(variant_key(item) for item in results.sensitivity):
        own = [item for item in results.sensitivity if variant_key(item) == variant]
        cells = [_spread([item for item in own if item["term"] == name], say) for name in terms]
        lists = sorted({item["n_lists"] for item in own if item.get("n_lists") is not None})
        rows.append(row(Cell(labels.variant(variant, say), variant), *cells, _counts(lists, say)))
    columns = (
        left("variant", say("tables.sensitivity.variant"), 1.0),
        *(right(name, labels.term(name, results, say)) for name in terms),
        right("lists", say("tables.sensitivity.lists")),
    )
    title = labels.model(results.headline, results, say) if results.headline else ""
    caption = say("tables.sensitivity.caption", model=title)
    return Table("sensitivity", caption, columns, tuple(rows), (say("tables.sensitivity.note"),))


def _spread(rows: list[dict[str, Any]], say: Language) -> Cell:
    """One ratio with its interval, or the range of several."""
    ratios = [item["ratio"] for item in rows if item.get("ratio") is not None]
    if not ratios:
        return Cell(say.number(None, "ratio"), "")
    if len(ratios) > 1:
        text = say(
            "tables.sensitivity.range",
            low=say.number(min(ratios), "ratio"),
            high=say.number(max(ratios), "ratio"),
        )
        return Cell(text, f"{min(ratios)!r};{max(ratios)!r}")
    low, high = rows[0].get("conf_low"), rows[0].get("conf_high")
    text = say.number(ratios[0], "ratio")
    if low is not None and high is not None:
        text += " " + say.numerals.interval(low, high, "ratio")
    return Cell(text, ratios[0])


def _counts(values: list[float], say: Language) -> Cell:
    texts = [say.number(value, "count") for value in dict.fromkeys(values[:1] + values[-1:])]
    return Cell("–".join(texts) if texts else say.number(None, "count"), values[0] if values else "")


def truth(results: Results, say: Language) -> Table:
    """The truth of every term beside its estimate, model by model."""
    rows: list[Row] = []
    for model in dict.fromkeys(str(item["model"]) for item in results.truth):
        own = joined(results, model)
        if own:
            rows.append(group(labels.model(model, results, say)))
        rows.extend(
            row(
                Cell(labels.term(item["term"], results, say), item["term"]),
                _truth(item, say),
                number(item["estimate"], "coefficient", say),
                number(item["std_error"], "coefficient", say),
                interval(item["conf_low"], item["conf_high"], "coefficient", say),
                Cell(_inside(item["inside"], say)),
            )
            for item in own
        )
    columns = (
        left("term", say("tables.truth.term"), 1.0),
        right("truth", say("tables.truth.truth")),
        right("estimate", say("tables.truth.estimate")),
        right("std_error", say("tables.truth.std_error")),
        right("interval", say("tables.truth.interval", level=say.number(LEVEL, "share"))),
        left("inside", say("tables.truth.inside")),
    )
    return Table("truth", say("tables.truth.caption"), columns, tuple(rows), (say("tables.truth.note"),))


def _inside(inside: bool | None, say: Language) -> str:
    return "" if inside is None else say(f"truth_inside.{str(inside).lower()}")


def _truth(item: dict[str, Any], say: Language) -> Cell:
    text = say.number(item["truth"], "coefficient")
    if item.get("mc_error"):
        text += f" ± {say.number(item['mc_error'], 'coefficient')}"
    return Cell(text, "" if item["truth"] is None else item["truth"])

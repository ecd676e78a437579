"""Models side by side: rows are terms, columns the models of one outcome, below them their fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import evidence, labels
from .data_tables import number
from .pages import regression_pages
from .results import CHOICE
from .table import Cell, Row, Table, group, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results

STARS = (0.05, 0.01, 0.001)
SIZES = ("rows", "lists", "events", "clusters")
Cells = Mapping[str, str]


def regression(name: str) -> Callable[[Results, Language], Table]:
    """The table of a page of models (``pages.regression_pages``)."""

    def make(results: Results, say: Language) -> Table:
        found = [model for model in regression_pages(results.models)[name] if model in results.fitted]
        return _table(name, found, results, say)

    return make


def _table(name: str, models: Sequence[str], results: Results, say: Language) -> Table:
    _, outcome, *page = name.split("--")
    columns = [left("term", say("tables.regression.term"), 1.0)]
    columns += [right(model, _numbered(place, say)) for place, model in enumerate(models)]
    rows = [*_terms(models, results, say), group(say("tables.regression.fit"))]
    rows += [
        _sizes(key, models, results, say) for key in SIZES if any(_size(results, m, key) for m in models)
    ]
    rows += [_fit(key, models, results, say) for key in ("loglik", "aic")]
    rows += [
        row(Cell(say("tables.regression.df"), "df"), *(_freedom(results, model, say) for model in models)),
        _yes("period_effects", "none", models, results, say),
        _yes("cluster_effects", False, models, results, say),
    ]
    key = "continued" if page else "caption"
    caption = say(f"tables.regression.{key}", outcome=say.known("outcomes", outcome))
    return Table(name, caption, tuple(columns), tuple(rows), _notes(models, results, say), narrow=True)


def _terms(models: Sequence[str], results: Results, say: Language) -> list[Row]:
    """Terms in the order of the models, products behind them, parts of a model one after the other."""
    found: dict[str, dict[str, Cell]] = {}
    labelled: dict[str, str] = {}
    for model in models:
        ratios = {evidence.canonical(item.term): item for item in evidence.ratios(results, model)}
        for item in evidence.coefficients(results, model):
            key = evidence.canonical(str(item["term"]))
            if evidence.hidden(str(item["term"])) and key not in ratios:
                continue
            found.setdefault(key, {})[model] = _cell(item, ratios.get(key), results, say)
            labelled.setdefault(key, str(item["term"]))
    ordered = sorted(found, key=lambda key: _place(labelled[key]))
    return [
        row(
            Cell(labels.term(labelled[key], results, say), labelled[key]),
            *(found[key].get(model, Cell("", "")) for model in models),
        )
        for key in ordered
    ]


def _place(term: str) -> tuple[str, int]:
    """Part of the model, then the number of factors."""
    part, name = evidence.split(term)
    return part, name.count(":")


def _cell(item: Mapping[str, Any], ratio: evidence.Ratio | None, results: Results, say: Language) -> Cell:
    """Coefficient with its stars, standard error in brackets and ratio, one below the other."""
    stars = _stars(ratio.p_value if ratio else None) if _starred(results) else ""
    error = say.number(item["std_error"], "coefficient")
    lines = [say.number(item["estimate"], "coefficient") + stars, f"({error})"]
    lines += [f"×{say.number(ratio.estimate, 'ratio')}"] if ratio else []
    values = (item["estimate"], item["std_error"], ratio.estimate if ratio else None)
    return Cell("\n".join(lines), ";".join("" if value is None else repr(value) for value in values))


def _starred(results: Results) -> bool:
    return bool(results.study.get("report", {}).get("stars"))


def _stars(p: float | None) -> str:
    return "" if p is None else "*" * sum(p < level for level in STARS)


def _size(results: Results, model: str, key: str) -> Any:
    """A size of the sample; a list choice has lists, its events, and no rows."""
    choice = results.outcome(model) == "list_choice"
    return None if choice and key == "events" else (results.fits[model].get("n") or {}).get(key)


def _sizes(key: str, models: Sequence[str], results: Results, say: Language) -> Row:
    cells = (number(_size(results, model, key), "count", say) for model in models)
    return row(Cell(say(f"tables.regression.{key}"), key), *cells)


def _fit(key: str, models: Sequence[str], results: Results, say: Language) -> Row:
    cells = (number(results.fits[model].get(key), "likelihood", say) for model in models)
    return row(Cell(say(f"tables.regression.{key}"), key), *cells)


def _freedom(results: Results, model: str, say: Language) -> Cell:
    """Degrees of freedom of the covariance: one number, or the lowest and the highest over the terms."""
    items = evidence.coefficients(results, model)
    shown = [item for item in items if not evidence.hidden(str(item["term"]))] or items
    found = [item["df"] for item in shown if item["df"] is not None]
    if not found:
        return Cell("∞", "")
    ends = dict.fromkeys(say.number(value, "freedom") for value in (min(found), max(found)))
    return Cell("–".join(ends), ";".join(dict.fromkeys(repr(value) for value in (min(found), max(found)))))


def _yes(key: str, without: object, models: Sequence[str], results: Results, say: Language) -> Row:
    """Whether each model has effects of periods, or of clusters."""
    having = [
        results.models[model].get(key, without) != without or _own_visibility(key, model, results)
        for model in models
    ]
    cells = (Cell(say.known("codes", str(int(has))), int(has)) for has in having)
    return row(Cell(say(f"tables.regression.{key}"), key), *cells)


def _own_visibility(key: str, model: str, results: Results) -> bool:
    """Whether a choice of lists has a term for each cluster, which takes up how visible it is."""
    spec = results.models[model]
    return key == "cluster_effects" and spec.get("outcome") == CHOICE and spec.get("alpha") == "free"


def _notes(models: Sequence[str], results: Results, say: Language) -> tuple[str, ...]:
    named = [
        say(
            "tables.regression.model",
            number=_numbered(place, say),
            model=labels.model_title(name, results, say),
        )
        for place, name in enumerate(models)
    ]
    families, errors, checks = (
        _shared({name: of(results, name, say) for name in models}, say) for of in (_family, _errors, _check)
    )
    notes = [
        say("tables.regression.note_models", models=say("paper_tables.between").join(named)),
        say("tables.regression.note_cells", families=families, errors=errors, checks=checks),
    ]
    if _starred(results):
        levels = (
            say("tables.regression.star", stars="*" * (place + 1), level=say.number(level, "level"))
            for place, level in enumerate(STARS)
        )
        notes.append(say("tables.regression.note_stars", levels=", ".join(levels)))
    return tuple(notes)


def _shared(texts: Cells, say: Language) -> str:
    """A text for each model: once where it is that of all, else with the numbers of those that have it."""
    places: dict[str, list[str]] = {}
    for place, text in enumerate(texts.values()):
        places.setdefault(text, []).append(_numbered(place, say))
    if len(places) == 1:
        return next(iter(places))
    return say("paper_tables.between").join(
        f"{text} {', '.join(numbers)}" for text, numbers in places.items()
    )


def _numbered(place: int, say: Language) -> str:
    return f"({say.number(place + 1, 'count')})"


def _family(results: Results, model: str, say: Language) -> str:
    choice = results.outcome(model) == "list_choice"
    return say.known("families", "list_choice" if choice else results.fits[model].get("family"))


def _errors(results: Results, model: str, say: Language) -> str:
    return labels.covariance(results.covariance(model), say)


def _check(results: Results, model: str, say: Language) -> str:
    """The library that a fit was held against, with its version."""
    checked = results.reference.get(model) or results.fits[model].get("reference") or {}
    library = " ".join(str(checked[key]) for key in ("library", "version") if checked.get(key))
    return library or say("tables.regression.own")

"""How well the models forecast, beside other predictors: what is read, and the table of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import labels
from .data_tables import number
from .table import Cell, Row, Table, group, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results
    from .results import Row as Line

POOLED = "pooled"
MODEL, PREVALENCE = "model", "prevalence"
# The scores that are printed, with the kind of their numbers; all others stand in validation.csv.
METRICS = {
    "roc_auc_within": "coefficient",
    "roc_auc_within_lead": "coefficient",
    "pr_auc": "coefficient",
    "brier_skill": "share",
    "calibration_slope": "coefficient",
}
CARRIED = "level_carried"


def asked(results: Results) -> list[str]:
    """The models of which forecasts are asked for."""
    return [name for name in results.model_order if results.models[name].get("validation") is not None]


def scores(results: Results, model: str) -> list[Line]:
    """All scores of a model and of the predictors beside it."""
    return results.rows(f"models/{model}/validation.csv")


def pooled(results: Results, model: str) -> dict[str, dict[str, Line]]:
    """Scores over all periods that were forecast, by predictor and score; none where none was."""
    found: dict[str, dict[str, Line]] = {}
    for item in scores(results, model):
        if item["period"] == POOLED and item["metric"] is not None:
            found.setdefault(str(item["predictor"]), {})[str(item["metric"])] = item
    return found


def judged(results: Results) -> list[str]:
    """The models that were forecast."""
    return [name for name in asked(results) if pooled(results, name)]


def forecast_periods(results: Results, model: str) -> list[int]:
    """The periods that were forecast, in order."""
    lines = scores(results, model)
    return sorted({int(item["period"]) for item in lines if item["period"] != POOLED and item["metric"]})


def table(results: Results, say: Language) -> Table:
    """The predictors below each other, model by model, with the scores beside each other."""
    rows: list[Row] = []
    for model in judged(results):
        found = pooled(results, model)
        rows.append(group(heading(results, model, say)))
        rows.extend(_predictor(name, own, say) for name, own in found.items())
    words = "tables.validation"
    columns = (
        left("predictor", say(f"{words}.predictor"), 1.0),
        *(right(metric, say(f"{words}.metrics.{metric}")) for metric in METRICS),
    )
    return Table("validation", say(f"{words}.caption"), columns, tuple(rows), _notes(results, say))


def heading(results: Results, model: str, say: Language) -> str:
    """A model with what was forecast."""
    line = pooled(results, model)[MODEL]["brier"]
    periods = forecast_periods(results, model)
    return say(
        "tables.validation.group",
        model=labels.model_title(model, results, say),
        events=say.number(line["n_events"], "count"),
        rows=say.number(line["n_rows"], "count"),
        first=say.number(periods[0], "plain"),
        last=say.number(periods[-1], "plain"),
    )


def _predictor(name: str, own: dict[str, Line], say: Language) -> Row:
    cells = [_score(own.get(metric), kind, say) for metric, kind in METRICS.items()]
    return row(Cell(say.known("predictors", name), name), *cells)


def _score(item: Line | None, kind: str, say: Language) -> Cell:
    """A score with its interval, where it has one."""
    if item is None or item["estimate"] is None:
        return Cell("", "")
    cell = number(item["estimate"], kind, say)
    if item["conf_low"] is None or item["conf_high"] is None:
        return cell
    limits = say.numerals.interval(item["conf_low"], item["conf_high"], kind)
    return Cell(f"{cell.text} {limits}", item["estimate"])


def _notes(results: Results, say: Language) -> tuple[str, ...]:
    words = "tables.validation"
    notes = [say(f"{words}.note_recorded")] if results.incomplete else []
    notes += [say(f"{words}.note_how"), say(f"{words}.note_scores")]
    carried = [
        name for name in judged(results) if pooled(results, name)[MODEL]["brier"].get("note") == CARRIED
    ]
    if carried:
        notes.append(say(f"{words}.note_carried", models=_listed(carried, results, say)))
    without = [name for name in asked(results) if name not in judged(results)]
    if without:
        notes.append(say(f"{words}.note_none", models=_listed(without, results, say)))
    return tuple(notes)


def _listed(models: list[str], results: Results, say: Language) -> str:
    return "; ".join(labels.model(name, results, say) for name in models)

"""Forecasts in the report: the table, the figure, and what they must say on incomplete records."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import jinja2
import pandas as pd
import pytest

from interclust.io import read_json, write_csv, write_json
from interclust.models.validation import curve, scores
from interclust.report import document, validation
from interclust.report.draw import draw
from interclust.report.exhibits import describe
from interclust.report.figures import calibration, style
from interclust.report.language import Language
from interclust.report.results import Results
from interclust.report.tabulate import tabulate
from report_fixture import write_study

EN, FR = Language("en"), Language("fr")
VALUES = {
    "roc_auc_within": 0.7,
    "pr_auc": 0.05,
    "brier": 0.02,
    "brier_skill": 0.017,
    "calibration_slope": 0.886,
}


def validated(folder: Path, *, synthetic: bool) -> Results:
    """The hand-made study with forecasts of its first panel model; of recurrence none could be made."""
    write_study(folder, synthetic=synthetic)
    study = read_json(folder / "study.json")
    first = "emergence_moderated" if synthetic else "emergence_firth"
    for name in (first, "recurrence_core"):
        study["models"][name]["validation"] = {}
    write_json(study, folder / "study.json")
    write_csv(scores_of(), folder / f"models/{first}/validation.csv")
    bins = [
        (name, k, 0.002 * 2**k, 0.0 if k == 1 else 0.0015 * 2**k)
        for name in calibration.LOOKS
        for k in (1, 2, 3)
    ]
    rows = [(*item, item[3] / 2, item[3] * 2 + 0.001, 500, round(500 * item[3])) for item in bins]
    write_csv(pd.DataFrame(rows, columns=list(curve.COLUMNS)), folder / f"models/{first}/calibration.csv")
    none = {"predictor": "model", "period": "pooled", "note": "not_forecast: too few"}
    write_csv(
        pd.DataFrame([none], columns=list(scores.COLUMNS)), folder / "models/recurrence_core/validation.csv"
    )
    write_csv(pd.DataFrame(columns=list(curve.COLUMNS)), folder / "models/recurrence_core/calibration.csv")
    return Results(folder)


def scores_of() -> pd.DataFrame:
    rows = []
    for predictor in ("model", "prevalence", "boosting"):
        for metric, value in VALUES.items():
            limits = {"conf_low": value - 0.01, "conf_high": value + 0.01, "n_rows": 19014, "n_events": 371}
            note = "level_carried" if predictor == "model" else ""
            head = {"predictor": predictor, "period": "pooled", "metric": metric, "estimate": value}
            rows.append(head | limits | {"note": note})
        for period in (9, 13, 24):
            rows.append(
                {"predictor": predictor, "period": period, "metric": "brier", "estimate": 0.1, "note": ""}
            )
    rows.append({"predictor": "model", "period": 8, "note": "not_forecast: too few"})
    return pd.DataFrame(rows, columns=list(scores.COLUMNS))


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return validated(tmp_path_factory.mktemp("press"), synthetic=False)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return validated(tmp_path_factory.mktemp("world"), synthetic=True)


def test_predictors_stand_beside_each_other_with_their_intervals(world: Results) -> None:
    table = validation.table(world, EN)
    heading, first, *_ = table.rows
    assert heading.cells[0].text == "First tie (cloglog): 371 events in 19,014 rows forecast, periods 9 to 24"
    assert [cell.text for cell in first.cells] == [
        "the model",
        "0.700 [0.690, 0.710]",
        "",
        "0.050 [0.040, 0.060]",
        "1.7% [0.7%, 2.7%]",
        "0.886 [0.876, 0.896]",
    ]
    assert [row.cells[0].stored for row in table.rows[1:]] == ["model", "prevalence", "boosting"]
    assert any("carried forward: First tie (cloglog)." in note for note in table.notes)
    assert any(note == "No period could be forecast: Recurrence (logit)." for note in table.notes)


@pytest.mark.parametrize(("say", "words"), [(EN, "not of ties"), (FR, "non celle des liens")])
def test_zeros_without_a_label_are_said_wherever_forecasts_are(
    press: Results, world: Results, say: Language, words: str
) -> None:
    assert words in validation.table(press, say).notes[0]
    assert not any(words in note for note in validation.table(world, say).notes)
    for results, expected in ((press, True), (world, False)):
        figure = calibration.draw(results, say)
        assert (say("figures.calibration.recorded") in figure.axes[0].get_ylabel()) is expected


def test_the_figure_draws_what_is_zero_at_the_edge(world: Results) -> None:
    axes = calibration.draw(world, EN).axes[0]
    low = axes.get_ylim()[0]
    model = next(line for line in axes.lines if line.get_label() == "the model")
    assert len(calibration.draw(world, EN).axes) == 1  # one panel a model that was forecast
    assert min(model.get_ydata()) == low > 0
    assert len(model.get_ydata()) == 3


def test_the_section_shows_both(press: Results) -> None:
    with mock.patch.object(style, "FORMATS", ("svg",)):
        draw(press.folder, ["calibration"], ["en"])
    tabulate(press.folder, ["validation"], ["en"], [], press.folder)
    shown = document.Exhibits(press.folder / "report", EN)
    source = (EN.source / "sections" / "validation.md").read_text(encoding="utf-8")
    facts = {"en": True, "incomplete": True, "say": EN, "table": shown.table, "figure": shown.figure}
    text = jinja2.Template(source).render(**facts)
    assert "figures/calibration.en.svg" in text
    assert "recorded* ties, not of ties" in text
    assert "Zeros are unlabelled" in text
    assert "table" in text
    assert describe(press, Path("figures/calibration.en.png")).model == "emergence_firth recurrence_core"

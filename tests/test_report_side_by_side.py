"""Tables of variables and of models side by side, and figures of curves, from a folder made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from interclust.io import write_csv, write_json
from interclust.report import evidence, labels, pages, side_by_side, table_formats, variables
from interclust.report.figures import marginal
from interclust.report.language import Language
from interclust.report.results import Results
from interclust.report.table import Cell, Table, left, right, row
from report_fixture import write_study

EN, FR = Language("en"), Language("fr")
TERMS = ["same_sector", "same_region", "thematic_similarity", "both_development"]


@pytest.fixture
def world(tmp_path: Path) -> Path:
    write_study(tmp_path, synthetic=True)
    study = json.loads((tmp_path / "study.json").read_text())
    study["models"]["emergence_moderated"] |= {"terms": TERMS, "sample": "in_emergence_risk_set"}
    study["models"]["emergence_moderated"]["curves_of"] = {"outcome": [{"term": TERMS[2]}]}
    write_json(study, tmp_path / "study.json")
    return tmp_path


def edit(folder: Path, path: str, change: Any) -> None:
    found = json.loads((folder / path).read_text())
    change(found)
    write_json(found, folder / path)


def test_pages_hold_every_model_once_and_few_a_page_whatever_the_order() -> None:
    models = {f"m{n}": {"outcome": "emergence", "terms": ["x"] * n, "sample": None} for n in range(15)}
    models["c"] = {"outcome": "list_choice", "terms": ["x"]}
    found = pages.regression_pages(models)
    assert list(found) == [
        "regression--list_choice",
        *(f"regression--emergence{n}" for n in ("", "--2", "--3")),
    ]
    names = [name for own in found.values() for name in own]
    assert sorted(names) == sorted(models)
    assert max(map(len, found.values())) <= pages.MOST_MODELS
    assert pages.regression_pages(dict(reversed(models.items()))) == found


def test_core_variables_are_those_that_two_models_share() -> None:
    models = {
        "a": {"outcome": "emergence", "terms": ["x", "c(y)", "z"], "moderators": [["y", "log1p(w)"]]},
        "b": {"outcome": "emergence", "terms": ["y", "x", "I(v ** 2)"]},
        "c": {"outcome": "merger", "terms": ["x", "y"]},
    }
    (page,) = pages.correlation_pages(models).values()
    assert (page.risk_set, set(page.features)) == ("emergence", {"x", "y"})
    assert pages.described(models) == {"emergence": ["x", "y", "z", "w", "v"], "merger": ["x", "y"]}
    wide = {"a": {"outcome": "recurrence", "terms": [f"x{n}" for n in range(17)]}}
    cuts = [(page.first, page.last) for page in pages.correlation_pages(wide).values()]
    assert cuts == [(0, 8), (8, 17)]


def test_models_side_by_side(world: Path) -> None:
    table = side_by_side.regression("regression--emergence")(Results(world), EN)
    cells = {line.cells[0].text: line.cells[1] for line in table.rows if line.kind == "body"}
    assert cells["Same sector"].text == "1.740\n(0.424)\n×5.7"
    estimate, error, ratio = map(float, str(cells["Same sector"].value).split(";"))
    assert (estimate, error, ratio) == pytest.approx((1.74, 0.18**0.5, 5.697), rel=1e-3)
    assert [cells[name].text for name in ("Rows", "Events", "Clusters")] == ["61,213", "69", "24"]
    assert (cells["AIC"].text, cells["Degrees of freedom"].text) == ("437.10", "23")
    assert list(cells)[4] == "Both in development × closeness in theme"
    assert "Intercept" not in cells
    assert "dyadic jackknife" in table.notes[1]
    assert len(table.notes) == 2
    latex = table_formats.to_latex(table).splitlines()
    place = next(at for at, line in enumerate(latex) if line.startswith("Same sector"))
    assert latex[place : place + 2] == [r"Same sector & 1.740 \\*", r" & (0.424) \\*"]
    assert "1.740<br>(0.424)<br>×5.7" in table_formats.to_html(table)
    assert "#linebreak()" in table_formats.to_typst(table)


def test_degrees_of_freedom_of_each_term_and_stars_when_asked_for(world: Path) -> None:
    def freedoms(fit: dict[str, Any]) -> None:
        fit["vcov"]["dyadic_jackknife"]["df"] = [5.0, 12.25, 23.0, 9.5, 7.0, 11.0]

    edit(world, "models/emergence_moderated/fit.json", freedoms)
    edit(world, "study.json", lambda study: study.update(report={"stars": True}))
    table = side_by_side.regression("regression--emergence")(Results(world), FR)
    cells = {line.cells[0].value: line.cells[1].text for line in table.rows if line.kind == "body"}
    assert cells["df"] == "7–23"
    assert cells["same_sector"].startswith("1,740***\n")
    assert "* p inférieur à 0,05, ** p inférieur à 0,01" in table.notes[-1]


def test_variables_are_described_once_and_flags_by_their_share(world: Path) -> None:
    flag = {"n": 90, "missing": 10, "mean": 0.25, "sd": 0.4, "min": 0, "max": 1, "levels": {"0": 68, "1": 22}}
    measure = flag | {"mean": 2.5, "max": 12345.6, "levels": None}
    moments = {name: {"emergence": measure if name == TERMS[2] else flag} for name in TERMS}
    write_json(moments, world / "features/moments.json")
    quartiles = [{"risk_set": "emergence", "feature": TERMS[2], "q1": 1.0, "median": 2.125, "q3": 3.0}]
    write_csv(pd.DataFrame(quartiles), world / "features/quartiles.csv")
    rows = variables.descriptives(Results(world), EN).rows
    found = {line.cells[0].text: [cell.text for cell in line.cells[1:]] for line in rows}
    assert found["Same sector"] == ["90", "10", "25%", *[""] * 6]
    assert found["Closeness in theme"] == ["90", "10", "2.500", "0.400", "0", "1", "2.125", "3", "12,346"]
    names = [str(item["name"]) for item in Results(world).dictionary]
    shown = [line.cells[0].value for line in rows if line.kind == "body"]
    assert shown == sorted(shown, key=names.index)


def test_rows_of_their_own_are_described_with_their_outcome(world: Path) -> None:
    """Those whose outcome is not known do not count; quartiles are values of the rows."""

    def with_mergers(study: dict[str, Any]) -> None:
        study["models"]["merger"] = {"outcome": "merger", "terms": ["same_sector", "thematic_similarity"]}

    edit(world, "study.json", with_mergers)
    columns = {
        "merger": [True, False, False, False, None],
        "same_sector": [1.0, 0.0, None, 0.0, 1.0],
        "thematic_similarity": [0.5, 2.0, 4.0, 0.0, 9.0],
    }
    pd.DataFrame(columns).to_parquet(world / "features/mergers.parquet")
    lines = [[cell.text for cell in line.cells] for line in variables.descriptives(Results(world), EN).rows]
    assert lines[-4] == ["Pairs of active clusters by year, for mergers"]
    assert lines[-3][:4] == ["Merger", "4", "0", "25%"]
    assert ["Same sector", "3", "1", "33%", *[""] * 6] in lines
    expected = ["Closeness in theme", "4", "0", "1.625", "1.797", "0", "0", "0.500", "2", "4"]
    assert expected in lines


def test_a_part_of_a_model_is_no_factor_and_its_intercept_is_not_shown(world: Path) -> None:
    results = Results(world)
    assert labels.term("above_0:same_sector", results, EN) == "First tie: same sector"
    assert labels.term("above_1:same_sector:same_region", results, FR).startswith("De nouveau")
    assert "×" in labels.term("same_sector:same_region", results, EN)
    assert evidence.hidden("above_0:Intercept")
    assert not evidence.hidden("above_0:same_sector")


def test_correlations_are_a_lower_triangle_of_numbered_variables(world: Path) -> None:
    pair = {"risk_set": "emergence", "feature_a": TERMS[1], "feature_b": TERMS[0], "n": 9}
    write_csv(pd.DataFrame([pair | {"correlation": -0.125}]), world / "features/correlations.csv")
    table = variables.correlations("correlations--emergence")(Results(world), FR)
    assert [column.title for column in table.columns[1:]] == ["1", "2", "3", "4"]
    first, second = ([cell.text for cell in line.cells] for line in table.rows[:2])
    assert first == ["1. Même secteur", "1,00", "", "", ""]
    assert second == ["2. Région en commun", "\u22120,12", "1,00", "", ""]


def test_curves_are_drawn_by_values_of_the_moderator(world: Path) -> None:
    points = {"model": "emergence_moderated", "kind": "outcome", "term": TERMS[2], "along": TERMS[2]}
    points |= {"moderator": TERMS[3], "scale": "probability", "estimate": 0.1, "std_error": 0.01}
    points |= {"conf_low": 0.08, "conf_high": 0.12, "band_low": 0.07, "band_high": 0.13}
    rows = [points | {"at": at, "value": value} for at in (0.0, 1.0) for value in (0.0, 0.5)]
    write_csv(pd.DataFrame(rows), world / "effects/curves.csv")
    axes = marginal.draw_predicted(Results(world), EN, "emergence_moderated").axes
    labels = [text.get_text() for text in axes[0].get_legend().get_texts()]
    assert labels == ["Both in development: no", "Both in development: yes"]
    assert axes[0].get_ylabel() == "Average over all pairs: first tie"
    assert pages.curve_figures(Results(world).study) == ["predicted_curves--emergence_moderated"]
    assert pages.curve_figures(Results(world).study | {"records": "incomplete"}) == []


def test_a_region_is_shaded_within_what_was_observed(world: Path) -> None:
    rows = [
        {"model": "emergence_moderated", "term": "x", "along": "w", "value": value} for value in (0.0, 2.0)
    ]
    line = {"kind": "johnson_neyman", "term": "x", "moderator": "w", "vcov": "dyadic_jackknife"}
    for at, ends, expected in (
        ("inside", (-1.0, 0.5), [(0.0, 0.5)]),
        ("outside", (-1.0, 0.5), [(0.5, 2.0)]),
        ("above", (1.5, None), [(1.5, 2.0)]),
        ("everywhere", (None, None), [(0.0, 2.0)]),
        ("nowhere", (None, None), []),
    ):
        found = [line | {"at": at, "conf_low": ends[0], "conf_high": ends[1]}]
        write_csv(pd.DataFrame(found), world / "effects/emergence_moderated.csv")
        assert marginal._regions(Results(world), rows) == expected


def test_lines_of_a_cell_count_as_lines_of_the_table() -> None:
    rows = tuple(row("term", Cell("1\n(2)\n×3")) for _ in range(14))
    table = Table("t", "T", (left("a", "A"), right("b", "B")), rows)
    assert table.lines == 42
    assert r"\begin{longtable}" in table_formats.to_latex(table)

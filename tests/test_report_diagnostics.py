"""The section on diagnostics: its tables and figures from files made by hand, in two languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from interclust.report import diagnostic_tables, diagnostics
from interclust.report.figures import diagnostics as figures
from interclust.report.language import Language
from interclust.report.results import Results
from report_fixture import NAMES, write_study
from report_fixture_diagnostics import write_diagnostics

EN, FR = Language("en"), Language("fr")


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = write_study(tmp_path_factory.mktemp("press"))
    write_diagnostics(folder, "list_choice", "same_region", counts=False)
    write_diagnostics(folder, "emergence_firth", "same_region", counts=True)
    return Results(folder)


def test_one_line_a_model_says_who_moves_it_and_by_how_much(press: Results) -> None:
    table = diagnostic_tables.overview(press, EN)
    lines = {line.cells[0].value: [cell.text for cell in line.cells[1:]] for line in table.rows}
    assert list(lines) == ["list_choice", "emergence_firth"]
    assert lines["emergence_firth"] == [
        *("31.4", "4.3", "0.010"),
        f"{NAMES[0]}: −0.73 (region in common)",
        *("s24: 0.98 (region in common)", "2.0", "0.31"),
    ]
    assert lines["list_choice"][2] == "–"  # no counts
    french = diagnostic_tables.overview(press, FR).rows[1].cells
    assert french[4].text == f"{NAMES[0]}\u202f: −0,73 (région en commun)"
    assert french[4].value == "c00;same_region;-0.734"


def test_the_network_has_its_single_numbers_in_a_table_and_its_classes_in_a_figure(press: Results) -> None:
    rows = [line for line in diagnostic_tables.network_fit(press, EN).rows if line.kind == "body"]
    assert len(rows) == 2 * 4
    assert [cell.text for cell in rows[3].cells] == ["Transitivity", "0.39", "0.43", "[0.31, 0.51]", "0.420"]
    figure = figures.draw_network_fit(press, EN)
    degree, partners = figure.axes[:2]
    assert [tick.get_text() for tick in degree.get_xticklabels()] == ["1", "2", "3–4"]  # none has 65
    assert [tick.get_text() for tick in partners.get_xticklabels()] == ["0", "1"]
    assert len(figure.axes) == 4


def test_a_rootogram_marks_what_lies_outside(press: Results) -> None:
    found = diagnostics.rootograms(press)
    assert list(found) == ["emergence_firth"]
    assert found["emergence_firth"].labels == ("0", "1", "2", "3+")
    above, below = figures.draw_rootogram(press, FR).axes
    inside, outside = (line.get_xdata().tolist() for line in below.lines[:2])
    assert (inside, outside) == ([0, 1, 2, 3], [])
    assert len(above.patches) == 4


def test_without_diagnostics_nothing_is_shown(tmp_path: Path) -> None:
    results = Results(write_study(tmp_path))
    assert diagnostics.shown(results) == {"any": False, "rootogram": False, "network": False}
    for draw in (figures.draw_rootogram, figures.draw_network_fit):
        assert len(draw(results, EN).axes) == 1

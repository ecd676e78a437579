"""What figures show of numbers chosen by hand: lines, regions, arrows, distances; and of none at all."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from interclust.contracts import CONTRACTS
from interclust.io import read_json, write_csv, write_json
from interclust.report import evidence, numerals
from interclust.report.figures import calibration, forest, location_map, marginal, network, ratios, style
from interclust.report.figures import specification as curve_figure
from interclust.report.geography import chart
from interclust.report.language import Language
from interclust.report.results import Results

EN, FR = Language("en"), Language("fr")
NOTHING = EN("figures.coefficients.empty")
MODEL = "emergence_moderated"


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def write_curve(folder: Path, **more: Any) -> None:
    points = {"model": MODEL, "kind": "slope", "term": "same_sector", "along": "thematic_similarity"}
    points |= {"moderator": None, "scale": "link", "std_error": 0.1, "conf_low": 0.3, "conf_high": 0.7}
    points |= {"band_low": 0.2, "band_high": 0.8, "estimate": 0.5, "at": None} | more
    rows = [points | {"value": value} for value in (0.0, 1.0, 2.0)]
    write_csv(pd.DataFrame(rows), folder / "effects/curves.csv")


def test_a_slope_has_its_region_shaded_and_a_bound_only_where_it_lies_within(world: Path) -> None:
    write_curve(world)
    line = {"kind": "johnson_neyman", "term": "same_sector", "moderator": "thematic_similarity"}
    line |= {"at": "inside", "conf_low": -1.0, "conf_high": 0.5, "vcov": "dyadic_jackknife"}
    write_csv(pd.DataFrame([line]), world / f"effects/{MODEL}.csv")
    (axes,) = marginal.draw_slopes(Results(world), EN, MODEL).axes
    shaded = [patch.get_extents().transformed(axes.transData.inverted()) for patch in axes.patches]
    assert [(box.x0, box.x1) for box in shaded] == [pytest.approx((0.0, 0.5))]
    upright = [line.get_xdata()[0] for line in axes.get_lines() if len(set(line.get_xdata())) == 1]
    assert upright == [0.5]  # zero is the end of what was observed, no bound
    assert axes.get_xlim() == (0.0, 2.0)
    assert axes.get_ylabel() == EN("figures.slopes.axis", term="same sector")


def test_one_curve_without_moderator_has_no_legend(world: Path) -> None:
    write_curve(world, kind="outcome", scale="probability")
    (axes,) = marginal.draw_predicted(Results(world), EN, MODEL).axes
    assert axes.get_legend() is None
    assert axes.get_lines()[-1].get_label().startswith("_")  # which a legend leaves out
    (slopes,) = marginal.draw_slopes(Results(world), EN, MODEL).axes  # of another kind than the file's
    assert [text.get_text() for text in slopes.texts] == [NOTHING]


def draw_line(line: forest.Line) -> list[tuple[str, list[float]]]:
    """Marker and places of everything drawn of a line between 0.5 and 2."""
    axes = Figure().subplots()
    forest.draw_panel(axes, forest.Panel("", (line,)), 0.5, 2.0)
    return [(str(drawn.get_marker()), [float(x) for x in drawn.get_xdata()]) for drawn in axes.get_lines()]


def test_intervals_end_in_arrows_where_they_leave_the_limits() -> None:
    assert draw_line(forest.Line("x", 1.0, 0.8, 1.5)) == [("None", [0.8, 1.5]), ("o", [1.0])]
    assert draw_line(forest.Line("x", 1.0, 0.1, 9.0)) == [
        ("None", [0.5, 2.0]),
        ("<", [0.5]),
        (">", [2.0]),
        ("o", [1.0]),
    ]
    assert draw_line(forest.Line("x", 1.0)) == [("o", [1.0])]  # without an interval
    assert draw_line(forest.Line("x", 5.0, 1.5, 9.0)) == [("None", [1.5, 2.0]), (">", [2.0])]


def test_what_is_not_known_of_a_tipping_ratio_is_not_drawn(press: Path) -> None:
    table = pd.read_csv(press / "effects/list_choice.csv")
    own = table["term"] == "same_region"
    table = table[~(own & (table["kind"] == "detectable"))]
    table.loc[own & (table["kind"] == "tipping"), "conf_low"] = np.nan
    write_csv(table, press / "effects/list_choice.csv")
    (axes,) = ratios.draw_tipping(Results(press), EN).axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    limits = [line for line in axes.get_lines() if line.get_markerfacecolor() == "white"]
    seen = {names[int(line.get_ydata()[0])] for line in limits}
    assert seen == set(names) - {"Region in common"}
    assert len(axes.collections) == len(names) - 1  # strokes of what could be detected


def write_sensitivity(folder: Path, terms: list[str]) -> None:
    rows = [
        {"variant": "headline", "value": "", "term": term, "ratio": 1.0 + place, "n_lists": 36}
        | {"conf_low": 0.5 + place, "conf_high": 2.0 + place, "n_clusters": 24}
        for place, term in enumerate(terms)
    ]
    columns = ["variant", "value", "term", "ratio", "conf_low", "conf_high", "n_lists", "n_clusters"]
    write_csv(pd.DataFrame(rows, columns=columns), folder / "models/list_choice/sensitivity.csv")


def test_panels_of_sensitivity_are_four_across_and_the_last_row_is_not_filled(press: Path) -> None:
    write_sensitivity(press, [f"term_{number}" for number in range(5)])
    rooms = ratios.draw_sensitivity(Results(press), EN).axes
    assert [axes.axison for axes in rooms] == [True] * 5 + [False] * 3
    assert [axes.get_title(loc="left") for axes in rooms[:5]] == [f"Term {number}" for number in range(5)]
    write_sensitivity(press, [])
    assert texts(ratios.draw_sensitivity(Results(press), EN)) == [NOTHING]


def test_of_many_terms_the_distance_from_the_truth_is_drawn(world: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(evidence, "MOST_LINES", 3)
    (axes,) = ratios.draw_truth(Results(world), EN).axes
    inside, outside = axes.get_lines()[-2:]
    error = math.hypot(math.sqrt(0.18), 0.02) * 2.0687  # the quantile of t with 23 degrees of freedom
    found = {1.74 - 1.6, 1.16 - 1.3, 0.26 - 0.1, 0.4 - 0.5}
    assert sorted(inside.get_xdata()) == pytest.approx(sorted(value / error for value in found), rel=1e-4)
    assert list(outside.get_xdata()) == pytest.approx([(-0.55 + 1.9) / error], rel=1e-4)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["First tie (cloglog)"]


def test_of_many_ratios_those_are_drawn_that_hypotheses_test(press: Path, monkeypatch: Any) -> None:
    assert list(evidence.shown_ratios(Results(press))) == ["list_choice", "emergence_firth"]
    monkeypatch.setattr(evidence, "MOST_LINES", 3)
    shown = evidence.shown_ratios(Results(press))
    assert {name: [item.term for item in own] for name, own in shown.items()} == {
        "list_choice": ["same_sector"]
    }


def test_figures_of_nothing_say_so(press: Path) -> None:
    study = read_json(press / "study.json")
    study["curves"] = {"first_tie": {"model": "emergence_firth", "terms": ["same_sector"], "choices": []}}
    write_json(study, press / "study.json")
    results = Results(press)
    assert texts(calibration.draw(results, EN)) == [EN("figures.calibration.empty")]
    assert texts(location_map.draw(results, EN)) == [EN("figures.map.empty")]  # no body has a place
    drawn = curve_figure.draw(results, EN, "first_tie")
    assert [text.get_text() for text in drawn.texts] == [NOTHING]


def test_a_network_without_ties_says_so(press: Path) -> None:
    lists = CONTRACTS["panel/lists"]
    lists.write(lists.frame([]), press / "panel/lists.parquet")
    assert texts(network.draw(Results(press), EN)) == [EN("figures.network.empty")]


def test_a_map_of_no_place_is_a_square_of_one_degree() -> None:
    found = chart(np.array([np.nan]), np.array([np.nan]), ())
    assert np.isnan(found.places).all()
    assert (found.width, found.height) == pytest.approx((math.cos(math.radians(0.5)), 1.0))


def test_ticks_of_ratios_are_few_however_wide_the_axis() -> None:
    assert style.ratio_ticks(0.5, 5) == [0.5, 1, 2, 5]
    assert style.ratio_ticks(0.01, 10) == pytest.approx([0.01, 0.03, 0.1, 0.3, 1, 3, 10])
    assert style.ratio_ticks(1e-4, 1e4) == pytest.approx([0.01, 1, 100])


def test_numbers_that_are_infinite_nought_or_large() -> None:
    french = numerals.NUMERALS["fr"]
    assert french.fixed(-math.inf, 3) == "\u2212∞"
    assert french.scientific(math.inf) == "∞"
    assert french.scientific(0) == "0"
    assert french.scientific(-0.00001234) == "\u22121,2\u202f×\u202f10⁻⁵"
    assert (french.coefficient(-12.3456), french.coefficient(1.23456)) == ("\u221212,35", "1,235")

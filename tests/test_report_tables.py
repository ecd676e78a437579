"""Tables, figures' helpers and numbers, from a results folder made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from interclust.config import project_root
from interclust.report import (
    data_tables,
    evidence,
    labels,
    model_tables,
    network_tables,
    numbers,
    permutation_tables,
    scoreboard,
    table_formats,
)
from interclust.report.figures import forest, layout, network, style
from interclust.report.figures.labels import Box, place_labels
from interclust.report.language import Language
from interclust.report.provenance import config_hash, raw_hashes
from interclust.report.results import Results
from interclust.report.sensitivity import variant_key
from interclust.report.table import Cell, Table, group, left, records, right, row
from interclust.report.truth import distances, joined
from report_fixture import HOSTILE, write_study

EN, FR = Language("en"), Language("fr")


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return Results(write_study(tmp_path_factory.mktemp("press")))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return Results(write_study(tmp_path_factory.mktemp("world"), synthetic=True))


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in line.cells] for line in table.rows]


def test_one_table_in_every_format() -> None:
    table = Table(
        "demo",
        "Caption & more",
        (left("name", "Name", 1.0), right("value", "Value")),
        (group("Group"), row("=cmd()", Cell("1.5", 1.4999999)), row("<b>", Cell("–", ""))),
        ("A note.",),
    )
    assert table_formats.to_csv(table) == "group,name,value\nGroup,'=cmd(),1.4999999\nGroup,<b>,\n"
    html = table_formats.to_html(table)
    assert "<b>" not in html
    assert '<th scope="rowgroup" colspan="2">Group</th>' in html
    latex = table_formats.to_latex(table)
    for text in (r"\toprule", r"\multicolumn{2}{l}", r"\caption{Caption \& more}"):
        assert text in latex
    assert r"[\=cmd\(\)], [1\.5]" in table_formats.to_typst(table)


def test_a_long_table_may_break() -> None:
    rows = tuple(row(str(number)) for number in range(60))
    table = Table("long", "Long", (left("n", "N"),), rows)
    assert r"\begin{longtable}" in table_formats.to_latex(table)
    assert "long: true" in table_formats.to_typst(table)
    assert records(table)[1][59] == ["59"]
    full = Table("full", "Full", (left("n", "N", 1.0),), (row("word " * 1000),))
    assert r"\begin{longtable}" in table_formats.to_latex(full)
    assert "long: true" in table_formats.to_typst(full)


def test_flow_and_calls(press: Results) -> None:
    flow = data_tables.flow(press, EN)
    kept = [line.cells[1].value for line in flow.rows if line.kind == "body"]
    assert kept == [90, 36, 36, 30]
    assert [line.cells[0].text for line in flow.rows if line.kind == "group"] == [
        "Projects",
        "Lists",
        "Bodies",
    ]
    calls = texts(data_tables.calls(press, FR))
    assert len(calls) == 25
    assert calls[2][2] == "63–65"
    assert calls[24][2] == "–"
    assert calls[22][-1].endswith("\u202f%")


def test_network_over_time(press: Results) -> None:
    table = network_tables.network(press, EN)
    lines = texts(table)
    assert [line[0] for line in lines] == ["1", "3", "4"]  # no ties in the second period
    assert lines[1] == ["3", "24", "6", "15", "15", "2%", "2", "90%", "0.08", "0.40", "0.25", "90%"]
    assert lines[0][5] == "–"
    assert len(table.notes) == 3


def test_transitions_have_rates_on_complete_records_alone(press: Results, world: Results) -> None:
    recorded, whole = network_tables.transitions(press, EN), network_tables.transitions(world, FR)
    assert recorded.caption == "First recorded ties and ties recorded again"
    assert [column.key for column in recorded.columns][1:3] == ["emergence_at_risk", "emergence_events"]
    heads = ["By period", "By earlier joint projects of the pair"]
    assert [line.cells[0].text for line in recorded.rows] == [heads[0], "9", "10", heads[1], "1", "4+", "All"]
    assert [line.cells[0].text for line in whole.rows if line.kind == "body"] == ["2", "9", "10", "1", "4+"]
    assert texts(whole)[-1] == ["Ensemble", "3\u202f000", "12", "0,4\u202f%", "90", "5", "5,6\u202f%"]
    assert records(recorded)[1][0] == [heads[0], "9", 600, 12, "", ""]


def test_models_join_ratios_whatever_is_centred(world: Results) -> None:
    lines = texts(model_tables.models(world, EN))
    moderated = next(line for line in lines if line[0].startswith("Both in development × "))
    assert moderated[0] == "Both in development × closeness in theme"
    assert moderated[3] == "0.58"  # exp(-0.55): the file calls it thematic_similarity|both_development
    assert (
        evidence.canonical("both_development:c(thematic_similarity)")
        == "both_development:thematic_similarity"
    )


def test_naive_models_carry_their_title(press: Results, world: Results) -> None:
    heads = [line.cells[0].text for line in model_tables.models(press, EN).rows if line.kind == "group"]
    assert heads == [
        "Partner choice in printed lists",
        "First recorded tie (Firth), treated as if unseen were absent",
    ]
    heads = [line.cells[0].text for line in model_tables.models(world, EN).rows if line.kind == "group"]
    assert not any("unseen" in head for head in heads)


def test_a_model_that_was_not_fitted_says_why_in_both_languages() -> None:
    reason = "not fitted: 4 events, at least 10 are needed"
    assert labels.not_fitted(reason, EN) == "4 events; at least 10 are needed."
    assert labels.not_fitted(reason, FR) == "4 événements\u202f; il en faut au moins 10."
    assert labels.not_fitted("something else", FR) == "something else"


def test_sensitivity_groups_deletions_and_lists_priors(press: Results) -> None:
    table = model_tables.sensitivity(press, EN)
    names = [line.cells[0].text for line in table.rows]
    assert names.count("Each source left out") == 1
    assert [name for name in names if name.startswith("Prior")] == [
        "Prior variance of cluster effects 20",
        "Prior variance of cluster effects 4",
        "Prior variance of cluster effects 1",
    ]
    spread = table.rows[names.index("Each source left out")].cells[1].text
    assert " to " in spread
    assert variant_key({"variant": "prior_variance", "value": 4.0}) == "prior_variance=4"


def test_truth_beside_the_estimate(world: Results) -> None:
    rows = joined(world, "emergence_moderated")
    assert [row["term"] for row in rows if not row["inside"]] == ["both_development:c(thematic_similarity)"]
    assert rows[0]["conf_high"] - rows[0]["estimate"] == pytest.approx(
        2.0686576 * 0.18**0.5, rel=1e-6
    )  # t, 23 df
    drawn = distances(world, "emergence_moderated")
    assert drawn
    assert [abs(distance) <= 1 for distance, _ in drawn] == [inside for _, inside in drawn]
    assert not all(inside for _, inside in drawn)


def test_permutations_stand_beside_the_errors_of_the_model(world: Results, press: Results) -> None:
    table = permutation_tables.permutations(world, FR)
    lines = texts(table)
    assert lines[0] == ["Premier lien (cloglog)"]
    assert lines[1] == ["Même secteur", "1,740", "<\u202f0,001", "0,010", "0,004"]
    assert len(lines) == 6  # the intercept is not among them
    assert "1\u202f999 permutations, chaque cluster" in table.notes[1]
    assert press.permuted == {}


def test_scoreboard_keeps_the_order_of_numbers(press: Results) -> None:
    table = scoreboard.table(press, FR)
    assert [line.cells[0].text for line in table.rows] == [f"H{number}" for number in range(1, 21)]
    tested = next(line for line in table.rows if line.cells[0].text == "H3")
    assert "Estimation 5,7 [2,4" in tested.cells[3].text
    assert table.rows[1].cells[3].text == "Comme pour H1."
    assert {verdict for verdict, _ in scoreboard.hypotheses(press).values()} == {
        "supported",
        "undecided",
        "not testable",
    }


def test_every_number_can_be_read_where_it_says(press: Results) -> None:
    entries = numbers.collect(press)
    assert entries["list_choice.same_sector.ratio"]["text_fr"] == "5,7"
    assert entries["hypotheses.testable"]["value"] == 2
    assert entries["records.two"]["value"] == 36
    for key, entry in entries.items():
        file, path = press.folder / entry["file"], str(entry["path"])
        if entry["file"].startswith("workflow/"):  # measured once, quoted by every report
            file = project_root() / entry["file"]
        assert file.is_file(), key
        if path.startswith("/"):
            assert pointer(json.loads(file.read_text()), path) == pytest.approx(entry["value"]), key
        elif path.startswith("effect_id="):
            name, column = path.removeprefix("effect_id=").rsplit("/", 1)
            rows = press.rows(entry["file"])
            assert next(item[column] for item in rows if item["effect_id"] == name) == entry["value"], key


def pointer(found: Any, path: str) -> Any:
    for part in path.strip("/").split("/"):
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found


def test_macros_hold_the_numbers(press: Results) -> None:
    macros = numbers.to_tex(numbers.collect(press))
    assert r"\expandafter\def\csname interclust@records.read\endcsname{90}" in macros
    assert r"\expandafter\def\csname interclust@level\endcsname{95\%}" in macros


def test_results_read_missing_files_as_empty(tmp_path: Path) -> None:
    results = Results(tmp_path)
    assert (results.study, results.flow, results.truth, results.headline) == ({}, [], [], None)


def test_network_is_placed_the_same_every_time_and_apart() -> None:
    edges = np.array([[0, 1], [1, 2], [2, 0], [3, 4]])
    once, again = layout.place_nodes(6, edges), layout.place_nodes(6, edges)
    assert np.array_equal(once, again)
    assert [len(nodes) for nodes in layout.components(6, edges)] == [3, 2, 1]
    gaps = np.sqrt(((once[:, None] - once[None]) ** 2).sum(axis=2))[~np.eye(6, dtype=bool)]
    assert gaps.min() > 0.5
    square = layout.majorise(layout.distances(2, np.array([[0, 1]])))
    assert np.linalg.norm(square[0] - square[1]) == pytest.approx(1.0)


def test_labels_do_not_cover_each_other_where_there_is_room() -> None:
    points = np.array([[100.0, 100.0], [130.0, 100.0], [100.0, 130.0]])
    corners = place_labels(
        points, np.full(3, 5.0), np.array([[0, 1]]), [0, 1, 2], [(40.0, 8.0)] * 3, Box(0, 0, 300, 300)
    )
    boxes = [(x, y, x + 40, y + 8) for x, y in corners]
    for one in boxes:
        for other in boxes:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert one == other or apart


def test_names_are_cut_to_fit_and_large_networks_to_their_strongest() -> None:
    assert network.short("TES (Transactions électroniques sécurisées)") == "TES"
    assert len(network.short(HOSTILE[5])) <= network.LONGEST_LABEL
    weights = np.array([1] * 500 + [2] * 60 + [3] * 20)
    kept, least = network.strongest(weights)
    assert (len(kept), least) == (80, 2)
    assert len(network.strongest(np.ones(500, dtype=int))[0]) == network.MOST_EDGES


def test_ratio_ticks_are_round_and_few() -> None:
    assert style.ratio_ticks(0.4, 12) == [0.5, 1, 2, 5, 10]
    assert len(style.ratio_ticks(0.002, 500)) <= 7
    assert 1 in style.ratio_ticks(0.002, 500)


def test_hashes(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    assert config_hash({"a": 1, "b": 2}) == config_hash({"b": 2, "a": 1})
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # sha256sum of x
    assert raw_hashes([tmp_path / "a"], tmp_path) == {"a": digest}
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a").write_text("x")
    elsewhere = raw_hashes([tmp_path / "one/a", tmp_path / "two/a"], tmp_path / "project")
    assert elsewhere == {"one/a": digest, "two/a": digest}
    assert raw_hashes([], tmp_path) == {}


def test_the_dictionary_holds_what_the_models_use(world: Results) -> None:
    names = [line.cells[0].text for line in data_tables.dictionary(world, FR).rows]
    assert names == ["Même secteur", "Région en commun", "Tous deux en développement", "Proximité thématique"]


def test_pairs_that_share_lists() -> None:
    pairs, count = network.shared_lists([[3, 1], [1, 2, 3], []])
    assert pairs.tolist() == [[1, 2], [1, 3], [2, 3]]
    assert count.tolist() == [1, 2, 1]
    assert network.shared_lists([])[0].shape == (0, 2)


def test_long_figures_go_in_two_columns() -> None:
    line = forest.Line("term", 1.0)
    panels = [forest.Panel("a", (line,) * 12), forest.Panel("b", (line,) * 6), forest.Panel("c", (line,) * 6)]
    assert [[panel.title for panel in column] for column in forest.in_columns(panels)] == [["a"], ["b", "c"]]
    assert len(forest.in_columns(panels[1:])) == 1


def test_on_complete_records_one_label_is_a_fact(press: Results, world: Results) -> None:
    def why(results: Results) -> str:
        rows = data_tables.flow(results, EN).rows
        return next(line.cells[3].text for line in rows if line.cells[0].value == "projects_with_two_bodies")

    assert why(press) == "one body is named, which says nothing about others"
    assert why(world) == "labelled by one body alone"

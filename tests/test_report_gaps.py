"""What tables, labels and numbers of the report say where something is missing or of a rare kind."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust.contracts import CONTRACTS
from interclust.io import read_json, write_csv, write_json
from interclust.report import (
    cards,
    completion,
    completion_tables,
    document,
    evidence,
    labels,
    model_tables,
    network_tables,
    numbers,
    own_rows,
    scoreboard,
    truth,
    visibility,
)
from interclust.report.completion import FIRST
from interclust.report.exhibits import describe
from interclust.report.figures import calls, location_map
from interclust.report.language import Language
from interclust.report.network_files import read_nodes
from interclust.report.results import Results
from test_report_cards import CARDS, made

EN, FR = Language("en"), Language("fr")
MODEL = "emergence_moderated"


def settings(folder: Path, **more: Any) -> Results:
    write_json(read_json(folder / "study.json") | more, folder / "study.json")
    return Results(folder)


def texts(table: Any) -> list[list[str]]:
    return [[cell.text for cell in line.cells] for line in table.rows]


def test_truths_without_error_or_estimate(world: Path) -> None:
    head = {"model": MODEL, "truth_kind": "pseudo_true"}
    rows = [
        head | {"term": "same_sector", "truth": 1.6, "mc_error": 0.02},
        head | {"term": "same_region", "truth": 1.3, "mc_error": None},
        head | {"term": "both_development", "truth": None, "mc_error": None},
        head | {"term": "of_no_model", "truth": 0.0, "mc_error": None},
        head | {"model": "of_no_study", "term": "same_sector", "truth": 1.0, "mc_error": None},
    ]
    write_csv(pd.DataFrame(rows), world / "effects/truth.csv")
    results = Results(world)
    table = texts(model_tables.truth(results, EN))
    assert [line[:2] for line in table] == [
        ["First tie (cloglog)"],  # and no heading for a model that the study has not
        ["Same sector", "1.600 ± 0.020"],
        ["Region in common", "1.300"],
        ["Both in development", "–"],
    ]
    found = {row["term"]: row["distance"] for row in truth.joined(results, MODEL)}
    error = math.sqrt(0.18)
    assert found["same_region"] == pytest.approx((1.16 - 1.3) / error)
    assert found["same_sector"] == pytest.approx((1.74 - 1.6) / math.hypot(error, 0.02))
    assert found["both_development"] is None
    assert truth.joined(results, "of_no_study") == []


def test_cells_of_sensitivity_without_ratio_or_interval(press: Path) -> None:
    rows = [
        {"variant": variant, "value": None, "term": "same_sector", "ratio": ratio, "conf_low": low}
        | {"conf_high": high, "n_lists": 36, "n_clusters": 24}
        for variant, ratio, low, high in (
            ("headline", 2.0, 1.5, 3.0),
            ("broad_set", 2.5, None, None),
            ("late_dates", None, None, None),
        )
    ]
    write_csv(pd.DataFrame(rows), press / "models/list_choice/sensitivity.csv")
    cells = [line[1] for line in texts(model_tables.sensitivity(Results(press), EN))]
    assert cells == ["2.0 [1.5, 3.0]", "2.5", "–"]
    missing = model_tables.interval(None, 2.0, "ratio", EN)
    assert (missing.text, missing.value) == ("–", "")


def test_levels_and_logarithms_have_words_and_a_blank_label_counts_as_none(press: Path) -> None:
    table = pd.read_csv(press / "features/dictionary.csv")
    table.loc[table["name"] == "same_sector", ["label_en", "label_fr"]] = None
    write_csv(table, press / "features/dictionary.csv")
    results = Results(press)
    assert labels.term("C(period)[T.3]", results, EN).endswith(" = 3")
    assert labels.term("log1p(same_region)", results, EN) == "Log of region in common plus one"
    assert labels.term("same_sector", results, EN) == "Same sector"
    assert labels.term("same_region", results, FR) == "Région en commun"


def test_exhibits_of_curves_and_visibility_name_their_models(world: Path) -> None:
    curve = {"first_tie": {"model": MODEL, "terms": ["same_sector"]}}
    study = read_json(world / "study.json")
    study["models"][MODEL]["visibility"] = {"from": 0.1}
    results = settings(world, models=study["models"], curves=curve)
    named = {
        file: describe(results, Path(file)).model
        for file in (
            "figures/specification_curve--first_tie.en.svg",
            "figures/slopes--recurrence_core.en.svg",
            "tables/visibility.en.html",
            "tables/models.en.html",
        )
    }
    assert list(named.values()) == [MODEL, "recurrence_core", MODEL, f"{MODEL} recurrence_core"]


def test_a_plan_of_one_step_and_no_total_gives_only_the_numbers_it_has() -> None:
    found = numbers.Collector()
    lines: list[dict[str, Any]] = [{"unit": "call", "name": "5", "ratio": 2.0, "term": "x"}]
    completion._of_calls(lines, found)
    assert set(found.entries) == {"completion.ratio", "completion.calls"}
    found = numbers.Collector()
    step = {"ratio": 2.0, "step": 0, "power": 0.3, "power_stays": 0.3, "lists": 0, "projects": 0}
    completion._of_term([step], "x", found)
    assert set(found.entries) == {"completion.x.2.now"}
    never = {"direction": FIRST, "ratio": 2.0, "projects": None, "projects_all": 900.0}
    found = numbers.Collector()
    completion._of_panels([never], found)
    assert found.entries["panels.never"]["value"] == 1
    assert "panels.least" not in found.entries


def test_a_plan_of_its_own_study_quotes_none_and_no_portfolio_has_no_group(press: Path) -> None:
    unit = {"model": "list_choice", "unit": "cluster", "name": "c00", "basis": "published", "projects": 218.0}
    unit |= {
        "lists": 175.0,
        "ratio": 2.0,
        "term": "same_sector",
        "power_now": 0.2,
        "power": 0.2,
        "power_after": 0.5,
    }
    write_csv(pd.DataFrame([unit | {"power_stays": 0.3}]), press / "effects/completion.csv")
    rows = texts(completion_tables.units(Results(press), EN))
    assert ["One period"] not in rows
    assert rows[-1][0] == "Aerospace Valley"
    need = {"hypothesis": "H3", "test": "H3b", "model": "m", "effect_id": "slope:same_sector|x@x=1"}
    need |= {"power": 0.85, "direction": FIRST, "ratio": 2.0, "calls": 4, "projects": 280.0}
    write_csv(
        pd.DataFrame([need | {"calls_all": 24, "study": None}]), press / "effects/completion_panels.csv"
    )
    assert len(completion_tables.panels(Results(press), EN).notes) == 3
    assert completion.quoted(Results(press)) == ""


def card(**more: Any) -> list[tuple[str, str]]:
    return [("test", text) for text in cards._precision(made(**more), EN)]


def test_cards_say_what_is_true_and_how_many_times_the_records_would_do(world: Path) -> None:
    results = settings(world, simulate={"claims": {"H3": "holds", "H4": "absent"}})
    lines = dict(cards._lines(CARDS[0] | {"columns": []}, results, EN))
    assert lines["truth"] == "holds"
    assert not {"look_ahead", "hindsight"} & set(lines)  # no column, so none that looks ahead
    assert scoreboard.truth("H5", results, EN) == ""
    said = " ".join(text for _, text in card(times_more=3.2, tipping=1.7))
    assert "For a ratio of two, 3.2 times these records would be needed." in said
    assert "Tipping ratio: 1.7." in said
    assert "would be needed" not in " ".join(text for _, text in card(times_more=0.79))


def test_tests_of_several_terms_have_f_instead_of_an_interval() -> None:
    found = {"effect_id": "wald:a+b", "estimate": 5.3, "p_holm": 0.012, "p_randomisation": None}
    assert scoreboard._estimate(found, EN, "holm") == "Terms together: F 5.3, adjusted p 0.012."


def test_no_number_of_what_could_be_detected_where_none_is_known(press: Path) -> None:
    table = pd.read_csv(press / "effects/list_choice.csv")
    low = table[(table["kind"] == "ratio") & (table["term"] == "same_sector")].assign(at="x=1", estimate=9.9)
    table = pd.concat([table[table["kind"] != "detectable"], low])
    write_csv(table, press / "effects/list_choice.csv")
    found = numbers.collect(Results(press))
    assert "emergence_firth.detectable.low" in found
    assert "list_choice.detectable.low" not in found
    assert 9.9 not in [
        item.estimate for item in evidence.ratios(Results(press), "list_choice")
    ]  # of averages


def test_levels_of_periods_are_no_terms_of_interest(world: Path) -> None:
    fit = read_json(world / f"models/{MODEL}/fit.json")
    fit["params"][1] = {"term": "C(period)[T.3]", "part": "mean", "estimate": 0.1}
    fit["params"][2]["part"] = "alpha"
    write_json(fit, world / f"models/{MODEL}/fit.json")
    shown = [row["term"] for row in evidence.coefficients(Results(world), MODEL)]
    assert shown == [
        "Intercept",
        "c(thematic_similarity)",
        "both_development",
        "both_development:c(thematic_similarity)",
    ]


def test_a_term_that_no_visibility_leaves_has_no_range() -> None:
    line = {"estimate": 0.5, "conf_low": 0.2, "conf_high": 0.8}
    assert visibility._range([line | {"inside": "False"}], EN).text == "–"
    two = [line | {"inside": "True"}, line | {"inside": "True", "estimate": 0.1, "conf_low": -0.2}]
    # exp of 0.1, 0.5, -0.2 and 0.8
    assert visibility._range(two, EN).text == "1.1–1.6 [0.82, 2.2]"


def test_a_variable_without_values_is_missing_everywhere() -> None:
    found = own_rows._moments(pd.Series([np.nan, np.nan], dtype="float64"))
    assert found == {"n": 0, "missing": 2}


def test_records_are_as_complete_as_they_were_counted_where_the_study_does_not_say(press: Path) -> None:
    assert settings(press, records=None).incomplete
    counted = read_json(press / "ingest/ingest.json") | {"by_list_status": {"complete": 90, "unknown": 0}}
    write_json(counted, press / "ingest/ingest.json")
    assert not Results(press).incomplete


def test_of_a_sampled_panel_the_tables_have_weights(press: Path) -> None:
    results = settings(press, panel={"unit": "call", "case_control": {"controls": 3}})
    contract = CONTRACTS["panel/sampled_dyads"]
    dyads = CONTRACTS["panel/dyads"].read(press / "panel/dyads.parquet").head(1).to_dict("records")
    contract.write(contract.frame([dyads[0] | {"sampling_weight": 4.0}]), press / "panel/dyads.parquet")
    assert results.table("panel", "dyads")["sampling_weight"].tolist() == [4.0]


def test_transitions_have_a_heading_only_above_levels(world: Path) -> None:
    table = pd.read_csv(world / "panel/describe/transitions.csv")
    write_csv(table[table["by"] != "prior_projects"], world / "panel/describe/transitions.csv")
    heads = [line[0] for line in texts(network_tables.transitions(Results(world), EN)) if len(line) == 1]
    assert heads == [EN("tables.transitions.by.period")]


def test_rates_that_nobody_published_are_not_drawn(press: Path) -> None:
    contract = CONTRACTS["ingest/periods"]
    periods = contract.read(press / "ingest/periods.parquet")
    periods["visibility"] = pd.Series([None] * len(periods), dtype=periods["visibility"].dtype)
    contract.write(periods, press / "ingest/periods.parquet")
    rates = calls.draw(Results(press), EN).axes[2]
    shown = [text.get_text() for text in rates.get_legend().get_texts()]
    assert shown == [EN("figures.lists_by_call.record_rate")]


def many_lists(folder: Path) -> None:
    """Six lists of 21 members each, of 24: 210 pairs and more, of which 110 are drawn at most."""
    contract = CONTRACTS["panel/lists"]
    lists = contract.read(folder / "panel/lists.parquet").head(6).to_dict("records")
    rows = [
        row | {"members": [(place + shift) % 24 for shift in range(21)], "m": 21}
        for place, row in enumerate(lists)
    ]
    contract.write(contract.frame(rows), folder / "panel/lists.parquet")


def test_captions_say_that_only_the_strongest_pairs_are_drawn(press: Path) -> None:
    assert document.network_part(Results(press), EN) == ""
    many_lists(press)
    bodies = CONTRACTS["ingest/clusters"]
    clusters = bodies.read(press / "ingest/clusters.parquet")
    clusters["lat"], clusters["lon"] = np.arange(24.0) + 30, np.arange(24.0)
    bodies.write(clusters, press / "ingest/clusters.parquet")
    said = document.network_part(Results(press), EN)
    assert "110" in said
    assert said in location_map.notes(Results(press), EN)


def test_bodies_never_active_nor_tied_are_no_nodes(press: Path) -> None:
    bodies = CONTRACTS["ingest/clusters"]
    clusters = bodies.read(press / "ingest/clusters.parquet")
    clusters.loc[0, "active_from"] = pd.Timestamp("2099-01-01")
    bodies.write(clusters, press / "ingest/clusters.parquet")
    assert {node.number for node in read_nodes(Results(press), [])} == set(range(1, 24))

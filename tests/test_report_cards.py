"""The page of identification cards: in both languages, with hostile claims, from cards made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from interclust.io import write_json
from interclust.report import cards
from interclust.report.draw import draw
from interclust.report.figures import power
from interclust.report.language import Language
from interclust.report.render import render
from interclust.report.results import Results
from interclust.report.tabulate import collect_numbers, tabulate
from report_fixture import HOSTILE, write_study
from test_report import text_of

EN, FR = Language("en"), Language("fr")
BOTH = {"en": "in force on the reference day", "fr": "en vigueur au jour de référence"}
ONCE = {"en": "judged once for all time", "fr": "jugé une fois pour toutes"}


def made(**more: Any) -> dict[str, Any]:
    level = {"level": 0.05, "1.5": 0.42, "2": 0.9999}
    step = [{"term": "thematic_similarity", "size": 0.05, "flag": False}]
    return {
        "id": "H3a",
        "records": "complete",
        "model": "emergence_moderated",
        "effect": "slope",
        "terms": ["thematic_similarity"],
        "at": {"both_development": 1},
        "expect": "+",
        "scale": "link",
        "margin": None,
        "events": {
            "unit": "events",
            "total": 1126,
            "cells": {"both_development=1": 858},
            "needed": 10,
            "enough": True,
        },
        "verdict": "supported",
        "estimate": 6.0,
        "conf_low": 4.2,
        "conf_high": 7.8,
        "p_value": 0.0004,
        "p_holm": 0.0008,
        "p_bh": 0.0004,
        "tipping": None,
        "step": step,
        "power": {"nominal": level, "adjusted": {**level, "level": 0.0041, "1.5": 0.2}},
        "detectable": 1.853,
        "times_more": 0.79,
    } | more


NOTHING = dict.fromkeys(
    ("estimate", "p_value", "p_holm", "p_bh", "power", "detectable", "times_more", "step")
)
CARDS = [
    {
        "hypothesis": "H3",
        "id": "H3",
        "outcome": {"claim": "project", "recorded": ["project", "contact"], "measured": True},
        "verdict": "supported",
        "classes": [],
        "reasons": [{"en": "It stands.", "fr": "Elle résiste."}],
        "remedy": None,
        "columns": [
            {"name": "same_region", "role": "feature", "date_rule": BOTH, "hindsight": False},
            {"name": "same_sector", "role": "feature", "date_rule": ONCE, "hindsight": True},
            {"name": "log_exposure", "role": "panel", "date_rule": None, "hindsight": False},
        ],
        "tests": [
            made(),
            made(
                id="H3b",
                effect="equivalence",
                expect="0",
                margin=1.5,
                power={"nominal": {"level": 0.05, "1": 0.5}, "adjusted": {"level": 0.01, "1": 0.0}},
            ),
            made(
                id="H3c",
                effect="wald",
                terms=["same_region:both_development", "thematic_similarity"],
                expect="+-",
            ),
        ],
    },
    {
        "hypothesis": "H1",
        "id": "H1",
        "outcome": {"claim": "contact", "recorded": ["project"], "measured": False},
        "verdict": "not testable",
        "classes": ["a"],
        "reasons": [{"en": "The claim is about contacts.", "fr": "L'énoncé porte sur les contacts."}],
        "remedy": {"en": HOSTILE[0], "fr": HOSTILE[1]},
        "columns": [{"name": "agreement", "role": "unknown", "date_rule": None, "hindsight": False}],
        "tests": [
            made(
                id="H1",
                events={
                    "unit": "events",
                    "total": None,
                    "cells": {"thematic_similarity<0.037": 3},
                    "needed": 10,
                    "enough": False,
                },
                **NOTHING,
            )
        ],
    },
]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_study(tmp_path_factory.mktemp("cards"), synthetic=True, hostile=True)
    found = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    for name in ("H1", "H3"):
        text = {"en": f"claim {HOSTILE[3]}", "fr": "énoncé"}
        found["hypotheses"][name] = {"section": "3.1", "title": text, "claim": text, "tests": []}
    write_json(found, folder / "study.json")
    write_json({"contract": "effects/cards/1", "cards": CARDS}, folder / "effects" / "cards.json")
    tabulate(folder, ["cards"], ["en", "fr"])
    draw(folder, ["power"], ["en", "fr"])
    collect_numbers(folder)
    for language in ("en", "fr"):
        render(folder, language, ["en", "fr"], "hypotheses")
    return folder


def test_a_card_says_what_a_test_rests_on_and_could_find(study: Path) -> None:
    text = text_of(study / "report/hypotheses.en.html")
    assert "Slope of closeness in theme where both in development = 1, in “First tie (cloglog)”" in text
    assert "Events: 1,126 (both in development = 1: 858)." in text
    assert "Power at a ratio of 1.5: 42% (20% at the first step of the adjustment)." in text
    assert "Power at a ratio of 2.0: >99%" in text
    assert "Power to show equality within a factor of 1.5: 50% (0% at the first step" in text
    assert "Smallest detectable ratio: 1.85." in text
    assert "Judged once for all time" in text
    assert "region in common: in force on the reference day" in text
    assert "times these records" not in text  # they suffice


def test_what_cannot_be_tested_says_why_and_what_would_settle_it(study: Path) -> None:
    text = text_of(study / "report/hypotheses.en.html")
    assert "not testable (a): the outcome does not measure the claim" in text
    assert "the records count joint projects alone" in text
    assert HOSTILE[0] in text  # as words: the page has no script
    assert "<script" not in (study / "report/hypotheses.en.html").read_text(encoding="utf-8").lower()


def test_the_cards_are_french_in_french(study: Path) -> None:
    text = text_of(study / "report/hypotheses.fr.html")
    assert "Plus petit rapport décelable\u202f: 1,85." in text
    assert "Puissance pour un rapport de 1,5\u202f: 42\u202f%" in text
    assert "tous deux en développement = 1" in text
    for english in ("Power", "Events", "Verdict is", "judged"):
        assert english not in text
    assert 'href="hypotheses.en.html"' in (study / "report/hypotheses.fr.html").read_text(encoding="utf-8")


def test_a_model_that_the_study_lacks_has_no_name_in_words(study: Path) -> None:
    text = cards._test(made(model="contact_moderated"), Results(study), FR)
    assert "dans un modèle que cette étude n’a pas" in text
    assert "contact" not in text
    assert "un modèle que" not in cards._test(made(), Results(study), FR)


def test_cells_of_a_measure_take_the_decimal_mark_of_the_language(study: Path) -> None:
    card = cards.hypotheses(Results(study), FR)[1]["cards"][0]
    assert any("énoncé" in line["text"].lower() for line in card["lines"])
    assert cards._cell("thematic_similarity>=0.037", Results(study), FR) == "proximité thématique ≥ 0,037"
    assert (
        cards._cell("same_sector=1, same_region=0", Results(study), EN)
        == "same sector = 1, region in common = 0"
    )


def test_the_table_has_a_row_for_each_test_that_was_made(study: Path) -> None:
    table = cards.table(Results(study), EN)
    assert [row.cells[0].text for row in table.rows] == ["H3a", "H3b", "H3c"]
    assert [column.key for column in table.columns][4:8] == [
        "power_1.5",
        "power_2",
        "adjusted_1.5",
        "adjusted_2",
    ]
    assert table.rows[0].cells[3].value == 858
    assert (study / "report/hypotheses.en.pdf").stat().st_size > 10_000


def test_the_figure_of_power_sorts_tests_and_leaves_out_what_cannot_be_made(study: Path) -> None:
    made, others = power.split(Results(study))
    tests = [test for card in CARDS for test in card["tests"]]
    assert len(made) + len(others) == len(tests)
    assert all(test["power"] and test["p_value"] is not None for test in made)
    lowest = [
        min(value for key, value in test["power"]["nominal"].items() if key != "level") for test in made
    ]
    assert lowest == sorted(lowest, reverse=True)
    axes = power.draw(Results(study), EN).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [test["id"] for test in made]
    assert cards.untested(Results(study), EN) == f"Tests that cannot be made are not drawn: {len(others)}."

"""The completion plan in the report: its tables, its figure and its section, from a plan made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from interclust.effects.planner import MEASURED, PANELS
from interclust.effects.planner.of_lists import ORDER, UNITS
from interclust.io import read_json, write_csv, write_json
from interclust.report import completion, completion_tables, document
from interclust.report.exhibits import describe
from interclust.report.figures import completion as figure
from interclust.report.language import Language
from interclust.report.numbers import Collector
from interclust.report.placing import Exhibits
from interclust.report.results import Results
from interclust.report.tabulate import tabulate
from report_fixture import write_study

EN, FR = Language("en"), Language("fr")
TERMS = {"same_sector": "H3a", "same_region": ""}
POWER = {1.5: (0.2, 0.5, 0.3), 2.0: (0.5, 0.92, 0.7)}  # now, after one call, if dependence stays


def unit(kind: str, name: object, projects: float | None, lists: float) -> list[dict[str, Any]]:
    basis = "law" if projects is None else "published"
    head = {
        "model": "list_choice",
        "unit": kind,
        "name": name,
        "basis": basis,
        "projects": projects,
        "lists": lists,
    }
    return [
        head
        | {"term": term, "tests": tests, "ratio": ratio}
        | {"power": now, "power_after": after, "power_stays": stays}
        for term, tests in TERMS.items()
        for ratio, (now, after, stays) in POWER.items()
    ]


def steps(term: str, tests: str, calls: list[int]) -> list[dict[str, Any]]:
    """A hundred projects and fifty lists a call; power at 2 of 50, 92, 99 %, or 50, 70, 75."""
    found = []
    for ratio, powers in (
        (1.5, [(0.2, 0.2), (0.5, 0.3), (0.7, 0.35)]),
        (2.0, [(0.5, 0.5), (0.92, 0.7), (0.99, 0.75)]),
    ):
        for number, (power, stays) in enumerate(powers):
            found.append(
                {
                    "model": "list_choice",
                    "term": term,
                    "tests": tests,
                    "step": number,
                    "period": calls[number - 1] if number else None,
                    "projects": 100.0 * number,
                    "lists": 50.0 * number,
                    "ratio": ratio,
                    "power": power,
                    "power_stays": stays,
                }
            )
    return found


def needed(test: str, effect_id: str, values: dict[tuple[str, float], int | None]) -> list[dict[str, Any]]:
    head = {"hypothesis": test[:3], "test": test, "model": "m", "effect_id": effect_id, "power": 0.85}
    whole = {"calls_all": 24, "projects_all": 1767.0, "study": "made_up", "seed": 3, "version": "9.9"}
    return [
        head
        | whole
        | {
            "direction": direction,
            "ratio": ratio,
            "calls": calls,
            "projects": None if calls is None else 70.0 * calls,
        }
        for (direction, ratio), calls in values.items()
    ]


def planned(folder: Path) -> Results:
    write_study(folder)
    study = read_json(folder / "study.json")
    write_json(study | {"planner": {"models": ["list_choice"]}}, folder / "study.json")
    units = [*unit("call", 5, 121.4, 67.6), *unit("call", 3, 99.0, 56.0)]
    units += [*unit("cluster", "c00", 218.0, 175.0), *unit("cluster", "c01", None, 300.0)]
    units += unit("all", "", 220.4, 123.6)
    write_csv(pd.DataFrame(units, columns=list(UNITS)), folder / "effects/completion.csv")
    order = [row for term, tests in TERMS.items() for row in steps(term, tests, [5, 3])]
    write_csv(pd.DataFrame(order, columns=list(ORDER)), folder / "effects/completion_order.csv")
    first, last = completion.FIRST, completion.LAST
    panels = needed(
        "H3b",
        "ratio_of_ratios:thematic_similarity|both_development",
        {(first, 1.5): None, (first, 2.0): 4, (last, 1.5): None, (last, 2.0): 22},
    )
    panels += needed(
        "H4a",
        "slope:tech_market_complementarity|both_development@both_development=1",
        {(first, 1.5): None, (first, 2.0): None, (last, 1.5): 12, (last, 2.0): 3},
    )
    panels += needed("H14c", "equivalence:same_sector", {(first, 1.5): 12, (last, 1.5): None})
    table = pd.DataFrame(panels, columns=[*PANELS, *MEASURED]).astype({"calls": "Int64"})
    write_csv(table, folder / "effects/completion_panels.csv")
    return Results(folder)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return planned(tmp_path_factory.mktemp("planned"))


def texts(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_units_by_call_then_all_then_published_portfolios(results: Results) -> None:
    assert texts(completion_tables.units(results, EN)) == [
        ["Nothing, as it is", "", "", "20%", "20%"],
        ["One period"],
        ["Call 5", "121", "68", "50% (30%)", "50% (30%)"],
        ["Call 3", "99", "56", "50% (30%)", "50% (30%)"],
        ["All these periods", "220", "124", "50% (30%)", "50% (30%)"],
        ["The portfolio of one cluster"],
        ["Aerospace Valley", "218", "175", "50% (30%)", "50% (30%)"],
    ]
    french = texts(completion_tables.units(results, FR))
    assert french[2] == ["Appel 5", "121", "68", "50\u202f% (30\u202f%)", "50\u202f% (30\u202f%)"]


def test_panels_say_how_many_projects_or_never(results: Results) -> None:
    table = completion_tables.panels(results, EN)
    assert [column.key for column in table.columns] == [
        *("test", "effect", "power", "first_2", "first_1.5", "last_2", "last_1.5")
    ]
    assert texts(table) == [
        ["H3b", "Closeness in theme × both in development", "85%", "280 (4)", "never", "1,540 (22)", "never"],
        [
            "H4a",
            "Technology meets market, both in development",
            "85%",
            "never",
            "never",
            "210 (3)",
            "840 (12)",
        ],
        ["H14c", "Same sector, the same in both", "85%", "–", "840 (12)", "–", "never"],
    ]
    assert "study made_up (seed 3, version 9.9)" in table.notes[-1]


def test_numbers_have_the_place_that_they_were_read_from(results: Results) -> None:
    numbers = Collector()
    completion.add_numbers(results, numbers)
    found = {key: entry["text_en"] for key, entry in numbers.entries.items()}
    assert (found["completion.calls"], found["completion.lists"]) == ("2", "124")
    assert found["completion.same_sector.first"] == "5"
    assert found["completion.same_sector.2.first_stays"] == "70%"
    assert found["completion.same_sector.2.power.projects"] == "100"
    assert "completion.same_sector.2.power_stays.projects" not in found  # never
    assert (found["panels.tests"], found["panels.reached"], found["panels.never"]) == ("2", "1", "1")
    assert numbers.entries["panels.least"]["file"] == "effects/completion_panels.csv"


def test_the_section_chooses_its_sentences(results: Results) -> None:
    numbers = Collector()
    completion.add_numbers(results, numbers)
    for name in ("power", "level"):
        numbers.add(name, 0.8, "share", "study.json", "convention")
    tabulate(results.folder, ["completion", "completion_panels"])
    shown = completion.shown(results, EN)
    assert shown is not None
    page = section(results, EN, numbers)
    assert (
        "**Same sector** (H3a): 20% today; 50% with period 5 alone (30% if what dependence adds stays)."
        in page
    )
    assert "read in the best order" not in page  # at 1.5 no number of calls has the power wanted
    assert "measured on the synthetic complete world of the study “made_up”" in page
    assert "(30 % si ce que la dépendance ajoute reste)" in section(results, FR, numbers)


def section(results: Results, say: Language, numbers: Collector) -> str:
    """The section alone, in one line; underscores of Markdown unescaped."""
    import jinja2

    exhibits = Exhibits(results.folder / "report", say, ("completion", "completion_panels"))
    loader = jinja2.FileSystemLoader(say.source / "sections")
    environment = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True)  # noqa: S701
    text = environment.get_template("completion.md").render(
        en=say.code == "en",
        n=document.Numbers(numbers.entries, say.code),
        planned=completion.shown(results, say),
        see=exhibits.see,
        figure=str,
    )
    return " ".join(text.split())


def test_the_figure_has_a_panel_a_ratio_and_the_order_below(results: Results) -> None:
    drawn = figure.draw(results, EN)
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert titles[:2] == ["At a true ratio of 1.5", "At a true ratio of 2.0"]
    assert [text.get_text() for text in drawn.axes[-1].texts] == ["5", "3", "5", "3"]
    lines = drawn.axes[1].get_lines()
    assert any(list(line.get_xydata()[-1]) == pytest.approx([100.0, 99.0]) for line in lines)


def test_a_study_without_a_plan_has_none_in_its_report(tmp_path: Path) -> None:
    write_study(tmp_path)
    assert completion.shown(Results(tmp_path), EN) is None


def test_exhibits_name_the_models_of_the_plan(results: Results) -> None:
    found = describe(results, Path("tables/completion.en.html"))
    assert (found.model, found.rule) == ("list_choice", "write_tables")

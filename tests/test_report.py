"""The whole stage on a results folder made by hand: the page, the PDF, hostile names, the same bytes."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from unittest import mock

import pytest

from interclust.report import pages
from interclust.report.document import compose
from interclust.report.draw import draw
from interclust.report.exhibits import describe, write_provenance
from interclust.report.figures import style
from interclust.report.language import Language
from interclust.report.placing import Raw, ReportError
from interclust.report.provenance import sha256
from interclust.report.render import compile_typst, render
from interclust.report.results import Results
from interclust.report.tabulate import collect_numbers, tabulate
from report_fixture import write_study

COMMON = ["lists_by_call", "network", "coefficients", "coverage"]
TABLES = [
    "flow",
    "calls",
    "network",
    "transitions",
    "models",
    "hypotheses",
    "validity",
    "dictionary",
    "provenance",
]


def make(folder: Path, *, synthetic: bool = False, hostile: bool = False, languages: list[str]) -> Path:
    """A study with everything but its pages."""
    write_study(folder, synthetic=synthetic, hostile=hostile)
    apart = ["truth_vs_estimate"] if synthetic else ["tipping", "sensitivity"]
    for language in languages:  # all formats once: drawing is slow
        formats = style.FORMATS if language == "en" and hostile else ("svg", "png")
        with mock.patch.object(style, "FORMATS", formats):
            draw(folder, [*COMMON, *apart], [language])
    models = Results(folder).models
    several = [*pages.variable_tables(models), *pages.regression_pages(models)]
    names = [*TABLES, *several, *(("truth", "permutations") if synthetic else ("sensitivity",))]
    tabulate(folder, names, languages, [folder / "study.json"], folder)
    collect_numbers(folder)
    return folder


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(tmp_path_factory.mktemp("hostile"), hostile=True, languages=["en", "fr"])
    for language in ("en", "fr"):
        render(folder, language, ["en", "fr"])
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(tmp_path_factory.mktemp("world"), synthetic=True, languages=["en"])
    render(folder, "en", ["en"])
    return folder


def text_of(page: Path) -> str:
    """The words of an HTML page, without pictures and markup."""
    body = re.sub(
        r"<style.*?</style>|<nav.*?</nav>|<img[^>]*>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    plain = re.sub(r"<[^>]+>", " ", body)
    return re.sub(r"[ \n]+", " ", plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def test_the_first_page_says_what_the_records_can_say(hostile: Path) -> None:
    text = text_of(hostile / "report/report.en.html")
    assert text.index("What these records can say") < text.index("What they cannot say")
    assert text.index("What they cannot say") < text.index("Headline") < text.index("From rows to lists")
    assert "Same sector: ×5.7" in text
    assert "95% interval 2.4 to 13.7" in text
    assert "Of the 20 hypotheses of the case study, 2 can be put to a test" in text
    assert "Technology meets market: ×1.3 (0.54 to 3.1), undecided." in text
    assert "Recurrence (logit) : 4 events; at least 10 are needed." in text


def test_the_french_page_is_french(hostile: Path) -> None:
    text = text_of(hostile / "report/report.fr.html")
    assert "Ce que ce relevé peut dire" in text
    assert "Même secteur\u202f: ×5,7" in text
    for english in ("interval", "undecided", "Table", "records", "Why"):
        assert not re.search(rf"\b{english}\b", text)


def test_the_synthetic_report_adds_the_truth(world: Path) -> None:
    text = text_of(world / "report/report.en.html")
    assert "Synthetic, complete, and of known truth." in text
    assert "4 of 5 intervals hold the truth" in text
    assert "The truth beside the estimate" in text
    assert "unseen were absent" not in text
    assert "What would undo the result" not in text


def test_a_recorded_world_is_named_synthetic_and_incomplete(hostile: Path, tmp_path: Path) -> None:
    shutil.copytree(hostile, tmp_path, dirs_exist_ok=True)
    study = json.loads((tmp_path / "study.json").read_text())
    study["simulate"] = {"source": "data/raw", "recording": {"lost_labels": 0.1}}
    (tmp_path / "study.json").write_text(json.dumps(study))
    numbers = json.loads((tmp_path / "report/numbers.json").read_text())
    pages = {
        code: compose(Results(tmp_path), tmp_path / "report", numbers, Language(code))
        for code in ("en", "fr")
    }
    assert "Synthetic, incomplete, and of known truth." in pages["en"]
    assert "Synthétiques, incomplètes, et de vérité connue." in pages["fr"]
    for page, words in (("en", "none of them is counted as an absence"), ("fr", "aucun ne compte comme")):
        assert words in pages[page], (
            "the first page says what such records identify, as that of the real ones"
        )
    assert "every list of labels is whole" not in pages["en"]


def test_permutations_are_shown_where_a_model_has_them(world: Path, hostile: Path) -> None:
    assert "Tests by permutations of clusters" in text_of(world / "report/report.en.html")
    assert "permutations of clusters" not in text_of(hostile / "report/report.en.html")


def test_complete_records_of_unknown_truth_have_a_first_page_too(world: Path, tmp_path: Path) -> None:
    shutil.copytree(world, tmp_path, dirs_exist_ok=True)
    study = json.loads((tmp_path / "study.json").read_text())
    del study["simulate"], study["hypotheses"]
    (tmp_path / "study.json").write_text(json.dumps(study))
    for path in ("truth.csv", "hypotheses.csv", "scoreboard.csv"):
        (tmp_path / "effects" / path).unlink()
    several = pages.regression_pages(Results(tmp_path).models)
    tabulate(tmp_path, [*TABLES, *several], ["en"])
    collect_numbers(tmp_path)
    numbers = json.loads((tmp_path / "report/numbers.json").read_text())
    text = compose(Results(tmp_path), tmp_path / "report", numbers, Language("en"))
    assert "The lists of members are complete" in text
    assert "Scoreboard" not in text
    assert "truth_vs_estimate" not in text
    assert "The truth that made the records" not in text


def test_the_page_takes_nothing_from_outside(hostile: Path) -> None:
    page = (hostile / "report/report.en.html").read_text(encoding="utf-8")
    assert "<script" not in page.lower()
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    beside = ("report.fr.html", "hypotheses.en.html", "explorer.en.html")
    assert all(address.startswith(("data:", "#", *beside)) for address in loaded)
    assert "@import" not in page
    assert page.count("<figure") == 6 + 12


def test_hostile_names_are_text_everywhere(hostile: Path) -> None:
    page = text_of(hostile / "report/report.en.html")
    assert r"<script>alert(1)</script>\input{/etc/passwd}" in page  # the label of the study
    for path in (hostile / "report/tables").glob("*.tex"):
        assert r"\input" not in path.read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_the_page_is_no_wider_than_a_telephone(hostile: Path, tmp_path: Path) -> None:
    page = html.escape((hostile / "report/report.fr.html").read_text(encoding="utf-8"))
    measure = "document.title = this.contentDocument.documentElement.scrollWidth"
    frame = f'<iframe width="360" height="800" onload="{measure}" srcdoc="{page}"></iframe>'
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html>{frame}", encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--dump-dom"]
    address = (tmp_path / "page.html").as_uri()
    done = subprocess.run(["chromium", *flags, address], capture_output=True, check=True, timeout=60)
    assert re.search(rb"<title>(\d+)</title>", done.stdout)[1] == b"360"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_the_pdf_holds_the_same_words(hostile: Path) -> None:
    done = subprocess.run(
        ["pdftotext", "-layout", hostile / "report/report.en.pdf", "-"], capture_output=True, check=True
    )
    text = re.sub(r"\s+", " ", done.stdout.decode())
    assert "What these records can say" in text
    assert r"<script>alert(1)</script>\input{/etc/passwd}" in text
    assert "Table 1. From the rows of the raw file" in text
    assert "Figure 2. Records, lists and tied pairs" in text


def test_two_runs_give_the_same_bytes(hostile: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(hostile, again)
    for name in COMMON:
        for figure in (again / "report/figures").glob(f"{name}.en.*"):
            figure.unlink()
    for page in (again / "report").glob("report.*"):
        page.unlink()
    draw(again, COMMON, ["en"])
    render(again, "en", ["en", "fr"])
    for path in sorted(again.rglob("report/**/*.*")):
        assert path.read_bytes() == (hostile / path.relative_to(again)).read_bytes(), path.name


def test_exhibits_and_provenance(hostile: Path) -> None:
    files = [
        str(path)
        for path in (hostile / "report").rglob("*")
        if path.is_file() and path.name != "exhibits.csv"
    ]
    write_provenance(hostile, files, [hostile / "study.json"], hostile)
    with (hostile / "report/exhibits.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == ["exhibit", "model", "rule", "script", "file", "sha256"]
    assert len(rows) == len(files)
    found = {line[4]: line for line in rows}
    assert found["figures/tipping.en.svg"][:4] == [
        "figure tipping",
        "list_choice",
        "draw_figures",
        "workflow/scripts/draw_figures.py",
    ]
    assert all(sha256(hostile / "report" / line[4]) == line[5] for line in rows)
    stored = json.loads((hostile / "provenance.json").read_text())
    assert stored["raw"] == {"study.json": sha256(hostile / "study.json")}
    assert stored["libraries"]["typst"]


def test_an_exhibit_names_the_models_it_shows(world: Path) -> None:
    table = describe(Results(world), Path("tables/permutations.en.tex"))
    assert (table.exhibit, table.model) == ("table permutations", "emergence_moderated")
    network = describe(Results(world), Path("network.gexf"))
    assert (network.exhibit, network.model, network.rule) == ("file network", "", "write_tables")


def test_a_missing_number_or_table_is_named(world: Path, tmp_path: Path) -> None:
    results = Results(world)
    with pytest.raises(ReportError, match=r"numbers.json has no 'records.read'"):
        compose(results, world / "report", {}, Language("en"))
    entries = json.loads((world / "report/numbers.json").read_text())
    with pytest.raises(ReportError, match=r"figures/truth_vs_estimate.en.svg: the report needs this figure"):
        compose(results, tmp_path, entries, Language("en"))
    shutil.copytree(world / "report/figures", tmp_path / "figures")
    with pytest.raises(ReportError, match=r"tables/flow.en.html: the report needs this table"):
        compose(results, tmp_path, entries, Language("en"))


def test_every_value_in_the_text_is_escaped(world: Path) -> None:
    entries = json.loads((world / "report/numbers.json").read_text())
    entries["records.read"]["text_en"] = "*9* [x](y)"
    text = compose(Results(world), world / "report", entries, Language("en"))
    assert r"\*9\* \[x\]\(y\)" in text
    assert isinstance(Raw("x"), str)


def test_typst_errors_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="the PDF cannot be set"):
        compile_typst("#nothing()", tmp_path)


def test_figures_have_no_date(hostile: Path) -> None:
    for path in (hostile / "report/figures").glob("*.en.*"):
        assert b"CreationDate" not in path.read_bytes()
        assert b"dc:date" not in path.read_bytes()

"""What a reader of the pages meets: words, tables that fit, rows that no page cuts.

And hostile names as text, in the formats that have no such test elsewhere.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from interclust.report import decoded, latex_table, scoreboard, table_formats
from interclust.report.draw import draw
from interclust.report.escape import clean, typst
from interclust.report.language import Language
from interclust.report.numerals import NUMERALS
from interclust.report.paper import HEAD
from interclust.report.placing import Exhibits
from interclust.report.render import compile_typst, parse, render_word
from interclust.report.results import Results
from interclust.report.table import Table, group, left, right, row
from report_fixture import HOSTILE, write_study

EN, FR = Language("en"), Language("fr")
COLUMNS = (left("name", "Name", 1.0), right("n", "N"))
NAMES = Table("names", "Names", COLUMNS, tuple(row(name, "1") for name in HOSTILE))
LONG = Table("long", "Long", COLUMNS, tuple(row(str(n), "1") for n in range(60)))
CODE = re.compile(r"[a-z]_[a-z]{2}|\*\*")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return Results(write_study(tmp_path_factory.mktemp("pages"), hostile=True))


def test_a_reason_names_terms_and_models_by_their_labels(study: Results) -> None:
    code = "The model list_choice lacks same_sector:same_region and I(thematic_similarity**2)."
    for say, quoted in ((EN, "“same sector”"), (FR, "« même secteur »")):
        text = decoded.sentence(code, study, say)
        assert not CODE.search(text)
        assert quoted.replace(" ", "\u202f") in text.replace(" ", "\u202f")
    assert decoded.sentence("Nothing to name: ln(a_i + 1/2).", study, EN) == "Nothing to name: ln(a_i + 1/2)."


def test_no_verdict_has_a_name_of_code_in_it(study: Results) -> None:
    for say in (EN, FR):
        rows = scoreboard.table(study, say).rows
        assert rows
        assert not [line.cells[-1].text for line in rows if CODE.search(line.cells[-1].text)]


def test_a_definition_says_what_a_setting_is_set_to(study: Results) -> None:
    settings = {"structuring_months": 24, "rule_regimes": {"open": 1}}
    text = "in operation for structuring_months or more; the first of rule_regimes; a_i of other_name"
    assert decoded.definition(text, settings, EN) == (
        "in operation for 24 months or more; the first of those in the settings; a_i of other_name"
    )
    assert decoded.settings(study)["turnover_months"] == 30  # the default of the schema


def test_claims_are_enumerated_by_verdict(study: Results) -> None:
    found = scoreboard.by_verdict(study, EN)
    assert [item["verdict"] for item in found] == [
        name for name in scoreboard.DECIDED if any(one.verdict == name for one in scoreboard.judged(study))
    ]
    named = ", ".join(item["ids"] for item in found).split(", ")
    assert sorted(named) == sorted(one.id for one in scoreboard.judged(study) if one.testable)


def test_numbers_end_where_their_digits_mean_nothing() -> None:
    en, fr = NUMERALS["en"], NUMERALS["fr"]
    assert (en.ratio(0.0004), en.ratio(0.006), fr.ratio(0.001)) == ("<0.01", "0.01", "<\u202f0,01")
    assert (en.ratio(0.0), en.ratio(-0.001)) == ("0.00", "0.00")
    assert (en.freedom(7.442), en.freedom(39.0), fr.freedom(56.92)) == ("7.4", "39", "56,9")


def wide() -> Table:
    """A table that needs the whole line: ten columns, minus signs, capitals, a long word."""
    cells = ["−0.123 [−4.567, 89.012]", "100.0%", *["−1.386"] * 4, "COMMON", "58,930"]
    columns = (left("t", "Text", 1.0), *(right(f"v{n}", "Most of the Missing") for n in range(len(cells))))
    rows = [row("Technology/market complementarity", *cells), group("A group")] * 3
    return Table("wide", "Wide", columns, tuple(rows), ("A note.",))


ENGINES = [name for name in ("lualatex", "pdflatex") if shutil.which(name)]


@pytest.mark.skipif(not ENGINES, reason="LaTeX is not installed")
@pytest.mark.parametrize("engine", ENGINES)
def test_tables_fit_the_line_of_a_manuscript(engine: str, tmp_path: Path) -> None:
    """With the preamble that the paper's folder names, no box is more than 2 pt too wide."""
    packages = re.search(r"\\usepackage\{\{[^}]*longtable[^}]*\}\}", HEAD)[0].format()
    tables = "".join(map(latex_table.to_latex, (wide(), LONG)))
    head = r"\documentclass[11pt,a4paper]{article}\usepackage[margin=25mm]{geometry}\usepackage[T1]{fontenc}"
    text = rf"{head}{packages}\begin{{document}}{tables}\end{{document}}"
    (tmp_path / "paper.tex").write_text(text, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
    over = re.findall(rb"Overfull \\hbox \(([\d.]+)pt", done.stdout)
    assert [points for points in over if float(points) > 2] == []


def test_a_word_is_broken_behind_a_sign_between_words() -> None:
    rows = (row("Technology/market"), row("f" * 40))
    made = latex_table.to_latex(Table("t", "T", (left("a", "A", 1.0),), rows))
    assert r"Technology/\allowbreak{}market" in made
    assert made.count(r"\allowbreak{}") == 3


def test_no_page_of_word_cuts_a_row_nor_a_short_table(tmp_path: Path) -> None:
    for table in (NAMES, LONG):
        table_formats.write(table, tmp_path / "tables", "en")
    exhibits = Exhibits(tmp_path, EN)
    text = "\n\n".join([exhibits.table("names"), exhibits.table("long")])
    render_word(parse(text, EN, ("Title", "Subtitle")), tmp_path, EN, tmp_path / "page.docx")
    with zipfile.ZipFile(tmp_path / "page.docx") as file:
        document = ElementTree.fromstring(file.read("word/document.xml"))
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    short, long = ([*found.iter(f"{w}tr")] for found in document.iter(f"{w}tbl"))
    assert all(line.find(f"{w}trPr/{w}cantSplit") is not None for line in (*short, *long))
    kept = [[line.find(f".//{w}keepNext") is not None for line in rows] for rows in (short, long)]
    assert all(kept[0])
    assert (
        kept[1] == [False] * (len(long) - 3) + [True] * 3
    )  # the last rows stay together, and with the notes


class Cells(HTMLParser):
    """The elements of a page, and its text by cell of a table."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


def test_hostile_names_are_text_in_html_and_csv(tmp_path: Path) -> None:
    read = Cells()
    read.feed(table_formats.to_html(NAMES))
    assert not read.elements & {"script", "img", "a", "code", "em", "h1"}
    assert {clean(name) for name in HOSTILE} <= {cell.strip() for cell in read.cells}
    table_formats.write_values(NAMES, tmp_path)
    with (tmp_path / "names.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream))[1:]
    assert len(lines) == len(HOSTILE)
    assert not [line[0] for line in lines if line[0][:1] in "=+-@\t\r"]
    assert [line[0].lstrip("'") for line in lines] == [name.lstrip("'") for name in HOSTILE]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_hostile_names_are_text_in_a_pdf(tmp_path: Path) -> None:
    text = "#set page(width: 60cm)\n" + "\n\n".join(map(typst, HOSTILE))
    (tmp_path / "names.pdf").write_bytes(compile_typst(text, tmp_path))
    done = subprocess.run(["pdftotext", tmp_path / "names.pdf", "-"], capture_output=True, check=True)
    printed = re.sub(r"\s+", "", done.stdout.decode())
    for name in HOSTILE:
        if name.isascii():  # pdftotext has its own order of what is written from right to left
            assert re.sub(r"\s+", "", clean(name)) in printed
        else:
            assert set(name) - {" "} <= set(printed)


def test_hostile_names_are_drawn_as_signs(study: Results) -> None:
    """In SVG names are outlines: no element but shapes, and a dollar in a name is a dollar."""
    draw(study.folder, ["network"], ["en"])
    text = (study.folder / "report/figures/network.en.svg").read_text(encoding="utf-8")
    elements = {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(text).iter()}
    assert not elements & {"script", "foreignObject", "image", "a", "text"}
    assert "alert(1)" not in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_a_page_of_the_pdf_does_not_end_with_the_heading_of_a_group(tmp_path: Path) -> None:
    look = (EN.source / "template.typ").read_text(encoding="utf-8")
    look = look[look.index("#let group-row") : look.index("#let side")].replace("$table-word$", "Table")
    for before in range(24, 30):  # somewhere among them the group would be the last line of a page of A6
        lines = [*(row(f"r{n}", "1") for n in range(before)), group("Group"), row("last", "1")]
        made = table_formats.to_typst(Table("t", "T", COLUMNS, tuple(lines)))
        text = f'#set page(paper: "a6")\n{look}{made.replace("long: false", "long: true")}'
        (tmp_path / "t.pdf").write_bytes(compile_typst(text, tmp_path))
        done = subprocess.run(
            ["pdftotext", "-layout", tmp_path / "t.pdf", "-"], capture_output=True, check=True
        )
        pages = [page.split() for page in done.stdout.decode().split("\f") if page.strip()]
        assert not [page for page in pages if page[-1] == "Group"], before

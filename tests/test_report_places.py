"""Where things stand on the pages: floats, notes, the annex; codes as words; the same bytes in any folder."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from interclust.report import annex, decoded, latex_table, table_formats
from interclust.report.figures import forest
from interclust.report.language import SOURCE, Language
from interclust.report.placing import Exhibits
from interclust.report.render import compile_typst, parse, render_html, render_latex, render_pdf, render_word
from interclust.report.results import Results
from interclust.report.table import Table, group, left, right, row
from report_fixture import write_study

EN, FR = Language("en"), Language("fr")
COLUMNS = (left("name", "Name", 1.0), right("n", "N"))
NOTE = "NOTE " + "word " * 60


def table_of(n: int, name: str = "t") -> Table:
    return Table(name, f"Caption {name}", COLUMNS, tuple(row(f"r{k}", "1") for k in range(n)), (NOTE,))


def look() -> str:
    """The part of the template that sets exhibits, without what pandoc fills."""
    text = (EN.source / "template.typ").read_text(encoding="utf-8")
    return text[text.index("#let floats") : text.index("#let side")].replace("$table-word$", "Table")


def pages_of(text: str, folder: Path) -> list[str]:
    """The words of each page of a PDF."""
    (folder / "t.pdf").write_bytes(compile_typst(text, folder))
    done = subprocess.run(["pdftotext", "-layout", folder / "t.pdf", "-"], capture_output=True, check=True)
    return [page for page in done.stdout.decode().split("\f") if page.strip()]


needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")


@needs_pdftotext
def test_the_notes_of_a_table_stand_below_its_last_two_rows(tmp_path: Path) -> None:
    for n in range(14, 30, 2):  # for some of them the notes would begin a page of A6
        made = table_formats.to_typst(table_of(n)).replace("long: false", "long: true")
        pages = pages_of(f'#set page(paper: "a6")\n{look()}{made}', tmp_path)
        (with_notes,) = [page for page in pages if "NOTE" in page]
        assert re.findall(r"\br\d+", with_notes)[-2:] == [f"r{n - 2}", f"r{n - 1}"]


@needs_pdftotext
def test_text_goes_on_where_a_tall_table_does_not_fit(tmp_path: Path) -> None:
    """Its number is that of the text, wherever it stands; where nothing floats, a table keeps its place."""
    first, second = (table_formats.to_typst(table_of(18, name)) for name in ("a", "b"))
    first = first.replace(table_formats.TYPST_NUMBER, 'number: "7"')
    text = f"{first}\nMIDDLE\n{second}\nAFTER\n"
    start = f'#set page(paper: "a6")\n{look()}'
    pages = pages_of(f"{start}#floats.update(true)\nBEFORE\n{text}", tmp_path)
    assert "BEFORE" in pages[0]
    assert "MIDDLE" in pages[0]
    assert "AFTER" in pages[0]
    assert "Table 7. Caption a" in re.sub(r"\s+", " ", " ".join(pages))
    assert "AFTER" not in pages_of(f"{start}BEFORE\n{text}", tmp_path)[0]


def test_the_annex_holds_what_is_too_long_and_the_text_points_at_it(tmp_path: Path) -> None:
    results = Results(write_study(tmp_path))
    parts = {part.key: part.tables for part in annex.parts(results, EN)}
    assert parts["periods"] == ("calls", "network", "transitions")
    assert parts["models"] == ("models",)  # few models side by side stay in the text
    named = annex.regressions(results)
    assert annex.fits(named, results, EN)
    assert not annex.fits(named * 40, results, EN)
    exhibits = Exhibits(tmp_path, FR, ("flow", "calls", "network"))
    assert exhibits.see("calls") == "tableau [A2](#table-calls)"
    assert exhibits.see("flow", "calls", "network") == "tableaux [A1](#table-flow) à [A3](#table-network)"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with two tables, one of them of the annex, and the text around them."""
    folder = tmp_path_factory.mktemp("page")
    many = tuple(right(f"n{k}", "Heading") for k in range(14))
    wide = Table("wide", "Wide", (left("name", "Name"), *many), (row("r", *["1"] * 14),))
    for table in (table_of(3, "own"), table_of(50, "apart"), wide):
        table_formats.write(table, folder / "tables", "en")
    exhibits = Exhibits(folder, EN, ("apart",))
    blocks = [f"As {exhibits.see('apart')} says [@mcfadden].", exhibits.table("own"), exhibits.table("wide")]
    return folder, "\n\n".join([*blocks, "::: {.annex}\n:::", exhibits.table("apart")])


def write(page: tuple[Path, str], say: Language, folder: Path) -> dict[str, bytes]:
    """The four formats of a page."""
    parsed = parse(page[1], say, ("Title", "Subtitle"))
    render_html(parsed, page[0], say, ["fr"], folder / "p.html")
    render_pdf(parsed, page[0], say, folder / "p.pdf")
    render_latex(parsed, page[0], say, folder / "p.tex")
    render_word(parsed, page[0], say, folder / "p.docx")
    return {path.suffix: path.read_bytes() for path in sorted(folder.glob("p.*"))}


def test_every_format_has_the_same_bytes_wherever_the_source_lies(
    page: tuple[Path, str], tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    shutil.copytree(SOURCE, tmp_path / "moved")
    here = write(page, EN, tmp_path)
    assert write(page, Language("en", tmp_path / "moved"), tmp_path / "elsewhere") == here
    with zipfile.ZipFile(tmp_path / "p.docx") as file:
        assert not [name for name in file.namelist() if str(SOURCE).encode() in file.read(name)]


def test_a_table_of_the_annex_is_numbered_and_found_in_every_format(
    page: tuple[Path, str], tmp_path: Path
) -> None:
    made = write(page, EN, tmp_path)
    html, latex = made[".html"].decode(), made[".tex"].decode()
    assert '<a href="#table-apart">A1</a>' in html
    assert 'id="table-apart"' in html
    assert '<span class="number">Table A1.</span>' in html
    assert r"\hyperref[tab:apart]{A1}" in latex
    assert r"\renewcommand{\thetable}{A\arabic{table}}" in latex
    with zipfile.ZipFile(tmp_path / "p.docx") as file:
        document = file.read("word/document.xml").decode()
    assert 'w:anchor="table-apart"' in document
    assert 'w:name="table-apart"' in document


def test_a_table_of_word_with_many_columns_has_smaller_print(page: tuple[Path, str], tmp_path: Path) -> None:
    """So that no heading is broken within a word."""
    write(page, EN, tmp_path)
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(tmp_path / "p.docx") as file:
        document = ElementTree.fromstring(file.read("word/document.xml"))
    styles = [
        {style.get(f"{w}val") for style in table.iter(f"{w}pStyle")} for table in document.iter(f"{w}tbl")
    ]
    assert styles == [{"TableHead", "TableCell"}, {"TableHeadNarrow", "TableCellNarrow"}, styles[0]]


def test_a_long_table_of_latex_has_one_caption_and_label() -> None:
    made = latex_table.to_latex(table_of(50))
    head, _, rest = made.partition(r"\endfirsthead")
    assert (head.count(r"\caption"), head.count(r"\label")) == (1, 1)
    assert r"\caption" not in rest
    assert r"\endhead" in rest


def test_a_table_of_few_models_is_no_wider_than_it_needs() -> None:
    rows = (row("Same sector", "1.0"), group("Fit"))
    narrow = Table("narrow", "Narrow", COLUMNS, rows, narrow=True)
    assert "columns: (auto, auto,)" in table_formats.to_typst(narrow)
    assert r"\begin{tabular}{lr}" in latex_table.to_latex(narrow)
    long = Table("long", "Long", COLUMNS, (row("word " * 40, "1.0"),), narrow=True)
    assert r"\linewidth}r}" in latex_table.to_latex(long)


def test_a_label_of_three_lines_is_whole() -> None:
    label = "Région commune à politique intégrée × complémentarité technologie/marché"
    assert forest.wrap(label).replace("\n", " ") == label
    assert forest.wrap("word " * 60).endswith("…")


def test_codes_of_the_results_are_words(tmp_path: Path) -> None:
    results = Results(write_study(tmp_path))
    addresses = ("https://www.objectif.latribune.fr/a_b.html", "http://www.rhone.cci.fr/x", "")
    lines = [f"s{place},{address}" for place, address in enumerate(addresses)]
    (tmp_path / "ingest/sources.csv").write_text("source_id,url\n" + "\n".join(lines) + "\n")
    found = [decoded.source(f"s{place}", results) for place in range(4)]
    assert found == ["latribune.fr (s0)", "rhone.cci.fr (s1)", "s2", "s3"]
    assert decoded.test("H1-territory", FR) == "H1, territoire"
    assert decoded.test("H14c.2", EN) == "H14c.2"
    assert decoded.place("3.1, note 10, table 2", FR) == "3.1, note\u00a010, tableau\u00a02"
    assert decoded.place("rules of the fund", FR) == "règles du fonds"
    assert decoded.span("2006-2009") == "2006–2009"


def test_french_has_one_word_for_records_and_another_for_the_ledger() -> None:
    words = yaml.safe_load((SOURCE / "words.fr.yaml").read_text(encoding="utf-8"))
    texts = [str(words[name]) for name in ("ledger", "paper_tables")]
    texts += [str(value) for key, value in words["explorer"]["script"].items() if "ledger" in key]
    texts.append((SOURCE / "sections/ledger.md").read_text(encoding="utf-8"))
    assert not [text for text in texts if "relevé" in text]

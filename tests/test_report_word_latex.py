"""Word and LaTeX: tables are tables, names are text, LaTeX can be set, two runs give the same bytes."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from interclust.report import latex_table, table_formats
from interclust.report.escape import clean, markdown
from interclust.report.language import Language
from interclust.report.placing import Exhibits
from interclust.report.render import parse, render_latex, render_word
from interclust.report.table import Cell, Table, group, left, right, row
from latex_check import problems
from report_fixture import HOSTILE

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
EN = Language("en")
NUMBERS = [row(name, Cell(f"{place}.5 [0.1, 9.9]"), "") for place, name in enumerate(HOSTILE)]
TABLE = Table(
    "names",
    f"Names: {HOSTILE[0]}",
    (left("name", "Name & more", 1.0), right("value", "A value with a long heading"), right("none", "")),
    (group(HOSTILE[1]), *NUMBERS),
    (f"A note on {HOSTILE[6]}.",),
)
LONG = Table("long", "Long", (left("n", "N"), right("m", "M")), tuple(row(str(n), "1") for n in range(60)))


def png() -> bytes:
    """One white pixel."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\xff")),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    for table in (TABLE, LONG):
        table_formats.write(table, folder / "tables", "en")
    (folder / "figures").mkdir()
    (folder / "figures" / "network.en.svg").write_text('<svg width="400pt"/>', encoding="utf-8")
    (folder / "figures" / "network.en.png").write_bytes(png())
    write(folder, "one")
    write(folder, "two")
    return folder


def write(folder: Path, name: str) -> None:
    exhibits = Exhibits(folder, EN)
    names = "\n\n".join(markdown(text) for text in HOSTILE)
    blocks = [
        "# Heading",
        names,
        "::: {.can}\n**Boxed.** Text.\n:::",
        "::: {.newpage}\n:::",
        exhibits.table("names"),
        exhibits.table("long"),
        exhibits.figure("network"),
        "As @mcfadden. [There](hypotheses.en.html).",
    ]
    parsed = parse("\n\n".join(blocks), EN, (HOSTILE[0], HOSTILE[6]))
    render_word(parsed, folder, EN, folder / f"{name}.docx")
    render_latex(parsed, folder, EN, folder / f"{name}.tex")


def part(page: Path, name: str = "word/document.xml") -> ElementTree.Element:
    with zipfile.ZipFile(page / "one.docx") as file:
        return ElementTree.fromstring(file.read(name))


def words(element: ElementTree.Element) -> str:
    return "".join(found.text or "" for found in element.iter(f"{W}t"))


def test_two_runs_give_the_same_bytes(page: Path) -> None:
    for suffix in ("docx", "tex"):
        assert (page / f"one.{suffix}").read_bytes() == (page / f"two.{suffix}").read_bytes()


def test_a_word_file_has_no_clock(page: Path) -> None:
    with zipfile.ZipFile(page / "one.docx") as file:
        entries = file.infolist()
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
        assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
        assert b"dcterms:" not in re.sub(rb'xmlns:\w+="[^"]*"', b"", file.read("docProps/core.xml"))
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                ElementTree.fromstring(file.read(entry))


def test_words_tables_are_tables_with_a_row_of_headings(page: Path) -> None:
    tables = list(part(page).iter(f"{W}tbl"))
    assert len(tables) == 2
    for table, made in zip(tables, (TABLE, LONG), strict=True):
        rows = table.findall(f"{W}tr")
        assert [line.find(f"{W}trPr/{W}tblHeader") is not None for line in rows] == [
            place == 0 for place in range(len(made.rows) + 1)
        ]
        assert [words(cell) for cell in rows[0].findall(f"{W}tc")] == [
            column.title or "\u00a0" for column in made.columns
        ]
        for line, own in zip(rows[1:], made.rows, strict=True):
            texts = [re.sub(r"\s+", " ", clean(cell.text)) or " " for cell in own.cells]
            assert [words(cell).replace("\u00a0", " ") for cell in line.findall(f"{W}tc")] == texts
    sides = [side.get(f"{W}val") for side in tables[1].findall(f"{W}tr")[1].iter(f"{W}jc")]
    assert sides == ["left", "right"]


def test_styles_that_word_is_asked_for_are_there(page: Path) -> None:
    known = {style.get(f"{W}styleId") for style in part(page, "word/styles.xml").iter(f"{W}style")}
    used = {style.get(f"{W}val") for style in part(page).iter(f"{W}pStyle")}
    assert {"TableCell", "TableHead", "TableGroup", "TableNote", "TableCaption", "Box"} <= used <= known


def test_hostile_names_are_text_in_word(page: Path) -> None:
    text = re.sub(r"\s+", " ", words(part(page)))
    for name in HOSTILE:
        assert text.count(re.sub(r"\s+", " ", clean(name))) >= 2  # in a paragraph and in a table
    links = part(page, "word/_rels/document.xml.rels")
    outside = {link.get("Target") for link in links if link.get("TargetMode") == "External"}
    assert outside == {"hypotheses.en.docx"}


def test_latex_can_be_set(page: Path) -> None:
    text = (page / "one.tex").read_text(encoding="utf-8")
    assert problems(text) == []
    assert r"\RequireTUTeX" in text  # the engines that read Unicode
    for needed in (r"\toprule", r"\begin{longtable}", "figures/network.en.pdf", r"\caption{Names:"):
        assert needed in text
    assert r"\input" not in text


def test_every_sign_of_latex_has_a_glyph_or_a_command() -> None:
    template = (EN.source / "template.tex").read_text(encoding="utf-8")
    declared = set(re.findall(r"\\sign\{(.)\}", template)) | {"\u202f"}
    assert "^^^^202f" in template
    plain = "".join(map(chr, range(0x20, 0x17F))) + "\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2022"
    for language in ("en", "fr"):
        signs = set((EN.source / f"words.{language}.yaml").read_text(encoding="utf-8")) - {"\n"}
        assert signs - set(plain) - declared == set()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (r"\begin{tabular}{ll} a & b \\ c \\ \end{tabular}", "1 cells in a table of 2 columns"),
        ("a & b", "& outside a table"),
        (r"\textbf{a", "never closed"),
        (r"\begin{table}\end{tabular}", "closes what is not open"),
        ("a_b", "a bare _"),
    ],
)
def test_the_check_of_latex_sees_what_is_wrong(text: str, wrong: str) -> None:
    assert wrong in problems(text)[0]


def test_a_table_in_latex_fits_the_line() -> None:
    """Headings are stacked on the width of their cells; intervals below their estimates where it must be."""
    text = latex_table.to_latex(TABLE)
    assert r"\shortstack[r]{A value\\{}with a long\\{}heading}" in text
    assert "0.5 [0.1, 9.9]" in text
    wide = Table(
        "wide",
        "Wide",
        (left("t", "Text", 1.0), *(right(f"v{n}", "V") for n in range(8))),
        (row("text", *["0.123 [0.001, 0.999]"] * 8),),
    )
    assert latex_table.to_latex(wide).count(r"\shortstack[r]{0.123\\{}[0.001, 0.999]}") == 8
    assert problems(latex_table.to_latex(wide)) == []
    hashed = Table("hash", "Hash", (left("h", "H", 1.0),), (row("f" * 64),))
    assert latex_table.to_latex(hashed).count(r"\allowbreak{}") == 3


@pytest.mark.skipif(shutil.which("lualatex") is None, reason="lualatex is not installed")
def test_lualatex_sets_it(page: Path, tmp_path: Path) -> None:
    shutil.copy(page / "one.tex", tmp_path)
    picture = (page / "one.tex").read_text(encoding="utf-8").replace("network.en.pdf", "network.en.png")
    (tmp_path / "one.tex").write_text(picture, encoding="utf-8")
    shutil.copytree(page / "figures", tmp_path / "figures")
    command = ["lualatex", "-interaction=nonstopmode", "-halt-on-error", "one.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]

"""Sheets: types, formulas, texts and the sheet that is meant."""

from __future__ import annotations

import io
from datetime import date, datetime, time

import openpyxl
import pytest

from fuzz.workbook import MAIN, RELATIONS, workbook
from interclust.errors import InputError
from interclust.ingest.readers import Record
from raw_files import SHEET, cells, read, sheet, xlsx


def test_cells_of_a_sheet_by_type_and_number_format(tmp_path):
    row = [14.0, 1.234, True, date(2014, 5, 1), datetime(2014, 5, 1, 9), time(9, 30), "  x ", None, "#REF!"]
    header = [f"h{place}" for place in range(len(row))]
    found = cells(tmp_path, xlsx([header, row]), "t.xlsx", decimal=",")
    assert found[1] == [
        "14",
        "1,234",
        "1",
        "2014-05-01",
        "2014-05-01T09:00:00",
        "09:30:00",
        "  x ",
        "",
        "#REF!",
    ]


def test_rows_keep_their_numbers_and_blank_ones_are_left_out(tmp_path):
    found, _ = read(tmp_path, xlsx([[], ["a", "b"], [], [1, 2], ["", None], [None, 3]]), "t.xlsx")
    assert [(item.line, item.cells) for item in found] == [(2, ["a", "b"]), (4, ["1", "2"]), (6, ["", "3"])]


def test_of_merged_cells_the_first_holds_the_value(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(xlsx([["a", "b"], ["x", "y"], ["z", "w"]])))
    book.active.merge_cells("A2:A3")
    sink = io.BytesIO()
    book.save(sink)
    assert cells(tmp_path, sink.getvalue(), "t.xlsx")[1:] == [["x", "y"], ["", "w"]]


def test_a_formula_counts_by_the_value_stored_with_it(tmp_path):
    stored = '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>""</f><v></v></c></row>'
    missing = '<row r="3"><c r="A3"><f>1+1</f><v></v></c><c r="B3"><v>1</v></c></row>'
    found, _ = read(tmp_path, sheet(["a", "b"], stored + missing), "t.xlsx")
    assert (found[1].cells, found[1].problem) == (["2", ""], None)
    assert "a formula whose value is not stored" in found[2].problem


def test_a_header_needs_the_values_of_its_formulas(tmp_path):
    text = f"<worksheet {MAIN}><sheetData><row><c><f>A9</f></c></row><row><c><v>1</v></c></row></sheetData>"
    with pytest.raises(InputError, match="line 1: the header has a formula whose value is not stored"):
        read(tmp_path, workbook([], [], **{SHEET: text + "</worksheet>"}), "t.xlsx")


def test_a_flaw_in_a_column_that_is_not_mapped_spoils_no_row(tmp_path):
    missing = '<row r="3"><c r="A3"><f>1+1</f></c><c r="B3"><v>1</v></c></row>'
    content = sheet(["a", "b"], missing)
    assert read(tmp_path, content, "t.xlsx", ("b",))[0][1] == Record(3, ["", "1"])
    assert read(tmp_path, content, "t.xlsx", ("A",))[0][1].problem


def test_the_sheet_is_the_first_visible_one_with_cells_unless_set(tmp_path):
    book = openpyxl.load_workbook(
        io.BytesIO(xlsx([["hidden"], [0]], [[]], [["a"], [1]], [["b"], [2]], name4="Pôles"))
    )
    book.worksheets[0].sheet_state = "hidden"
    book.create_chartsheet("Chart")
    sink = io.BytesIO()
    book.save(sink)
    content = sink.getvalue()
    found, notes = read(tmp_path, content, "t.xlsx")
    assert [item.cells for item in found] == [["a"], ["1"]]
    assert notes == ["t.xlsx: the sheet 'S3' was read, not 'S2', 'Pôles'"]
    assert cells(tmp_path, content, "t.xlsx", sheet="Pôles")[0] == ["b"]
    assert cells(tmp_path, content, "t.xlsx", sheet=1)[0] == ["hidden"]
    with pytest.raises(InputError, match="there is no sheet 'Poles'; did you mean Pôles"):
        read(tmp_path, content, "t.xlsx", sheet="Poles")
    with pytest.raises(InputError, match="'S2' holds no cells"):
        read(tmp_path, content, "t.xlsx", sheet="S2")
    with pytest.raises(InputError, match="is a chart or macros"):
        read(tmp_path, content, "t.xlsx", sheet="Chart")


def test_the_header_row_as_set_and_what_stands_right_of_it(tmp_path):
    rows = [["Liste"], ["a", "b", None], [1, 2, "remark"], [3, None, None]]
    found, notes = read(tmp_path, xlsx(rows), "t.xlsx", header=2)
    assert [item.cells for item in found] == [["a", "b"], ["1", "2"], ["3", ""]]
    assert notes == ["t.xlsx: 1 rows have cells right of the last header, left out"]
    with pytest.raises(InputError, match="line 9: holds no headers"):
        read(tmp_path, xlsx(rows), "t.xlsx", header=9)


def test_shared_texts_runs_readings_and_escaped_signs(tmp_path):
    texts = (
        "<sst><si><t>Eau</t></si><si><r><t>Images </t></r><r><t>&amp; Réseaux</t></r>"
        "<rPh><t>no</t></rPh></si><si><t>a_x000D_b_xD800_</t></si></sst>"
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId3" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>"
    )
    row = '<row r="2">' + "".join(f'<c t="s"><v>{number}</v></c>' for number in range(4)) + "</row>"
    parts = {"xl/sharedStrings.xml": texts, "xl/_rels/workbook.xml.rels": relations}
    found, _ = read(tmp_path, sheet(["a", "b", "c", "d"], row, **parts), "t.xlsx")
    assert found[1].cells == ["Eau", "Images & Réseaux", "a\rb_xD800_", ""]
    assert found[1].problem == "a text that the workbook does not hold"


def test_prefixes_the_strict_namespace_and_the_calendar_of_1904(tmp_path):
    strict = "http://purl.oclc.org/ooxml"
    parts = {
        "xl/workbook.xml": f'<x:workbook xmlns:x="{strict}/spreadsheetml/main" '
        f'xmlns:q="{strict}/officeDocument/relationships"><x:workbookPr date1904="1"/>'
        '<x:sheets><x:sheet name="S" sheetId="1" q:id="rId1"/></x:sheets></x:workbook>',
        SHEET: f'<x:worksheet xmlns:x="{strict}/spreadsheetml/main"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row>'
        '<x:row><x:c s="1"><x:v>40298</x:v></x:c></x:row>'
        '<x:row><x:c t="d"><x:v>2014-05-01T00:00:00Z</x:v></x:c></x:row></x:sheetData></x:worksheet>',
    }
    assert cells(tmp_path, workbook(["a"], [], **parts), "t.xlsx") == [["a"], ["2014-05-01"], ["2014-05-01"]]


def test_a_wrong_dimension_does_no_harm(tmp_path):
    text = f'<worksheet {MAIN}><dimension ref="A1:A1"/><sheetData><row r="1"><c r="B1"><v>7</v></c></row>'
    text += '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    found, notes = read(tmp_path, workbook([], [], **{SHEET: text}), "t.xlsx")
    assert [(item.line, item.cells) for item in found] == [(1, ["", "7"])]
    assert "right of the last header" in notes[0]


def test_numbers_of_excel_are_as_short_as_it_shows_them(tmp_path):
    texts = ["4.0999999999999996", "1E-3", "007", "12345678901234567890", "x", "-2.50"]
    row = '<row r="2">' + "".join(f"<c><v>{text}</v></c>" for text in texts) + "</row>"
    found = cells(tmp_path, sheet(list("abcdef"), row), "t.xlsx")
    assert found[1] == ["4.1", "0.001", "007", "12345678901234567890", "x", "-2.5"]

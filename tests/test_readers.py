"""Readers: what each format may hold becomes the same text cells."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.workbook import MAIN, RELATIONS, workbook
from interclust.errors import InputError
from interclust.ingest import readers
from interclust.ingest.numbers import parse_number
from interclust.ingest.readers import ITEM, Record
from interclust.ingest.readers.cells import Flaw, number_text, text_of

SHEET = "xl/worksheets/sheet1.xml"


def read(
    tmp_path: Path, content: bytes, file: str = "t.csv", wanted: tuple[str, ...] = (), **spec: Any
) -> tuple[list[Record], list[str]]:
    path = tmp_path / file
    path.write_bytes(content)
    notes: list[str] = []
    return list(readers.records(path, file, spec, wanted, notes)), notes


def cells(*args: Any, **spec: Any) -> list[list[str]]:
    return [record.cells for record in read(*args, **spec)[0]]


def xlsx(*sheets: list[list[Any]], **names: str) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(names.get(f"name{number}", f"S{number}"))
        for row in rows:
            sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def parquet(table: dict[str, Any] | pa.Table, **settings: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), sink, **settings)
    return sink.getvalue()


def lines(*records: Any) -> bytes:
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


# Values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "1"),
        (False, "0"),
        (14, "14"),
        (14.0, "14"),
        (100.0, "100"),
        (-0.5, "-0,5"),
        (1.234, "1,234"),
        (1e-7, "0,0000001"),
        (1e22, "1" + "0" * 22),
        (10**30 + 1, str(10**30 + 1)),
        (Decimal("12345678901234567890.120"), "12345678901234567890,12"),
        (Decimal("1E+3"), "1000"),
        (date(2014, 5, 1), "2014-05-01"),
        (datetime(2014, 5, 1), "2014-05-01"),
        (datetime(2014, 5, 1, 10, 30), "2014-05-01T10:30:00"),
        (time(10, 30), "10:30:00"),
        (timedelta(hours=26, minutes=5), "26:05:00"),
        ("été".encode(), "été"),
    ],
)
def test_values_as_text(value, text):
    assert text_of(value, ",") == text


@pytest.mark.parametrize("value", [math.inf, math.nan, b"\xff\xfe\xfd"])
def test_values_that_are_no_cell(value):
    with pytest.raises(Flaw):
        text_of(value)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([".", ","]))
def test_a_typed_number_reads_back_whatever_the_decimal_sign(value, decimal):
    assert parse_number(number_text(value, decimal), decimal).value == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1e9, max_value=1e9))
def test_a_decimal_keeps_its_value(value):
    assert Decimal(number_text(value)) == value


# CSV


def test_line_numbers_are_those_of_the_file(tmp_path):
    found, _ = read(tmp_path, b'a,b\n\n1,"x\ny"\n2,z\n')
    assert [(item.line, item.cells) for item in found] == [
        (1, ["a", "b"]),
        (3, ["1", "x\ny"]),
        (5, ["2", "z"]),
    ]


def test_a_quote_that_does_not_close_spoils_its_own_line_only(tmp_path):
    found, _ = read(tmp_path, b'a,b\n1,"open\n2,y\n3,z\n')
    assert [item.problem is None for item in found] == [True, False, True, True]


@pytest.mark.parametrize(
    "content",
    [
        b"a;b\n\xe9;2\n",
        "a;b\né;2\n".encode(),
        "\ufeffa;b\né;2\n".encode(),
        "a;b\né;2\n".encode("utf-16"),
        "\ufeffa;b\r\né;2\r\n".encode("utf-16-be"),
        "a;b\né;2\n".encode("utf-32"),
        b"a\tb\r\xe9\t2\r",
        "sep=;\r\na;b\r\né;2\r\n".encode(),
        "\ufeffsep=|\na|b\né|2\n".encode("utf-16-le"),
    ],
)
def test_encodings_delimiters_and_line_ends_are_found(tmp_path, content):
    assert cells(tmp_path, content) == [["a", "b"], ["é", "2"]]


def test_only_the_lines_that_are_not_utf8_are_read_as_cp1252(tmp_path):
    found, notes = read(tmp_path, b"a,b\n\xc3\xa9,1\n\xe9,2\n")
    assert [item.cells[0] for item in found[1:]] == ["é", "é"]
    assert notes == ["t.csv: 1 lines are not UTF-8 and were read as cp1252"]


def test_a_set_encoding_is_used_even_where_a_line_end_has_two_bytes(tmp_path):
    assert cells(tmp_path, "a;b\né;2\n".encode("utf-16-le"), encoding="utf-16-le")[1] == ["é", "2"]
    assert cells(tmp_path, "a;b\né;2\n".encode("mac-roman"), encoding="mac-roman")[1] == ["é", "2"]


def test_a_mark_outweighs_a_set_encoding(tmp_path):
    found, notes = read(tmp_path, "\ufeffa;b\né;2\n".encode(), encoding="cp1252")
    assert found[1].cells == ["é", "2"]
    assert "mark of utf-8" in notes[0]


def test_the_lines_that_follow_decide_between_delimiters(tmp_path):
    found = cells(tmp_path, "Nom, prénom;Année;Pôles\nA;2008;x, y, z\nB;2009;x, y\n".encode())
    assert [len(row) for row in found] == [3, 3, 3]


def test_the_wanted_headers_decide_first(tmp_path):
    content = "Projet, sigle|Pôles; membres\na|b\n".encode()
    assert cells(tmp_path, content, "t.csv", ("pôles ; membres",))[1] == ["a", "b"]


def test_one_column_of_names_with_commas_stays_one_column(tmp_path):
    assert cells(tmp_path, b"nom\nA, B\nC, D\n") == [["nom"], ["A, B"], ["C, D"]]


def test_broken_lines_do_not_change_the_delimiter(tmp_path):
    found = cells(tmp_path, b"a,b,c\n1,2,3\n1,2\n1,2,3\n")
    assert found[1] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("quote", "content", "row"),
    [
        ('"', b'a;b\n"x;y";\'2\n', ["x;y", "'2"]),
        ("'", b"a;b\n'x;y';\"2\n", ["x;y", '"2']),
        ("none", b'a;b\n5" pipe;2\n', ['5" pipe', "2"]),
    ],
)
def test_quotes_as_set(tmp_path, quote, content, row):
    found, _ = read(tmp_path, content, quote=quote)
    assert (found[1].cells, found[1].problem) == (row, None)


def test_what_stands_above_the_header_is_skipped_by_its_line(tmp_path):
    found, _ = read(tmp_path, b"Liste des projets, 2012\n\na;b\n1;2\n", header=3)
    assert [(item.line, item.cells) for item in found] == [(3, ["a", "b"]), (4, ["1", "2"])]


@pytest.mark.parametrize("header", [2, 9])
def test_a_header_line_without_headers(tmp_path, header):
    with pytest.raises(InputError, match=f"line {header}: holds no headers; correct the setting header"):
        read(tmp_path, b"a;b\n\n1;2\n", header=header)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"delimiter": ";;"}, "the delimiter cannot be ';;'"),
        ({"delimiter": '"'}, "the delimiter cannot be"),
        ({"quote": "«"}, "quote cannot be «"),
        ({"encoding": "utf-9"}, "utf-9 is no encoding; correct the setting encoding"),
        ({"encoding": "hex"}, "hex is no encoding"),
        ({"encoding": "ascii"}, "line 2: is not ascii; correct the setting encoding"),
        ({"encoding": "utf-32"}, "is not utf-32"),
        ({"format": "xls"}, "xls is no format that is read; set it to csv, xlsx"),
        ({"format": "xlsx"}, "is csv, not xlsx; correct the setting format"),
    ],
)
def test_settings_that_do_not_fit_the_file(tmp_path, spec, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, "a;b\né;2\n".encode(), **spec)


def test_delimiters_by_name(tmp_path):
    assert cells(tmp_path, b"a,1\tb\n1\t2\n", delimiter="tab")[0] == ["a,1", "b"]


# XLSX


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


def test_a_flaw_in_a_column_that_is_not_mapped_spoils_no_row(tmp_path):
    missing = '<row r="3"><c r="A3"><f>1+1</f></c><c r="B3"><v>1</v></c></row>'
    content = sheet(["a", "b"], missing)
    assert read(tmp_path, content, "t.xlsx", ("b",))[0][1] == Record(3, ["", "1"])
    assert read(tmp_path, content, "t.xlsx", ("A",))[0][1].problem


def sheet(header: list[str], rows: str, **parts: str) -> bytes:
    """A workbook whose rows are given as XML."""
    made = workbook(header, [])
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        text = archive.read(SHEET).decode().partition("?>\n")[2]
    return workbook(header, [], **{SHEET: text.replace("</sheetData>", rows + "</sheetData>"), **parts})


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
        f'<Relationship Id="rId3" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
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


# Parquet


def test_columns_of_parquet_by_type(tmp_path):
    table = {
        "text": ["é", None],
        "packed": pa.array(["a", None]).dictionary_encode(),
        "integer": pa.array([2**62 + 1, None]),
        "float": [14.0, math.nan],
        "flag": [True, None],
        "decimal": [Decimal("12345678901234567890.50"), None],
        "day": [date(2014, 5, 1), None],
        "moment": pa.array([datetime(2014, 5, 1), None], pa.timestamp("ns", "Europe/Paris")),
        "list": [["a", None, "b"], None],
        "label": [{"fr": "x", "en": 1.5}, None],
        "partners": [[{"name": "a", "role": "lead"}, {"name": "b", "role": None}], []],
        "map": pa.array([[("k", 1), ("l", 2)], None], pa.map_(pa.string(), pa.int32())),
    }
    found = cells(tmp_path, parquet(table), "t.parquet", decimal=",")
    assert dict(zip(found[0], found[1], strict=True)) == {
        "text": "é",
        "packed": "a",
        "integer": str(2**62 + 1),
        "float": "14",
        "flag": "1",
        "decimal": "12345678901234567890,5",
        "day": "2014-05-01",
        "moment": "2014-05-01T02:00:00+02:00",
        "list": f"a{ITEM}b",
        "label.fr": "x",
        "label.en": "1,5",
        "partners.name": f"a{ITEM}b",
        "partners.role": "lead",
        "map.key": f"k{ITEM}l",
        "map.value": f"1{ITEM}2",
    }
    assert not any(found[2])


def test_values_that_python_cannot_hold_spoil_their_row_only(tmp_path):
    far = parquet({"a": ["x", "y"], "day": pa.array([0, 2**31 - 1], pa.date32())})
    found, _ = read(tmp_path, far, "t.parquet")
    assert [bool(item.problem) for item in found] == [False, False, True]
    assert not any(item.problem for item in read(tmp_path, far, "t.parquet", ("a",))[0])
    broken = pa.Array.from_buffers(pa.string(), 2, pa.array([b"\xff", b"b"]).buffers())
    found, _ = read(tmp_path, parquet({"a": broken}), "t.parquet")
    assert [bool(item.problem) for item in found] == [False, True, False]


def test_rows_of_many_row_groups_keep_their_order(tmp_path):
    values = [str(number) for number in range(10_000)]
    found, _ = read(tmp_path, parquet({"a": values}, row_group_size=700), "t.parquet")
    assert [(item.line, item.cells[0]) for item in found[1:]] == list(enumerate(values, start=1))


# JSON


def test_objects_of_json_with_dotted_names(tmp_path):
    records = [
        {"id": 12345678901234567890, "label": {"fr": "x"}, "partners": [{"name": "a"}, {"name": "b"}]},
        {"id": 1.50, "tags": ["p", None, "q"], "ok": True, "none": None, "late": {}},
    ]
    found = cells(tmp_path, json.dumps(records).encode(), "t.json", decimal=",")
    assert found[0] == ["id", "label.fr", "partners.name", "tags", "ok", "none"]
    assert found[1] == ["12345678901234567890", "x", f"a{ITEM}b", "", "", ""]
    assert found[2] == ["1,5", "", "", f"p{ITEM}q", "1", ""]


@pytest.mark.parametrize(
    ("document", "spec"),
    [
        ([{"a": 1}], {}),
        ({"meta": {"n": 1}, "data": {"projects": [{"a": 1}]}}, {}),
        ({"x": [{"b": 1}], "data": {"projects": [{"a": 1}]}}, {"records": "data.projects"}),
    ],
)
def test_the_list_of_records_in_a_document(tmp_path, document, spec):
    assert cells(tmp_path, json.dumps(document).encode(), "t.json", **spec) == [["a"], ["1"]]


@pytest.mark.parametrize(
    ("content", "spec", "words"),
    [
        (
            b'{"a": [{}, {"x": 1}], "b": [{"x": 1}]}',
            {},
            r"several lists of objects \(a, b\); say in the setting",
        ),
        (b'{"a": 1}', {}, "holds no list of objects"),
        (b'[{"a": 1}]', {"records": "b.c"}, "holds no list under b.c; correct the setting records"),
        (b"[]", {}, "holds no records"),
        (b'[{"a": 1},\n {"a": ]', {}, r"line 2: is not JSON \(Expecting value\)"),
        (b'[{"a": "\xff"}]', {}, "is not utf-8; set encoding"),
    ],
)
def test_documents_that_give_no_records(tmp_path, content, spec, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, content, "t.json", **spec)


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", '"\\ud800"', '{"k": 1, "k": 2}'])
def test_values_that_are_none_spoil_their_record_only(tmp_path, value):
    documents = {"t.json": f'[{{"a": 1}}, {{"a": {value}}}, 5, {{"a": 2}}]'}
    documents["t.jsonl"] = f'{{"a": 1}}\n{{"a": {value}}}\n5\n{{"a": 2}}\n'
    for file, text in documents.items():
        found, _ = read(tmp_path, text.encode(), file)
        assert [bool(item.problem) for item in found] == [False, False, True, True, False]
        for item in found:
            "".join(item.cells).encode()


def test_a_broken_line_of_json_lines_spoils_itself_only(tmp_path):
    found, _ = read(tmp_path, b'{"a": 1}\n\n{"a": \n[1]\n{"a": 2, "b": 3}\n', "t.jsonl")
    assert [(item.line, item.cells) for item in found if not item.problem] == [
        (1, ["a", "b"]),
        (1, ["1", ""]),
        (5, ["2", "3"]),
    ]
    assert [item.problem for item in found if item.problem] == [
        "not JSON (Expecting value)",
        "not an object with keys",
    ]


def test_keys_that_come_late_are_read_where_they_are_wanted(tmp_path):
    many = lines(*[{"a": 1}] * 1500, {"a": 2, "B": 3, "c": 4})
    found, notes = read(tmp_path, many, "t.jsonl", ("A", "B"))
    assert found[0].cells == ["a", "B"]
    assert found[-1].cells == ["2", "3"]
    assert notes == ["t.jsonl: keys that no early record has were left out: c"]
    with pytest.raises(InputError, match="no record has the key 'd'"):
        read(tmp_path, many, "t.jsonl", ("a", "d"))


def test_json_lines_and_documents_are_told_apart(tmp_path):
    found, notes = read(tmp_path, lines({"a": 1}, {"a": 2}), "t.json")
    assert [item.cells for item in found] == [["a"], ["1"], ["2"]]
    assert "JSON lines" in notes[0]
    found, notes = read(tmp_path, b'[{"a": 1},\n{"a": 2}]', "t.jsonl")
    assert [item.cells for item in found] == [["a"], ["1"], ["2"]]
    assert "one document" in notes[0]


# Which reader reads


def written() -> dict[str, bytes]:
    rows = [{"a": "é", "b": "2"}, {"a": "x;y", "b": "3"}]
    table = [["a", "b"], *(list(row.values()) for row in rows)]
    return {
        "csv": 'a;b\né;2\n"x;y";3\n'.encode(),
        "xlsx": xlsx(table),
        "parquet": parquet(pa.Table.from_pylist(rows)),
        "json": json.dumps(rows).encode(),
        "jsonl": lines(*rows),
    }


EXPECTED = [["a", "b"], ["é", "2"], ["x;y", "3"]]


@pytest.mark.parametrize("kind", written())
def test_every_format_plain_packed_and_misnamed(tmp_path, kind):
    content = written()[kind]
    assert read(tmp_path, content, f"t.{kind}") == ([*_numbered(kind)], [])
    assert cells(tmp_path, gzip.compress(content), f"t.{kind}.gz") == EXPECTED
    found, notes = read(tmp_path, gzip.compress(content), f"u.{kind}")
    assert [item.cells for item in found] == EXPECTED
    assert notes == [f"u.{kind}: is packed by gzip, whatever its name says"]
    found, notes = read(tmp_path, content, f"v.{kind}.gz")
    assert [item.cells for item in found] == EXPECTED
    assert notes == [f"v.{kind}.gz: is not packed by gzip, whatever its name says"]
    assert cells(tmp_path, content, "blob", format=kind) == EXPECTED
    if kind != "csv":
        assert cells(tmp_path, content, "blob") == EXPECTED


def _numbered(kind: str) -> list[Record]:
    first = {"csv": 2, "xlsx": 2}.get(kind, 1)
    return [Record(1, EXPECTED[0]), Record(first, EXPECTED[1]), Record(first + 1, EXPECTED[2])]


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_a_binary_table_named_csv_is_read_as_what_it_is(tmp_path, kind):
    found, notes = read(tmp_path, written()[kind], "t.csv")
    assert [item.cells for item in found] == EXPECTED
    assert notes == [f"t.csv: is {kind} by its content, and was read so"]
    with pytest.raises(InputError, match=f"is {kind}, not csv; correct the setting format"):
        read(tmp_path, written()[kind], "t.csv", format="csv")


def test_a_text_named_xlsx_is_read_as_what_it_is(tmp_path):
    assert cells(tmp_path, b"a;b\n1;2\n", "t.xlsx") == [["a", "b"], ["1", "2"]]
    assert cells(tmp_path, b'[{"a": 1}]', "t.parquet") == [["a"], ["1"]]


def test_a_header_may_begin_as_parquet_does(tmp_path):
    assert cells(tmp_path, b"PAR1;PAR2\n1;2\n")[0] == ["PAR1", "PAR2"]


# The same table in every format

NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=6)
TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"], include_characters="\n;,\"'|\t"
    ),
    max_size=12,
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    """A header and rows of text; no row is blank, for whether blank rows count differs by format."""
    header = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.casefold))
    row = st.lists(TEXTS, min_size=len(header), max_size=len(header)).filter(
        lambda cells: any(map(str.strip, cells))
    )
    return header, draw(st.lists(row, min_size=1, max_size=5))


def as_csv(header: list[str], rows: list[list[str]]) -> bytes:
    sink = io.StringIO()
    csv.writer(sink, delimiter=";", quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return sink.getvalue().encode()


def as_objects(header: list[str], rows: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(header, row, strict=True)) for row in rows]


@given(tables())
def test_a_table_reads_the_same_from_every_format(tmp_path_factory, table):
    header, rows = table
    folder = tmp_path_factory.mktemp("same")
    columns = {name: pa.array([row[place] for row in rows]) for place, name in enumerate(header)}
    made = {
        "t.csv.gz": gzip.compress(as_csv(header, rows)),
        "t.xlsx": workbook(header, [[_plain(cell) for cell in row] for row in rows]),
        "t.parquet": parquet(columns),
        "t.json": json.dumps(as_objects(header, rows)).encode(),
        "t.jsonl": lines(*as_objects(header, rows)),
    }
    for file, content in made.items():
        found, _ = read(folder, content, file, delimiter=";")
        assert not any(item.problem for item in found)
        expected = [header, *([_plain(cell) for cell in row] if file == "t.xlsx" else row for row in rows)]
        assert [item.cells for item in found] == expected, file


def _plain(cell: str) -> str:
    """A text that the hand-made workbook writes as text."""
    return (
        cell.replace("#", "").replace("=", "").replace("\ufffe", "").replace("\uffff", "").replace("_x", "")
    )


TYPED = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(date(1901, 1, 1), date(2200, 1, 1)),
)


@given(st.lists(TYPED.filter(lambda value: value is not None), min_size=1, max_size=6))
def test_typed_values_read_the_same_from_every_format(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("typed")
    header = [f"h{place}" for place in range(len(values))]
    plain = [str(value) if isinstance(value, date) else value for value in values]
    made = {
        "t.xlsx": xlsx([header, values]),
        "t.parquet": parquet({name: [value] for name, value in zip(header, values, strict=True)}),
        "t.jsonl": lines(dict(zip(header, plain, strict=True))),
    }
    expected = [text_of(value, ",") for value in values]
    for file, content in made.items():
        found = cells(folder, content, file, decimal=",")
        assert [_number(text) for text in found[1]] == [_number(text) for text in expected], file


def _number(text: str) -> str | float:
    """openpyxl writes 15 digits, so numbers are compared as such."""
    return text if text.count("-") > 1 else float(f"{float(text.replace(',', '.')):.14g}")

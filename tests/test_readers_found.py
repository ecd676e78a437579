"""What readers find out by themselves, and what they say where settings or files mislead."""

from __future__ import annotations

import json

import pytest

from interclust.errors import InputError
from interclust.ingest.headers import mapping
from raw_files import cells, lines, parquet, read, sheet

ROWS = [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]
TABLE = [["a", "b"], ["1", "x"], ["2", "y"]]
CSV = b"a,b\n1,x\n2,y\n"


@pytest.mark.parametrize("file", ["t.csv", "t.tsv", "t.txt", "t.dat", "t.json", "t.jsonl"])
@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ROWS).encode(),
        json.dumps({"rows": ROWS}, indent=1).encode(),
        json.dumps(ROWS).encode("utf-16"),
        lines(*ROWS),
        b"\n" + lines(*ROWS),
    ],
)
def test_json_is_read_as_such_whatever_its_name(tmp_path, file, content):
    assert cells(tmp_path, content, file) == TABLE


@pytest.mark.parametrize("file", ["t.json", "t.jsonl"])
@pytest.mark.parametrize("content", [CSV, b"\xef\xbb\xbf" + CSV, CSV.replace(b"a,b", b'"a","b"')])
def test_csv_named_json_is_read_as_csv_with_a_remark(tmp_path, file, content):
    found, notes = read(tmp_path, content, file)
    assert [record.cells for record in found] == TABLE
    assert notes == [f"{file}: is csv by its content, and was read so"]


def test_a_set_format_is_kept(tmp_path):
    with pytest.raises(InputError, match=r"t.csv, line 1: is not JSON"):
        read(tmp_path, CSV, format="json")
    assert cells(tmp_path, lines(*ROWS), format="csv")[0][0].startswith("{")


@pytest.mark.parametrize("header", ["{a},b", "[a],b", "{,b"])
def test_a_header_may_begin_with_a_bracket(tmp_path, header):
    assert cells(tmp_path, f"{header}\n1,2\n".encode())[0] == header.split(",")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_told(tmp_path, encoding):
    content = CSV.decode().encode(encoding)
    with pytest.raises(InputError, match=f"looks like UTF-16 without its mark; set encoding to {encoding}"):
        read(tmp_path, content)
    assert cells(tmp_path, content, encoding=encoding) == TABLE


def test_an_encoding_with_a_nul_byte_is_none(tmp_path):
    with pytest.raises(InputError, match="is no encoding"):
        read(tmp_path, CSV, encoding="utf\0x")


def test_a_long_header_alone_decides_between_delimiters(tmp_path):
    header = ";".join(f"column {place}" for place in range(16_000)).ljust(1_100_000)
    assert len(cells(tmp_path, f"{header}\n1,2\n".encode())[0]) == 16_000


def test_keys_with_half_characters_that_come_late_are_shown(tmp_path):
    records = [{"a": number} for number in range(1001)]
    content = lines(*records) + b'{"a": 1, "\\ud800": 2}\n'
    notes = read(tmp_path, content, "t.jsonl", ("a",))[1]
    assert [note.encode() for note in notes] == [
        b"t.jsonl: keys that no early record has were left out: \\ud800"
    ]


@pytest.mark.parametrize("file", ["t.json", "t.jsonl"])
def test_records_that_are_all_spoilt_say_why(tmp_path, file):
    content = ('{"a": ' * 40 + "1" + "}" * 40).encode()
    content = b"[" + content + b"]" if file == "t.json" else content
    with pytest.raises(InputError, match="line 1: holds no records that can be read: the first"):
        read(tmp_path, content, file)


@pytest.mark.parametrize("number", ["9" * 5000, "0" * 9 + "9" * 9, "0" * 5000, "-1", "x"])
def test_numbers_of_rows_and_texts_that_are_none(tmp_path, number):
    with pytest.raises(InputError, match="is damaged: it has a row"):
        read(tmp_path, sheet(["a"], f'<row r="{number}"><c><v>1</v></c></row>'), "t.xlsx")
    found = read(tmp_path, sheet(["a"], f'<row r="2"><c t="s"><v>{number}</v></c></row>'), "t.xlsx")[0]
    assert found[1].problem == "a text that the workbook does not hold"
    with pytest.raises(InputError, match="there is no sheet"):
        read(tmp_path, sheet(["a"], ""), "t.xlsx", sheet=number)


@pytest.mark.parametrize(
    ("content", "file"),
    [
        (sheet(["a", "b"], '<row r="2"><c><v>1</v></c><c><f>1</f></c></row>'), "t.xlsx"),
        (parquet({"a": ["1"], "b": [float("inf")]}), "t.parquet"),
        (b'[{"a": 1, "b": NaN}]', "t.json"),
    ],
)
def test_a_flaw_names_its_column(tmp_path, content, file):
    record = read(tmp_path, content, file)[0][1]
    assert record.problem
    assert record.column == "b"


def test_a_title_above_the_headers_is_hinted_at():
    asked = {"acronym": "name", "year": "year"}
    with pytest.raises(InputError, match=r"columns.acronym, or set ingest.projects.header if"):
        mapping(["List of projects", ""], asked, "t.csv", "ingest.projects", 1, [])
    with pytest.raises(InputError, match=r"columns\.acronym$"):
        mapping(["nam", "year"], asked, "t.csv", "ingest.projects", 1, [])

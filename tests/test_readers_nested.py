"""Parquet and JSON: typed and nested values, and records that are none."""

from __future__ import annotations

import io
import json
import math
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interclust.errors import InputError
from interclust.ingest.readers import ITEM
from interclust.ingest.readers.footer import read_footer
from raw_files import cells, lines, parquet, read


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
    assert len(found) == 2  # a row of nothing is no row


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


def test_the_description_of_a_parquet_file_is_read_as_arrow_reads_it():
    table = {"a": [["x", "y"], [], None], "b": [1, 2, 3], "c": [{"d": 1.5}, None, None]}
    content = io.BytesIO(parquet(table, row_group_size=2))
    metadata = pq.read_metadata(content)
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    found = read_footer(content, "t.parquet")
    assert found.rows == metadata.num_rows == 3
    assert found.unpacked == sum(group.total_byte_size for group in groups)
    assert found.values == sum(group.column(place).num_values for group in groups for place in range(3))

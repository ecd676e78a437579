"""Readers: which one reads, and how values of every format become the same text cells."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.workbook import workbook
from interclust.errors import InputError
from interclust.ingest.numbers import parse_number
from interclust.ingest.readers import Record
from interclust.ingest.readers.cells import Flaw, number_text, text_of
from raw_files import cells, lines, parquet, read, written, xlsx


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

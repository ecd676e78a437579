"""Bounds of what is read, each made small so that a small file is beyond it, and its sentence."""

from __future__ import annotations

import gzip
import io
import zipfile

import pyarrow as pa
import pytest

from fuzz.workbook import workbook
from interclust.errors import InputError
from interclust.ingest import readers, tables
from interclust.ingest.readers import footer, jsontable, limits, parquet, source
from interclust.ingest.readers import workbook as sheets
from interclust.ingest.readers.footer import MAGIC, read_footer
from interclust.ingest.stage import check_tolerance
from raw_files import cells, lines, read
from raw_files import parquet as parquet_bytes
from small_studies import PROJECTS, aside
from small_studies import read as read_study

CSV = b"a,b\n1,2\n3,4\n5,6\n"


def test_rows_and_cells_have_an_end(tmp_path, monkeypatch):
    assert len(cells(tmp_path, CSV)) == 4
    monkeypatch.setattr(readers, "ROWS", 2)
    with pytest.raises(InputError, match=r"t.csv.*has more than 2 rows; split it"):
        cells(tmp_path, CSV)
    monkeypatch.setattr(readers, "ROWS", 3)
    monkeypatch.setattr(readers, "CELLS", 5)
    with pytest.raises(InputError, match="has more than 5 cells; keep the columns that are needed"):
        cells(tmp_path, CSV)


def test_a_cell_too_long_spoils_its_row_only(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "CELL_LIMIT", 20)
    rows = f"name,year,members\nA,2012,{'x' * 21}\nB,2012,{'x' * 15}\n{'C' * 16},2012,Y\n"
    result = read_study(tmp_path, PROJECTS, p=rows)
    assert aside(result) == [(2, "a cell of more than 20 characters")]


def test_rows_that_cannot_be_read_stay_so_where_another_file_is_joined(tmp_path):
    settings = (
        "projects: {file: p.csv, columns: {id: id, year: year, clusters: members}, "
        "join: [{file: d.csv, key: {id: pid}, columns: {topic: topic}}]}"
    )
    result = read_study(
        tmp_path, settings, p="id,year,members\n1,2012\n2,2012,X\n", d="pid,topic\n1,sea\n2,air\n"
    )
    assert aside(result)[0] == (2, "2 cells under 3 headers")
    assert result.records.projects["topic"].tolist() == ["air"]
    with pytest.raises(InputError, match="the first is line 2: 2 cells under 3 headers") as error:
        check_tolerance(result, 0.1)
    assert "1 of 2 rows cannot be used, more than the tolerated share of 0.1" in str(error.value)


def test_what_is_packed_has_an_end(tmp_path, monkeypatch):
    content = gzip.compress(parquet_bytes({"a": ["1", "2"]}))
    assert cells(tmp_path, content, "t.parquet.gz") == [["a"], ["1"], ["2"]]
    monkeypatch.setattr(source, "UNPACKED_BYTES", 100)
    with pytest.raises(InputError, match="unpacks to more than 100 bytes; split it"):
        cells(tmp_path, content, "t.parquet.gz")


def test_texts_of_a_workbook_have_an_end(tmp_path, monkeypatch):
    content = workbook(["a", "b"], [["one", "two"], ["three", "four"]])
    assert cells(tmp_path, content, "t.xlsx")[1] == ["one", "two"]
    monkeypatch.setattr(sheets, "STRINGS_BYTES", 50)
    with pytest.raises(InputError, match="has more than 50 bytes of texts"):
        cells(tmp_path, content, "t.xlsx")


def again(content: bytes, method: int, encoding: bytes) -> bytes:
    """A workbook packed anew by a method of ZIP, its parts declared to be of an encoding."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"UTF-8", encoding), method)
    return packed.getvalue()


def test_workbooks_are_packed_and_written_as_workbooks_are(tmp_path):
    content = workbook(["a"], [["1"]])
    assert cells(tmp_path, again(content, zipfile.ZIP_DEFLATED, b"UTF-8"), "t.xlsx") == [["a"], ["1"]]
    with pytest.raises(InputError, match="declares the encoding cp1252, as no workbook does"):
        read(tmp_path, again(content, zipfile.ZIP_DEFLATED, b"cp1252"), "t.xlsx")
    with pytest.raises(InputError, match="is packed in a way that no workbook is"):
        read(tmp_path, again(content, zipfile.ZIP_LZMA, b"UTF-8"), "t.xlsx")


def described(text: bytes) -> io.BytesIO:
    """A Parquet file of a description alone."""
    return io.BytesIO(MAGIC + text + len(text).to_bytes(4, "little") + MAGIC)


def test_descriptions_of_parquet_are_short_and_shallow(monkeypatch):
    lists_in_lists = b"\x19" * 5_000  # each the only item of the one before
    endless = b"\x36" + b"\xff" * 50  # a number of rows whose bytes all say that more follow
    for text in (lists_in_lists, endless):
        with pytest.raises(InputError, match="is damaged: its description cannot be read"):
            read_footer(described(text), "t.parquet")
    with pytest.raises(ValueError, match="a number without end"):
        footer._Compact(endless[1:]).number()
    monkeypatch.setattr(footer, "FOOTER_BYTES", 20)
    with pytest.raises(InputError, match="has a description of 51 bytes; split it"):
        read_footer(described(endless), "t.parquet")


def test_parts_of_columns_unpack_within_bounds(monkeypatch):
    parquet._check_chunk(1000, 4000, 1000, "t.parquet")
    monkeypatch.setattr(limits, "EXPANSION", 3)
    with pytest.raises(InputError, match="unpacks from 1000 to 4000 bytes"):
        parquet._check_chunk(1000, 4000, 1000, "t.parquet")
    monkeypatch.setattr(limits, "BATCH_BYTES", 100)
    with pytest.raises(InputError, match="has a column of 10 values in 4000 bytes"):
        parquet._check_chunk(10, 4000, 4000, "t.parquet")


def test_repeated_values_count_as_often_as_they_stand():
    assert parquet._size(pa.array([7, 9, 7]).dictionary_encode()) == 24  # a number has eight bytes
    assert parquet._size(pa.array(["ab", "c", "ab"]).dictionary_encode()) == 24 + 5


def test_of_many_late_keys_a_few_are_said(tmp_path, monkeypatch):
    monkeypatch.setattr(jsontable, "HEADER_RECORDS", 1)
    records = [{"a": "1"}, *({f"k{n:02d}": "x"} for n in range(15))]
    found, notes = read(tmp_path, lines(*records), "t.jsonl")
    assert found[0].cells == ["a"]
    listed = ", ".join(f"k{n:02d}" for n in range(10))
    assert notes == [f"t.jsonl: keys that no early record has were left out: {listed}"]

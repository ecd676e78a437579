"""Readers on hostile files: a sentence or a record with its problem, in bounded memory, and never a hang."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import random
import socket
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.workbook import PARTS, workbook
from interclust.errors import InputError
from interclust.ingest import readers
from interclust.ingest.readers.kinds import SUFFIXES
from raw_files import SHEET, cells, parquet, read, sheet, written, xlsx

# What is no table


def pipe(path: Path) -> None:
    os.mkfifo(path)


def loop(path: Path) -> None:
    path.symlink_to(path)


def plug(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.mkdir, "is a folder, not a file; give the file inside it"),
        (pipe, "is a pipe, socket or device, not a file"),
        (plug, "is a pipe, socket or device, not a file"),
        (lambda path: path.symlink_to("/dev/zero"), "is a pipe, socket or device, not a file"),
        (loop, r"cannot be opened \(Too many levels of symbolic links\)"),
        (lambda path: path.symlink_to("nowhere"), "there is no such file"),
        (lambda path: path.with_suffix(".tsv").touch(), r"no such file; did you mean t.tsv\?"),
    ],
)
def test_what_is_no_file(tmp_path, monkeypatch, make, words):
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "t.csv")
    with pytest.raises(InputError, match=words):
        list(readers.records(tmp_path / "t.csv", "t.csv", {}, [], []))


def test_a_name_that_no_file_can_have(tmp_path):
    with pytest.raises(InputError, match="cannot be opened"):
        list(readers.records(tmp_path / "a\0b.csv", "a.csv", {}, [], []))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n")
    path.chmod(0)
    with pytest.raises(InputError, match=r"cannot be opened \(Permission denied\); see that it may be read"):
        list(readers.records(path, "t.csv", {}, [], []))


def zipped(**parts: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return sink.getvalue()


def tarred() -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    return sink.getvalue()


SAVE = "save the table as .xlsx or CSV"
NO_TABLES: list[tuple[str, bytes, str]] = [
    ("t.csv", b"", "the file is empty; give a file with a header and rows"),
    ("t.xlsx", b"", "the file is empty"),
    ("t.csv", b"\xef\xbb\xbf", "the file is empty"),
    ("t.csv", b"\xff\xfe", "the file is empty"),
    ("t.csv", b"\r\n \n\n", "the file is empty"),
    ("t.json", b"\xef\xbb\xbf", "is not JSON"),
    ("t.jsonl", b"\n\n", "holds no records"),
    ("t.csv.gz", gzip.compress(b"", mtime=0), "the file is empty"),
    ("t.csv", b"\x89PNG\r\n\x1a\n\0\0", "is a picture"),
    ("t.pdf", b"%PDF-1.7\n", f"is a PDF; {SAVE}"),
    ("t.csv", pickle.dumps(list(range(300))), "is not a text file"),
    ("t.csv", random.Random(1).randbytes(9000), "is not a text file"),  # noqa: S311
    ("t.xlsx", random.Random(1).randbytes(9000), "does not begin as xlsx does"),  # noqa: S311
    ("t.csv", b"PK\0\0\0\0\0\0\0\0", "is not a text file"),
    ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, f"a password protects; {SAVE}"),
    ("t.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, f"a password protects; {SAVE}"),
    ("t.xls", b"a;b\n1;2\n", f"is an old Excel workbook; {SAVE}"),
    ("t.ods", b"a;b\n", f"is an OpenDocument sheet; {SAVE}"),
    ("t.ods", zipped(**{"mimetype": "", "content.xml": ""}), "is an OpenDocument file"),
    ("t.docx", zipped(**{"_rels/.rels": "<a/>", "word/document.xml": ""}), "is a Word document"),
    ("t.xlsb", zipped(**{"_rels/.rels": "<a/>", "xl/workbook.bin": ""}), r"is a binary Excel workbook"),
    ("t.csv", zipped(**{"t.csv": "a;b"}), "is a ZIP archive, not a workbook; unpack it"),
    ("t.csv", tarred(), "is a tar archive"),
    ("t.csv.bz2", b"BZh91AY&SY", "is packed by bzip2; unpack it"),
    ("t.csv", b"\n<!DOCTYPE html><html>", "is a web page; fetch the file"),
    ("t.csv", b"version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS"),
    ("t.dat", b"a;b\n1;2\n", "is of no known kind; set format to csv, xlsx, parquet, json, jsonl"),
    ("t.csv.gz", gzip.compress(gzip.compress(b"a;b\n"), mtime=0), "is packed twice"),
    ("t.csv.gz", gzip.compress(b"a;b\n1;2\n" * 9999, mtime=0)[:-9], r"is damaged \(it ends too early\)"),
    (
        "t.csv.gz",
        gzip.compress(b"a;b\n", mtime=0) + b"rest",
        r"is damaged \(.*\); fetch or save the file again",
    ),
    ("t.csv.gz", gzip.compress(b"a;b\n1;2\n" * 9999, mtime=0)[:-8] + b"\0" * 8, "is damaged"),
    ("t.xlsx", xlsx([["a"], [1]])[:-30], "is damaged"),
    ("t.xlsx", sheet(["a"], "<row><c></row>"), "is damaged"),
    ("t.xlsx", workbook(["a"], [], **{"xl/workbook.xml": ""}), "is damaged"),
    ("t.xlsx", workbook(["a"], [], **{"xl/_rels/workbook.xml.rels": "<r/>"}), "no visible sheet holds cells"),
    ("t.xlsx", xlsx([[]]), "no visible sheet holds cells"),
    ("t.parquet", parquet({"a": [1]})[:-9], "it does not end as Parquet does"),
    ("t.parquet", b"PAR1\0\0\0\0PAR1", "is damaged"),
    ("t.parquet", parquet({"abcdef": [1, 2]}).replace(b"abcdef", b"\xff" * 6), "is damaged"),
    ("t.parquet", parquet({}), "holds no columns"),
]


@pytest.mark.parametrize(
    ("file", "content", "words"),
    NO_TABLES,
    ids=[f"{place}-{case[0]}" for place, case in enumerate(NO_TABLES)],
)
def test_what_is_no_table_ends_in_a_sentence(tmp_path, file, content, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, content, file)


def test_a_sheet_that_a_password_protects(tmp_path):
    content = bytearray(xlsx([["a"], [1]]))
    for place in range(len(content) - 4):
        if content[place : place + 4] == b"PK\x01\x02":
            content[place + 8] |= 1
    with pytest.raises(InputError, match="is protected by a password; save it without one"):
        read(tmp_path, bytes(content), "t.xlsx")


def test_nul_bytes_and_bad_bytes_spoil_no_file(tmp_path):
    rows = b"a;b\n" + b"1;2\n" * 40
    assert cells(tmp_path, rows + b"x\0;\xff\n")[-1] == ["x\0", "ÿ"]


def test_a_quoted_cell_cannot_swallow_the_file(tmp_path):
    found, _ = read(tmp_path, b'a;b\n"1;2\n' + b"1;2\n" * 400)
    assert [item.problem is None for item in found] == [True, False, *[True] * 400]


def test_a_directory_of_an_archive_may_lie_about_its_end(tmp_path):
    content = xlsx([["a"], [1]])
    end = content.rfind(b"PK\x05\x06")
    lying = content[: end + 12] + struct.pack("<L", 0xFFFFFFF0) + content[end + 16 :]
    with pytest.raises(InputError, match="is damaged"):
        read(tmp_path, lying, "t.xlsx")


# Any bytes


def examined(folder: Path, content: bytes, file: str) -> None:
    """Read a file: a sentence, or records whose cells can be written and whose lines are in order."""
    found, sentence = [], file
    try:
        found, _ = read(folder, content, file)
    except InputError as error:
        sentence = str(error)
    assert sentence.startswith(file)
    assert "\n" not in sentence
    for record in found:
        assert all(isinstance(cell, str) for cell in record.cells)
        "".join(record.cells).encode()


@given(st.binary(max_size=200), st.sampled_from([*SUFFIXES, ".gz", ".csv.gz", ""]))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, suffix):
    examined(tmp_path_factory.mktemp("bytes"), content, f"t{suffix}")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", written())
def test_mutants_of_sound_files_are_read_or_refused(tmp_path, kind, packed):
    rng = random.Random(f"{kind}{packed}")  # noqa: S311
    content = gzip.compress(written()[kind], mtime=0) if packed else written()[kind]
    for _ in range(150):
        mutant = bytearray(content)
        for _ in range(rng.choice([1, 1, 2, 8])):
            place = rng.randrange(len(mutant))
            match rng.randrange(4):
                case 0:
                    mutant[place] = rng.randrange(256)
                case 1:
                    del mutant[place : place + rng.randrange(1, 9)]
                case 2:
                    mutant[place:place] = rng.randbytes(rng.randrange(1, 9))
                case _:
                    mutant[place] ^= 1 << rng.randrange(8)
            mutant = mutant or bytearray(b"x")
        examined(tmp_path, bytes(mutant), f"t.{kind}{'.gz' * packed}")


def test_mutants_of_the_xml_of_a_sheet_are_read_or_refused(tmp_path):
    rng = random.Random(3)  # noqa: S311
    parts = {**PARTS, SHEET: sheet_text()}
    signs = ["", "<", ">", "&", '"', "9" * 30, "-1", "NaN", "<c/>", "</c>", "\x01", "é", "e999"]
    for _ in range(300):
        name = rng.choice(list(parts))
        text = parts[name]
        start = rng.randrange(len(text))
        signs = rng.choice(
            ["", "<", ">", "&", '"', "9" * 30, "-1", "NaN", "<c/>", "</c>", "\x01", "é", "e999"]
        )
        spoilt = text[:start] + signs + text[start + rng.randrange(3) :]
        examined(tmp_path, workbook(["a"], [], **{name: spoilt}), "t.xlsx")


def sheet_text() -> str:
    with zipfile.ZipFile(
        io.BytesIO(workbook(["a", "b"], [["x", 1.5], [True, "#REF!"], ["=1", 41_000]]))
    ) as archive:
        return archive.read(SHEET).decode().partition("?>\n")[2]

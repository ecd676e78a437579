"""Readers on hostile files: a sentence or a record with its problem, in bounded memory, and never a hang."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import random
import socket
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.workbook import MAIN, PARTS, workbook
from interclust.errors import InputError
from interclust.ingest import readers
from interclust.ingest.readers.kinds import SUFFIXES
from raw_files import SHEET, cells, parquet, read, sheet, written, xlsx

SECONDS, MEGABYTES = 60, 350  # bounds of one bomb
CODE = """
import sys
from pathlib import Path
from interclust.errors import InputError
from interclust.ingest import readers
count = 0
try:
    for record in readers.records(Path(sys.argv[1]), Path(sys.argv[1]).name, {}, [], []):
        count += 1
    print(count, "records")
except InputError as error:
    print(error)
status = Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""


# Bombs: each is read in a process of its own, whose memory is measured


def one_line(path: Path) -> None:
    with path.open("wb") as stream:
        stream.write(b"a,b\n" + b"x" * 10_000)
        stream.truncate(10**9)


def one_packed_line(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a,b\n") + gzip.compress(b"x" * 16_000_000, 1) * 64)


def packed_lines(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a,b\n") + gzip.compress(b"%099d,%099d\n" % (1, 2) * 5000) * 900)


def packed_archive(path: Path) -> None:
    path.write_bytes(gzip.compress(b"PK\x03\x04") + gzip.compress(b"\0" * 1_000_000) * 900)


def packed_header(path: Path) -> None:
    path.write_bytes(b"\x1f\x8b\x08\x08" + b"\0" * 6)  # a name follows that does not end
    with path.open("ab") as stream:
        for _ in range(100):
            stream.write(b"x" * 1_000_000)


def line_ends(path: Path) -> None:
    path.write_bytes(b"\n" * 50_000_000)


def million_columns(path: Path) -> None:
    path.write_bytes(",".join(map(str, range(10**6))).encode()[:3_900_000] + b"\n1,2\n")


def many_keys(path: Path) -> None:
    path.write_bytes(json.dumps([dict.fromkeys(map(str, range(250_000)), 1)]).encode())


def brackets(path: Path) -> None:
    path.write_bytes(b"[" * 10**5 + b"]" * 10**5)


def empty_objects(path: Path) -> None:
    path.write_bytes(b"[" + b"{}," * 30_000_000 + b"{}]")


def of_sheet(text: str, **parts: str) -> Callable[[Path], None]:
    content = {SHEET: f"<worksheet {MAIN}><sheetData>{text}</sheetData></worksheet>"}
    return lambda path: path.write_bytes(workbook(["a"], [], **content, **parts)) and None


def lying_size(path: Path) -> None:
    """A part that says it is small."""
    content = bytearray(workbook(["a"], [], **{SHEET: " " * 10**8}))
    place = content.find(struct.pack("<L", 10**8 + 56), content.rfind(b"PK\x01\x02"))
    content[place : place + 4] = struct.pack("<L", 1000)
    path.write_bytes(content)


def many_parts(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(25_000):
            archive.writestr(f"{number}", "")


def large_directory(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(300):
            archive.writestr(f"{number}".zfill(60_000), "")


def many_rows(path: Path) -> None:
    with pq.ParquetWriter(path, pa.schema([("a", pa.int8())])) as writer:
        writer.write_table(pa.table({"a": pa.nulls(10**8, pa.int8())}), row_group_size=10**8)


def long_texts(path: Path) -> None:
    packed = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), ["x" * 1_000_000])
    pq.write_table(pa.table({"a": packed}), path)


def long_lists(path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), ["x" * 10_000])
    offsets = pa.array(range(0, 1_000_001, 1000), pa.int32())
    pq.write_table(pa.table({"a": pa.ListArray.from_arrays(offsets, texts)}), path)


LAUGHS = '<!DOCTYPE a [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 11)
)
TEXTS = f"<sst {MAIN}><si><t>&a10;</t></si></sst>"
LAUGHING = {
    "xl/sharedStrings.xml": LAUGHS + "]>" + TEXTS,
    "xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace("styles", "sharedStrings"),
}
BOMBS: list[tuple[str, Callable[[Path], None], str]] = [
    ("line.csv", one_line, "line 2: is longer than 4000000 bytes; check the line ends"),
    ("line.csv.gz", one_packed_line, "line 2: is longer than 4000000 bytes"),
    ("line.json.gz", one_packed_line, "is a document of more than 100000000 bytes"),
    ("bomb.csv.gz", packed_lines, "unpacks to more than 200 times its size, as no table does"),
    ("bomb.xlsx.gz", packed_archive, "unpacks to more than 200 times its size"),
    ("header.csv.gz", packed_header, "is damaged (it ends too early)"),
    ("ends.csv", line_ends, "has more than 5000000 lines"),
    ("columns.csv", million_columns, "columns, and at most 16384 are read"),
    ("keys.json", many_keys, "has 250000 columns, and at most 16384 are read"),
    ("deep.json", brackets, "holds brackets nested too deeply"),
    ("deep.jsonl", brackets, "holds brackets nested too deeply"),
    ("objects.json", empty_objects, "is a document of more than 5000000 values; give it as JSON lines"),
    ("spaces.xlsx", of_sheet(" " * 10**8), "unpacks from"),
    ("cells.xlsx", of_sheet("<row>" + "<c/>" * 10**7 + "</row>"), "outside the 16384 columns of a sheet"),
    (
        "text.xlsx",
        of_sheet("<row><c t='str'><v>" + "x" * 6 * 10**7),
        "has more than 4000000 bytes in one piece",
    ),
    ("far.xlsx", of_sheet("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"), "1 records"),
    ("laughs.xlsx", of_sheet("", **LAUGHING), "declares a document type, as no workbook does"),
    ("lies.xlsx", lying_size, "is damaged"),
    ("parts.xlsx", many_parts, "parts; save the sheet as .xlsx or CSV"),
    ("directory.xlsx", large_directory, "its directory is too large"),
    ("rows.parquet", many_rows, "has 100000000 rows, and at most 2000000 are read"),
    ("texts.parquet", long_texts, "rows of more than 128000000 bytes"),
    ("lists.parquet", long_lists, "rows of more than 128000000 bytes"),
]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is measured as Linux tells it")
@pytest.mark.parametrize(("file", "make", "words"), BOMBS, ids=[file for file, *_ in BOMBS])
def test_a_bomb_ends_in_a_sentence_within_bounds(tmp_path, file, make, words):
    make(tmp_path / file)
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / file)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    (tmp_path / file).unlink()
    assert not done.stderr
    sentence, peak = done.stdout.splitlines()
    assert words in sentence
    assert int(peak) < MEGABYTES


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
    ("t.csv.gz", gzip.compress(b""), "the file is empty"),
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
    ("t.csv.gz", gzip.compress(gzip.compress(b"a;b\n")), "is packed twice"),
    ("t.csv.gz", gzip.compress(b"a;b\n1;2\n" * 9999)[:-9], r"is damaged \(it ends too early\)"),
    ("t.csv.gz", gzip.compress(b"a;b\n1;2\n") + b"rest", r"is damaged \(.*\); fetch or save the file again"),
    ("t.csv.gz", gzip.compress(b"a;b\n1;2\n" * 9999)[:-8] + b"\0" * 8, "is damaged"),
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


@pytest.mark.parametrize(("file", "content", "words"), NO_TABLES)
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

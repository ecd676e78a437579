"""Small files that unpack, or spread out, to what no machine holds: a sentence within bounds of memory."""

from __future__ import annotations

import gzip
import io
import json
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fuzz.workbook import MAIN, PARTS, workbook
from raw_files import SHEET
from unmeasured import unmeasured

SECONDS, MEGABYTES = 60, 400  # bounds of one bomb
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


def one_line(path: Path) -> None:
    with path.open("wb") as stream:
        stream.write(b"a,b\n" + b"x" * 10_000)
        stream.truncate(10**9)


def one_packed_line(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a,b\n") + gzip.compress(b"x" * 16_000_000, 1) * 64)


def one_packed_text(path: Path) -> None:
    path.write_bytes(gzip.compress(b'["') + gzip.compress(b"x" * 16_000_000, 1) * 64)


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
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    place = content.index(struct.pack("<L", size), content.index(b"PK\x01\x02"))
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


def one_value(path: Path) -> None:
    """A value that packs to nothing; what can be packed less is told by its few values."""
    pq.write_table(pa.table({"a": ["x" * 200_000_000]}), path, compression="zstd", use_dictionary=False)


def few_values(path: Path) -> None:
    texts = [random.Random(0).randbytes(1_000_000).hex() + "x" * 140_000_000]  # noqa: S311
    pq.write_table(pa.table({"a": texts}), path, compression="zstd", use_dictionary=False)


def separators_only(path: Path) -> None:
    path.write_bytes(b"a,b\n" + (b"ab," * 1_300_000 + b"\n") * 30)


def sheets(count: int, text: str) -> Callable[[Path], None]:
    """A workbook of sheets that are all the same part."""
    one = '<sheet name="S{}" sheetId="1" r:id="rId1"/>'
    named = "".join(one.format(number) for number in range(count))
    head, tail = PARTS["xl/workbook.xml"].split("<sheets>")[0], "</sheets></workbook>"
    return of_sheet(text, **{"xl/workbook.xml": f"{head}<sheets>{named}{tail}"})


LAUGHS = '<!DOCTYPE a [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 11)
)
STYLES = "xl/styles.xml"
TEXTS = f"<sst {MAIN}><si><t>&a10;</t></si></sst>"
LAUGHING = {
    "xl/sharedStrings.xml": LAUGHS + "]>" + TEXTS,
    "xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace("styles", "sharedStrings"),
}
BOMBS: list[tuple[str, Callable[[Path], None], str]] = [
    ("line.csv", one_line, "line 2: is longer than 4000000 bytes; check the line ends"),
    ("line.csv.gz", one_packed_line, "line 2: is longer than 4000000 bytes"),
    ("line.json.gz", one_packed_text, "is a document of more than 100000000 bytes"),
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
    (
        "wide.xlsx",
        of_sheet("<row><c r='XFD1'><v>1</v></c></row>" * 50_000),
        "has more than 50000000 cells; keep the columns that are needed",
    ),
    (
        "beyond.xlsx",
        of_sheet("<row><c><v>1</v></c></row>" + "<row><c r='XFD2'><v>1</v></c></row>" * 50_000),
        "1 records",
    ),
    ("sheets.xlsx", sheets(10_001, ""), "has more than 10000 sheets"),
    ("blank.xlsx", sheets(200, "<row r='1'/>" * 20_000), "has more than 3000000 blank rows and cells"),
    ("empty.xlsx", of_sheet(f"<row r='5'>{'<c/>' * 16_000}</row>" * 190), "blank rows and cells"),
    ("styles.xlsx", of_sheet("", **{STYLES: f"<a><cellXfs>{'<xf/>' * 1_100_000}</cellXfs></a>"}), "elements"),
    ("laughs.xlsx", of_sheet("", **LAUGHING), "declares a document type, as no workbook does"),
    ("lies.xlsx", lying_size, "is damaged"),
    ("parts.xlsx", many_parts, "parts; save the sheet as .xlsx or CSV"),
    ("directory.xlsx", large_directory, "its directory is too large"),
    ("value.parquet", one_value, "has a column that unpacks from"),
    ("values.parquet", few_values, "has a column of 1 values in 142000"),
    ("separators.csv", separators_only, "31 records"),
    ("rows.parquet", many_rows, "has 100000000 rows, and at most 1048576 are read"),
    ("texts.parquet", long_texts, "rows of more than 128000000 bytes"),
    ("lists.parquet", long_lists, "rows of more than 128000000 bytes"),
]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is measured as Linux tells it")
@pytest.mark.parametrize(("file", "make", "words"), BOMBS, ids=[file for file, *_ in BOMBS])
def test_a_bomb_ends_in_a_sentence_within_bounds(tmp_path, file, make, words):
    make(tmp_path / file)
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / file)],
        env=unmeasured(),
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

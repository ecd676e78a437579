"""What is peculiar to a format: documents that are well formed and mad."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any

from . import hostile
from .raw import Raw, records
from .workbook import MAIN, PARTS, workbook

SHEET = "xl/worksheets/sheet1.xml"
BOMB = 100_000_000  # bytes that unpack from a few


def spoil(rng: random.Random, raw: Raw) -> str:
    """Give the file the peculiar fault of its format; says which."""
    made: dict[str, Callable[[random.Random, Raw], tuple[str, bytes]]] = {
        "json": _json,
        "jsonl": _jsonl,
        "xlsx": _xlsx,
        "parquet": _parquet,
    }
    what, raw.data = made[raw.form](rng, raw)
    raw.n_rows = None
    return what


def _json(rng: random.Random, raw: Raw) -> tuple[str, bytes]:
    rows = records(raw.sheet)
    text = json.dumps(rows, ensure_ascii=False, default=str)
    deep = rng.choice([50, 900, 5_000, 200_000])
    made: dict[str, str] = {
        "a document around the list": json.dumps({"meta": {"n": 1}, "data": {"projects": rows}}, default=str),
        "two lists": json.dumps({"a": rows, "b": rows}, default=str),
        "one record": json.dumps(rows[0] if rows else {}, default=str),
        "lists for records": json.dumps([[1, 2], ["a"], rows], default=str),
        "scalars among the records": json.dumps([1, None, "x", True, [], *rows], default=str),
        "deep lists": "[" * deep + "]" * deep,
        "deep mappings": '{"a":' * deep + "1" + "}" * deep,
        "a deep cell": text[:-1] + ', {"acronym": ' + "[" * deep + "]" * deep + "}]",
        "a comma too many": text[:-1] + ",]",
        "a key twice": text.replace("{", '{"acronym": "twice", "acronym": "again", ', 1),
        "half of a sign": text.replace('": "', '": "\\ud800', 1),
        "a long number": text.replace('": "', '": ' + "9" * 6_000 + ', "x": "', 1),
        "no number": text.replace('": "', '": NaN, "y": Infinity, "x": "', 1),
        "a large number": text.replace('": "', '": -1e999, "x": "', 1),
        "a bare value": rng.choice(["null", "1", '"x"', "true", "[]", "{}", "[{}]", "[null]", " "]),
        "a document after the document": text + text,
        "comments": "// projects\n" + text,
        "single quotes": text.replace('"', "'"),
        "a mark before it": "\ufeff" + text,
        "a hostile key": json.dumps([{hostile.text(rng): 1, **row} for row in rows], default=str),
    }
    what = rng.choice(list(made))
    return what, made[what].encode("utf-8", "replace")


def _jsonl(rng: random.Random, raw: Raw) -> tuple[str, bytes]:
    lines = [json.dumps(row, ensure_ascii=False, default=str) for row in records(raw.sheet)]
    deep = rng.choice([50, 900, 5_000, 200_000])
    further: dict[str, str] = {
        "a list": "[1, 2]",
        "a scalar": rng.choice(["null", "1", '"x"', "NaN", "true"]),
        "half a record": lines[0][: len(lines[0]) // 2] if lines else "{",
        "a deep cell": '{"acronym": ' + "[" * deep + "]" * deep + "}",
        "a deep mapping": '{"a":' * deep + "1" + "}" * deep,
        "a long number": '{"acronym": ' + "9" * 6_000 + "}",
        "half of a sign": '{"acronym": "\\udc00"}',
        "two records": "{} {}",
        "other keys": json.dumps({hostile.text(rng): hostile.text(rng)}),
        "a key twice": '{"acronym": 1, "acronym": 2}',
        "an empty record": "{}",
        "a blank line": "   ",
    }
    what = rng.choice(list(further))
    lines.insert(rng.randint(0, len(lines)), further[what])
    return what, ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _xlsx(rng: random.Random, raw: Raw) -> tuple[str, bytes]:
    header, rows = raw.sheet.header, raw.sheet.rows
    sound = workbook(header, rows)
    with zipfile.ZipFile(io.BytesIO(sound)) as archive:
        sheet = archive.read(SHEET).decode()
        names = archive.namelist()
    first = f'<worksheet {MAIN}><sheetData><row r="1">'
    cell = '<c r="{}" t="inlineStr"><is><t>x</t></is></c>'
    entity = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("bcdefghi", "cdefghij", strict=True)
    )
    file = '<!DOCTYPE a [<!ENTITY j SYSTEM "file:///etc/passwd">'
    body = sheet[sheet.index("<worksheet") :]
    made: dict[str, dict[str, str]] = {
        "a far cell": {
            SHEET: body.replace(
                "</sheetData>", f'<row r="1048576">{cell.format("XFD1048576")}</row></sheetData>'
            )
        },
        "a cell outside": {
            SHEET: body.replace(
                "</sheetData>", f'<row r="99999999">{cell.format("ZZZZZ0")}</row></sheetData>'
            )
        },
        "no numbers of rows": {SHEET: body.replace('<row r="', '<row x="').replace('<c r="', '<c x="')},
        "rows back to front": {
            SHEET: body.replace('<row r="2"', '<row r="1"').replace('<row r="3"', '<row r="-3"')
        },
        "a missing shared text": {
            SHEET: body.replace(
                "</sheetData>", '<row r="9999"><c r="A9999" t="s"><v>7</v></c></row></sheetData>'
            )
        },
        "a cell of no kind": {SHEET: body.replace('t="inlineStr"', 't="zz"', 3)},
        "text for a number": {
            SHEET: body.replace("</sheetData>", '<row r="9999"><c r="A9999"><v>x</v></c></row></sheetData>')
        },
        "a date beyond dates": {
            SHEET: body.replace(
                "</sheetData>", '<row r="9999"><c r="A9999" s="1"><v>1e12</v></c></row></sheetData>'
            )
        },
        "entities within entities": {SHEET: entity + "]>" + body.replace("<t ", "<t>&j;</t><t ", 1)},
        "a file as an entity": {SHEET: file + "]>" + body.replace("<t ", "<t>&j;</t><t ", 1)},
        "XML that ends early": {SHEET: body[: len(body) // 2]},
        "no rows": {SHEET: f"<worksheet {MAIN}><sheetData/></worksheet>"},
        "an empty part": {rng.choice(names): ""},
        "no sheets": {"xl/workbook.xml": f"<workbook {MAIN}><sheets/></workbook>"},
        "a sheet that is not there": {"xl/workbook.xml": PARTS["xl/workbook.xml"].replace("rId1", "rId9")},
        "merged cells": {
            SHEET: body.replace(
                "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
            )
        },
        "deep elements": {
            SHEET: first + "<c><is>" * 20_000 + "</is></c>" * 20_000 + "</row></sheetData></worksheet>"
        },
        "a bomb": {SHEET: body.replace("<sheetData>", "<sheetData>" + " " * BOMB)}
        if rng.random() < 0.1
        else {"b.xml": " " * 1_000_000},
    }
    what = rng.choice(list(made))
    return what, workbook(header, rows, **made[what])


def _parquet(rng: random.Random, raw: Raw) -> tuple[str, bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    n = len(raw.sheet.rows)
    wanted = raw.sheet.header
    columns: dict[str, Any] = {
        "structures": pa.array([{"a": 1, "b": ["x", None]}] * n),
        "lists of lists": pa.array([[["Minalogic"], []]] * n),
        "maps": pa.array([[("a", 1)]] * n, pa.map_(pa.string(), pa.int64())),
        "decimals": pa.array([1] * n, pa.decimal128(38, 10)),
        "moments with a zone": pa.array([0] * n, pa.timestamp("ns", "Europe/Paris")),
        "moments far off": pa.array([2**52] * n, pa.timestamp("s")),
        "days far off": pa.array([2**31 - 1] * n, pa.date32()),
        "dictionaries": pa.array([None, *["a"] * (n - 1)][:n]).dictionary_encode(),
        "nothing": pa.nulls(n),
        "bytes": pa.array([b"\xff\0"] * n, pa.large_binary()),
        "durations": pa.array([1] * n, pa.duration("us")),
        "halves": pa.array([1.5] * n, pa.float32()).cast(pa.float16()),
    }
    what = rng.choice([*columns, "no columns", "no rows", "a name twice"])
    if what in columns:
        place = rng.randrange(max(1, len(wanted)))
        arrays = [columns[what] if at == place else _texts(raw, at) for at in range(len(wanted))]
        table = pa.Table.from_arrays(arrays, names=wanted)
    elif what == "no columns":
        table = pa.table({})
    elif what == "no rows":
        table = pa.table({name: pa.array([], pa.string()) for name in dict.fromkeys(wanted)})
    else:
        table = pa.Table.from_arrays([_texts(raw, 0), _texts(raw, 0)], names=[wanted[0], wanted[0]])
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return what, sink.getvalue()


def _texts(raw: Raw, place: int) -> Any:
    import pyarrow as pa

    return pa.array(
        [
            str(row[place]).encode("utf-8", "replace").decode() if place < len(row) else None
            for row in raw.sheet.rows
        ],
        pa.string(),
    )

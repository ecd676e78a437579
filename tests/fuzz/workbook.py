"""A workbook of one sheet written by hand, so that what is wrong with it can be chosen."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STRINGS = "xl/sharedStrings.xml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/{STRINGS}" ContentType="{TYPES}.sharedStrings+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{RELATIONS}">'
    '<sheets><sheet name="Projets" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "xl/styles.xml": f"<styleSheet {MAIN}>"
    "<fonts count='1'><font/></fonts><fills count='1'><fill/></fills><borders count='1'><border/></borders>"
    "<cellStyleXfs count='1'><xf/></cellStyleXfs><cellXfs count='2'><xf xfId='0'/>"
    "<xf numFmtId='14' applyNumberFormat='1' xfId='0'/></cellXfs></styleSheet>",
}


def workbook(header: list[str], rows: list[list[Any]], **parts: str) -> bytes:
    """The bytes of a workbook; ``parts`` replaces or adds parts of the archive by name.

    Half of them, those of an even number of rows, keep their texts in a part of its own.
    """
    lines = [[*header], *rows]
    texts: list[str] | None = None if len(rows) % 2 else []
    body = "".join(
        f'<row r="{number}">'
        + "".join(_cell(value, number, place, texts) for place, value in enumerate(row))
        + "</row>"
        for number, row in enumerate(lines, start=1)
    )
    sheet = f"<worksheet {MAIN}><sheetData>{body}</sheetData></worksheet>"
    held = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in texts or [])
    shared = {STRINGS: f"<sst {MAIN}>{held}</sst>"} if texts is not None else {}
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": sheet, **shared, **parts}.items():
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, HEAD + text)
    return sink.getvalue()


def _cell(value: Any, row: int, place: int, texts: list[str] | None) -> str:
    where = f'r="{_letters(place)}{row}"'
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c {where} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return f'<c {where} s="1"><v>{(day - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, int | float):
        return f"<c {where}><v>{value!r}</v></c>"
    text = NOT_XML.sub("\ufffd", str(value))
    if text.startswith("#") and text.endswith(("!", "?", "A")):
        return f'<c {where} t="e"><v>{escape(text)}</v></c>'
    if text.startswith("=") and len(text) > 1:
        return f"<c {where}><f>{escape(text[1:])}</f><v>42</v></c>"
    if texts is not None:
        texts.append(escape(text))
        return f'<c {where} t="s"><v>{len(texts) - 1}</v></c>'
    return f'<c {where} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _letters(place: int) -> str:
    place, letters = place + 1, ""
    while place:
        place, digit = divmod(place - 1, 26)
        letters = chr(65 + digit) + letters
    return letters

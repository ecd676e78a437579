"""What an XLSX file says of itself: its sheets, its texts, which of its number formats are dates.

Read here and not by openpyxl's workbook, which refuses files for styles, properties or names that no
table needs and keeps all of them in memory; openpyxl knows which formats are dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .limits import ELEMENTS, SHEETS, STRINGS_BYTES, UNPACKED_BYTES
from .package import SAVE, Package, beside

ROOT = "_rels/.rels"
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
BUILT_IN = frozenset({*range(27, 37), *range(50, 59)})  # dates of East Asian editions, not in openpyxl's list


@dataclass(frozen=True)
class Sheet:
    """A sheet of cells, or of something else (a chart, macros)."""

    name: str
    part: str
    cells: bool
    visible: bool


@dataclass
class Workbook:
    """``dates`` are the styles (as cells name them) that show days or times, True for durations.

    ``blanks`` counts the rows and cells without a value that were read, in whichever sheet.
    """

    package: Package
    sheets: list[Sheet]
    strings: list[str]
    dates: dict[str, bool]
    since_1904: bool
    blanks: int = 0


def read_workbook(package: Package) -> Workbook:
    """Read all but the sheets' cells. Raises InputError for a damaged archive or one that is none."""
    package.require(ROOT)
    main, parts = "", {}
    for kind, target, _ in _relations(package, "", ROOT):
        if kind == "officeDocument":
            main = target
    if not main.lower().endswith(".xml"):
        package.require("xl/workbook.xml")
    parts = {key: (kind, target) for kind, target, key in _relations(package, main, _relations_of(main))}
    sheets, since_1904 = [], False
    for tag, attributes in _elements(package, main):
        if tag == "workbookPr":
            since_1904 = attributes.get("date1904", "0") in ("1", "true", "on")
        elif tag == "sheet":
            key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            kind, part = parts.get(key, ("", ""))
            visible = attributes.get("state", "visible") == "visible"
            sheets.append(Sheet(attributes.get("name", ""), part, kind == "worksheet", visible))
            if len(sheets) > SHEETS:
                package.refuse(f"has more than {SHEETS} sheets", SAVE)
    named = dict(parts.values())
    strings = list(_strings(package, named.get("sharedStrings", "")))
    return Workbook(package, sheets, strings, _dates(package, named.get("styles", "")), since_1904)


def unescaped(text: str) -> str:
    """Text with the signs that the format writes as "_x000D_"."""
    return ESCAPED.sub(_sign, text) if "_x" in text else text


def _sign(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return match[0] if 0xD800 <= number < 0xE000 else chr(number)


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")


def _relations(package: Package, part: str, name: str) -> Iterator[tuple[str, str, str]]:
    """Kind, target and key of what a part refers to."""
    for tag, attributes in _elements(package, name):
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            yield kind, beside(part, attributes.get("Target", "")), attributes.get("Id", "")


class _Elements:
    """Tags and attributes, as they begin."""

    def __init__(self) -> None:
        self.ready: list[Any] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.ready.append((tag, attributes))

    def text(self, text: str) -> None:
        pass

    def end(self, tag: str) -> None:
        pass


def _elements(package: Package, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    for count, element in enumerate(package.read(name, _Elements())):
        if count == ELEMENTS:
            package.refuse(f"has more than {ELEMENTS} elements in {name}, as no workbook does", SAVE)
        yield element


class Texts:
    """Texts of an element: those of its runs, without the readings that Japanese texts may carry."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.open = self.aside = False

    def start(self, tag: str) -> None:
        """Begin an element inside."""
        if tag == "t":
            self.open = not self.aside
        elif tag == "rPh":
            self.aside = True

    def end(self, tag: str) -> None:
        """End it."""
        if tag == "t":
            self.open = False
        elif tag == "rPh":
            self.aside = False

    def taken(self) -> str:
        """What was found; the next element begins without any."""
        text = unescaped("".join(self.found))
        self.found = []
        return text


class _Strings:
    """The shared texts, in their order."""

    def __init__(self) -> None:
        self.ready: list[Any] = []
        self.texts = Texts()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.texts.start(tag)

    def text(self, text: str) -> None:
        if self.texts.open:
            self.texts.found.append(text)

    def end(self, tag: str) -> None:
        self.texts.end(tag)
        if tag == "si":
            self.ready.append(self.texts.taken())


def _strings(package: Package, part: str) -> Iterator[str]:
    found = package.parts.get(part.lower())
    if found is None:
        return iter(())
    if found.file_size > min(STRINGS_BYTES, UNPACKED_BYTES):
        package.refuse(f"has more than {STRINGS_BYTES} bytes of texts", SAVE)
    return package.read(part, _Strings())


def _dates(package: Package, part: str) -> dict[str, bool]:
    """The cell styles whose number format shows a day or a time."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    formats: dict[str, str] = {str(key): form for key, form in BUILTIN_FORMATS.items()}
    formats |= dict.fromkeys(map(str, BUILT_IN), "yyyy-mm-dd")
    dates: dict[str, bool] = {}
    shown: dict[str, bool | None] = {}  # of each format whether it is a duration, None for no date
    count, inside = 0, False
    for tag, attributes in _elements(package, part) if part.lower() in package.parts else ():
        if tag == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            form = formats.get(attributes.get("numFmtId", ""), "General")
            if form not in shown:
                shown[form] = is_timedelta_format(form) if is_date_format(form) else None
            duration = shown[form]
            if duration is not None:
                dates[str(count)] = duration
            count += 1
    return dates

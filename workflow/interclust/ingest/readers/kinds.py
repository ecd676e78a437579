"""Which format a raw file has: by the study's setting, its first bytes and its name."""

from __future__ import annotations

import json
import re
from pathlib import PurePath

from ...errors import InputError
from .lines import mark_of
from .record import Settings
from .source import AGAIN, GZIP, Source

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
BINARY = {b"PK\x03\x04": "xlsx", b"PK\x05\x06": "xlsx", b"PAR1": "parquet"}
FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))
UNREADABLE = {
    ".xls": "an old Excel workbook",
    ".xlsb": "a binary Excel workbook",
    ".ods": "an OpenDocument sheet",
    ".docx": "a Word document",
    ".doc": "a Word document",
    ".pdf": "a PDF",
}
SAVE = "save the table as .xlsx or CSV"
MAGIC = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls) or one that a password protects", SAVE),
    (b"%PDF", "a PDF", SAVE),
    (b"ARROW1", "an Arrow file", "save it as Parquet"),
    (b"\x89PNG", "a picture", SAVE),
    (b"\xff\xd8\xff", "a picture", SAVE),
    (b"GIF8", "a picture", SAVE),
    (b"BZh", "packed by bzip2", "unpack it, or pack it by gzip"),
    (b"\xfd7zXZ", "packed by xz", "unpack it, or pack it by gzip"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", "unpack it, or pack it by gzip"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it and give the file inside"),
    (b"Rar!", "a RAR archive", "unpack it and give the file inside"),
    (b"SQLite format 3", "a database", SAVE),
    (GZIP, "packed twice", "unpack it once"),
)
PAGE = "fetch the file that the page leads to, or save its table as CSV"
TEXTS = (  # in lower case
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself", "fetch it with git lfs pull"),
    (b"<!doctype", "a web page", PAGE),
    (b"<html", "a web page", PAGE),
    (b"<?xml", "an XML file", SAVE),
)
SPACES = b"\xef\xbb\xbf\r\n\t "
CONTROLS = bytes({*range(32)} - set(b"\t\n\v\f\r\x1a\x1b"))
OBJECT = re.compile(r'(\[\s*)?\{\s*["}]')  # how a document of records begins, and no header does
QUOTED = re.compile(r'"[^"]*"')
MOSTLY = 0.6
TOLERATED_CONTROLS = 0.05  # of the first bytes: a damaged row must not condemn a text


def kind_of(source: Source, spec: Settings, notes: list[str]) -> str:
    """One of ``FORMATS``; where name and content differ the content counts, and ``notes`` says so.

    Raises InputError for an empty file, for what no reader reads, and where the setting ``format`` is
    contradicted by the content.
    """
    if not source.head:
        raise InputError("the file is empty", file=source.file, remedy="give a file with a header and rows")
    _refuse_known(source)
    suffix = _suffix(source, notes)
    asked = spec.get("format")
    if asked is not None and asked not in FORMATS:
        remedy = f"set it to {', '.join(FORMATS)}"
        raise InputError(f"{asked} is no format that is read", file=source.file, remedy=remedy)
    named = asked or SUFFIXES.get(suffix)
    found = next((kind for start, kind in BINARY.items() if source.head.startswith(start)), None)
    if found is None or not _controls(source.head):  # a header of a text may begin with PAR1
        found = _text_kind(source, spec, suffix, named)
    if named and found != named:
        if asked:
            problem, remedy = f"is {found}, not {asked}", "correct the setting format"
            raise InputError(problem, file=source.file, remedy=remedy)
        notes.append(f"{source.file}: is {found} by its content, and was read so")
    return found


def _suffix(source: Source, notes: list[str]) -> str:
    """The ending of the file's name, without that of gzip."""
    name = PurePath(source.file.lower())
    if (name.suffix == ".gz") != source.packed:
        what = "is packed by gzip" if source.packed else "is not packed by gzip"
        notes.append(f"{source.file}: {what}, whatever its name says")
    return PurePath(name.stem).suffix if name.suffix == ".gz" else name.suffix


def _refuse_known(source: Source) -> None:
    start = source.head.lstrip(SPACES)[:40].lower()
    known = [entry for entry in MAGIC if source.head.startswith(entry[0])]
    for _, kind, remedy in known or [entry for entry in TEXTS if start.startswith(entry[0])]:
        raise InputError(f"is {kind}", file=source.file, remedy=remedy)
    if source.head[257:262] == b"ustar":
        raise InputError("is a tar archive", file=source.file, remedy="unpack it and give the file inside")


def _text_kind(source: Source, spec: Settings, suffix: str, named: str | None) -> str:
    """The format of what should be text: as named, else JSON or CSV by its first sign."""
    marked = mark_of(source.head) or spec.get("encoding")
    if not marked and _controls(source.head) > TOLERATED_CONTROLS * len(source.head):
        wide = _utf16(source.head)
        if wide:
            problem, remedy = "looks like UTF-16 without its mark", f"set encoding to {wide}"
            raise InputError(problem, file=source.file, remedy=remedy)
        problem = f"does not begin as {named} does" if named in BINARY.values() else "is not a text file"
        raise InputError(problem, file=source.file, remedy=AGAIN if named else SAVE)
    start = _start(source.head, marked)
    if spec.get("format") in ("csv", "json", "jsonl"):
        return str(spec["format"])
    if named == "csv":
        return _json_kind(start) if OBJECT.match(start) else "csv"
    if named in ("json", "jsonl"):
        whole = (bool(marked) and start.startswith("[")) or start.partition("\n")[0].strip() == "{"
        return "csv" if _is_header(start) else "json" if whole else named
    looks_json = start.startswith(("{", "["))
    if named is None and not looks_json:
        kind = f"is {UNREADABLE[suffix]}" if suffix in UNREADABLE else "is of no known kind"
        remedy = SAVE if suffix in UNREADABLE else f"set format to {', '.join(FORMATS)}, or name it so"
        raise InputError(kind, file=source.file, remedy=remedy)
    return _json_kind(start) if looks_json else "csv"


def _start(head: bytes, encoding: str | None) -> str:
    """The first bytes as text, without what stands before the first sign."""
    try:
        text = head.decode(encoding or "utf-8", errors="ignore")
    except (LookupError, ValueError):  # the setting is no encoding, which is said where lines are read
        text = head.decode("utf-8", errors="ignore")
    return text.lstrip("\ufeff\r\n\t ")


def _json_kind(start: str) -> str:
    """JSON lines if the first line is an object and the next one begins another, else a document."""
    first, _, rest = start.partition("\n")
    if not rest.lstrip().startswith("{"):
        return "json"
    try:
        return "jsonl" if isinstance(json.loads(first), dict) else "json"
    except (ValueError, RecursionError):
        return "json"


def _is_header(start: str) -> bool:
    """Whether a text that should be JSON begins with the headers of a table."""
    first = QUOTED.sub("", start.partition("\n")[0])
    return (start[:1].isalnum() or start[:1] == '"') and any(sign in first for sign in ",;\t|")


def _utf16(head: bytes) -> str | None:
    """The encoding of a text of which every other byte is 0, as of Latin letters in UTF-16."""
    half = len(head) // 2
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) > MOSTLY * half and head.count(0) < 2 * MOSTLY * half:
            return encoding
    return None


def _controls(head: bytes) -> int:
    return len(head) - len(head.translate(None, CONTROLS))

"""JSON documents and JSON lines to records: one object is one record, what it nests has dotted names."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from ...config.suggest import did_you_mean
from ...errors import InputError, printable
from ..headers import plain_header
from .cells import Cell, Doubled, Flaw, Watch, cells_of
from .limits import HEADER_BYTES, HEADER_RECORDS, JSON_BYTES, JSON_VALUES, NESTING, check_columns
from .lines import encoding_of, text_lines
from .record import Record, Settings
from .source import Source

Item = tuple[int, dict[str, Cell] | Record]  # its number, its cells by name or a record that is none
EMPTY, GIVE = "holds no records", "give a list of objects"
CORRECT = "correct the setting records"
SHOWN, SHOWN_KEYS = 200, 10


def read_json(source: Source, spec: Settings, wanted: Iterable[str], notes: list[str]) -> Iterator[Record]:
    """Yield the header (the keys of all objects) and then every object of the document's list.

    ``spec["records"]`` is the dotted path to that list. A file of JSON lines is read as such. Raises
    InputError for a document that is too large, damaged, or without such a list.
    """
    text = _whole(source, spec, notes)
    try:
        document = _loaded(text)
    except RecursionError:
        problem = "holds brackets nested too deeply"
        raise InputError(problem, file=source.file, remedy=GIVE) from None
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and text.lstrip().startswith("{"):
            notes.append(f"{source.file}: is not one document but JSON lines, and was read so")
            yield from read_jsonl(source, spec, wanted, notes)
            return
        problem, remedy = f"is not JSON ({error.msg})", "correct it or save it again"
        raise InputError(problem, file=source.file, line=error.lineno, remedy=remedy) from None
    records = _list_of(document, spec.get("records"), source.file)
    for place, value in enumerate(records):  # in its place: an object and its cells need not both be kept
        records[place] = _item(place + 1, value, spec)
    yield from _table(records, iter(()), (), source.file, notes)


def read_jsonl(source: Source, spec: Settings, wanted: Iterable[str], notes: list[str]) -> Iterator[Record]:
    """Yield the header and then every line's object; a line that is none spoils itself only.

    The header holds the keys of the first records and the ``wanted`` ones. Raises InputError where a
    wanted key stands in no record at all.
    """
    if source.head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"["):
        notes.append(f"{source.file}: is not JSON lines but one document, and was read so")
        yield from read_json(source, spec, wanted, notes)
        return
    ahead: list[Item] = []
    items = _items(text_lines(source, spec, notes), spec)
    size = 0
    for item in items:
        ahead.append(item)
        size += (
            sum(len(name) + len(str(cell)) for name, cell in item[1].items())
            if isinstance(item[1], dict)
            else 0
        )
        if len(ahead) == HEADER_RECORDS or size > HEADER_BYTES:
            break
    else:
        wanted = ()
    yield from _table(ahead, items, wanted, source.file, notes)


def _table(
    ahead: list[Item], items: Iterator[Item], wanted: Iterable[str], file: str, notes: list[str]
) -> Iterator[Record]:
    """Header and records; ``ahead`` were looked at for their keys, ``items`` follow them."""
    names = dict.fromkeys(name for _, cells in ahead if isinstance(cells, dict) for name in cells)
    if not names:
        spoilt = next((record for _, record in ahead if isinstance(record, Record)), Record(1, []))
        problem = f"{EMPTY} that can be read: the first is {spoilt.problem}" if spoilt.problem else EMPTY
        raise InputError(problem, file=file, line=spoilt.line if spoilt.problem else None, remedy=GIVE)
    check_columns(len(names), file)
    known = {plain_header(name) for name in names}
    awaited = {name for name in wanted if plain_header(name) not in known}
    names |= dict.fromkeys(sorted(awaited))
    late: dict[str, None] = {}
    watch = Watch(list(names), wanted)
    yield Record(1, list(names))
    early = len(ahead)
    for place, (number, cells) in enumerate(itertools.chain(ahead, items)):
        if isinstance(cells, Record):
            yield cells
            continue
        yield watch.record(number, [cells.get(name, "") for name in names])
        if place >= early:
            awaited -= cells.keys()
            if len(late) < SHOWN_KEYS:
                late |= {printable(name, SHOWN): None for name in cells if name not in names}
    if awaited:
        name = min(awaited)
        raise InputError(
            f"no record has the key {name!r}{did_you_mean(name, names.keys() - awaited)}", file=file
        )
    if late:
        listed = ", ".join(list(late)[:SHOWN_KEYS])
        notes.append(f"{file}: keys that no early record has were left out: {listed}")


def _items(lines: Iterable[str], spec: Settings) -> Iterator[Item]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = _loaded(line)
        except RecursionError:
            yield number, Record(number, [line[:SHOWN]], "brackets nested too deeply")
        except json.JSONDecodeError as error:
            yield number, Record(number, [line[:SHOWN]], f"not JSON ({error.msg})")
        else:
            yield _item(number, value, spec)


def _item(number: int, value: Any, spec: Settings) -> Item:
    """The cells of an object, or a record that says what is wrong with it."""
    try:
        if not isinstance(value, dict):
            raise Flaw("not an object with keys")
        return number, cells_of(value, spec.get("decimal", "."))
    except Flaw as flaw:
        shown = ", ".join(value) if isinstance(value, dict) else "" if isinstance(value, list) else str(value)
        return number, Record(number, [shown[:SHOWN]], str(flaw))


def _loaded(text: str) -> Any:
    """Whole numbers stay the text that they are, for no digit of an id may be lost."""
    return json.loads(text, object_pairs_hook=_object, parse_int=str)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Doubled(found)


def _whole(source: Source, spec: Settings, notes: list[str]) -> str:
    """The document as text, if it is no larger than can be held."""
    content = bytearray()
    for block in source.blocks():
        content += block
        if len(content) > JSON_BYTES:
            _too_large(f"is a document of more than {JSON_BYTES} bytes", source.file)
    if sum(map(content.count, (b",", b"[", b"{"))) > JSON_VALUES:
        _too_large(f"is a document of more than {JSON_VALUES} values", source.file)
    encoding = encoding_of(source, spec, notes) or "utf-8"
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        remedy = "set encoding, or save it in UTF-8"
        raise InputError(f"is not {encoding}", file=source.file, remedy=remedy) from None


def _too_large(problem: str, file: str) -> NoReturn:
    raise InputError(problem, file=file, remedy="give it as JSON lines, which are read one by one")


def _list_of(document: Any, path: str | None, file: str) -> list[Any]:
    """The list of records: where ``path`` leads, else the document, else its only list of objects."""
    if path:
        for key in path.split("."):
            document = document.get(key) if isinstance(document, dict) else None
        if not isinstance(document, list):
            raise InputError(f"holds no list under {path}", file=file, remedy=CORRECT)
        return document
    if isinstance(document, list):
        return document
    found = dict(_lists(document, "", 0))
    if len(found) == 1:
        return next(iter(found.values()))
    listed = ", ".join(list(found)[:SHOWN_KEYS])
    problem = f"holds several lists of objects ({listed})" if found else "holds no list of objects"
    remedy = "say in the setting records which is meant" if found else GIVE
    raise InputError(problem, file=file, remedy=remedy)


def _lists(value: Any, name: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    """The lists of objects in a document by their dotted paths; lists within records are none."""
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        yield name, value
    elif isinstance(value, dict) and depth < NESTING:
        for key, item in value.items():
            yield from _lists(item, f"{name}.{key}" if name else key, depth + 1)

"""Checks between settings that no schema of one setting can make: what would be ignored is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ..errors import ConfigError
from .merge import Layer, origin
from .schema import dotted, schema_of
from .suggest import did_you_mean

OF_A_REGISTRY = ("aliases", "territories", "regions")
ANY_DAY = datetime(2014, 5, 21, 13, 45, tzinfo=UTC)

Path = tuple[str | int, ...]


def check_related(study: Mapping[str, Any], layers: Sequence[Layer]) -> None:
    """Raise ConfigError at the first setting of a checked study that nothing would heed."""
    ingest = study["ingest"]
    for path, problem in (
        *_tables(ingest),
        *_registry(ingest),
        *_ledger(ingest, layers[-1]),
        *_periods(study),
    ):
        missing = path[0] == "panel" and path[-1] not in study["panel"]
        file = layers[-1].file if missing else origin(layers, path)
        raise ConfigError(f"{file}: {dotted(path)} {problem}")


def _tables(ingest: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Names of columns wherever a section of a file takes them, and formats of dates."""
    for section, schema in schema_of("ingest")["properties"].items():
        spec, columns = ingest.get(section), _columns(schema)
        if not isinstance(spec, Mapping) or not columns:
            continue
        at: Path = ("ingest", section)
        scaled = spec.get("facts", {}) if section == "measures" else columns
        yield from _names((*at, "constants"), spec.get("constants", {}), columns)
        yield from _names((*at, "scale"), spec.get("scale", {}), scaled)
        yield from _formats(at, spec)
        for place, join in enumerate(spec.get("join", [])):
            where: Path = (*at, "join", place)
            yield from _names((*where, "key"), join["key"], columns)
            yield from _names((*where, "columns"), join["columns"], columns)
            yield from _names((*where, "scale"), join.get("scale", {}), columns)
            yield from _lists((*where, "columns"), join["columns"], columns)
            yield from _formats(where, join)


def _columns(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Our columns of a section's table; empty where it has none of its own."""
    for option in (schema, *schema.get("anyOf", [])):
        found: Mapping[str, Any] = option.get("properties", {}).get("columns", {})
        if found.get("additionalProperties") is False:
            columns: Mapping[str, Any] = found["properties"]
            return columns
    return {}


def _names(at: Path, given: Iterable[str], known: Iterable[str]) -> Iterator[tuple[Path, str]]:
    for name in given:
        if name not in known:
            yield (*at, name), f"is no column of this table{did_you_mean(name, known)}"


def _lists(at: Path, given: Mapping[str, Any], columns: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Only columns of names or keywords are made of several."""
    for name, value in given.items():
        if isinstance(value, list) and "anyOf" not in columns[name]:
            yield (*at, name), "is a list, expected the one header that holds it"


def _formats(at: Path, spec: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    formats = spec.get("dates", ())
    for place, form in enumerate(formats if isinstance(formats, list) else ()):
        try:
            datetime.strptime(ANY_DAY.strftime(form), form)
        except (ValueError, re.error):
            problem = f"is {form[:40]!r}, which is no format that a date can have"
            yield (*at, "dates", place), f"{problem}; write it as Python's strptime does, as in %d.%m.%Y"


def _registry(ingest: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    registry = ingest.get("clusters", {})
    if "file" in registry:
        return
    for key in ("columns", "facts", "join"):
        if key in registry:
            yield ("ingest", "clusters", key), "is read only with a file; set ingest.clusters.file"
    for section in OF_A_REGISTRY:
        if section in ingest:
            problem = "is read only beside a registry; give ingest.clusters a file, or delete this section"
            yield ("ingest", section), problem


def _ledger(ingest: Mapping[str, Any], own: Layer) -> Iterator[tuple[Path, str]]:
    """What is read beside a ledger alone, where the study itself asks for it; the inherited is dropped."""
    if "relations" not in ingest:
        problem = "is read only beside a ledger; give ingest.relations a file, or delete this section"
        if own.values.get("ingest", {}).get("second_relations"):
            yield ("ingest", "second_relations"), problem
        if own.values.get("ledger"):
            yield ("ledger",), problem


def _periods(study: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    panel, known = study["panel"], study["ingest"].get("periods", {})
    for key in ("first", "last"):
        if key not in panel and key not in known:
            yield ("panel", key), f"is not set; give the number of a {panel['unit']}"
    first, last = (panel.get(key, known.get(key)) for key in ("first", "last"))
    if first is not None and last is not None and first > last:
        owner = "panel" if "first" in panel else "ingest.periods"
        path = (*owner.split("."), "first")
        yield path, f"is {first}, later than the last period, {last}; exchange or correct them"

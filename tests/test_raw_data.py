"""The embedded records against their description in data/raw/datapackage.json."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from interclust.contracts import CONTRACTS

RAW = Path(__file__).parents[1] / "data" / "raw"
PACKAGE = json.loads((RAW / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES: dict[str, dict[str, Any]] = {resource["name"]: resource for resource in PACKAGE["resources"]}
REGISTRY_TABLES = ("aliases", "territories", "events", "measures")
PERSONAL_COLUMN = re.compile(r"person|surname|(first|last|family|given)_?name|e_?mail|phone|director$")
PERSONAL_VALUE = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}|\b(Mme|Mlle|Mrs?|Ms|Dr|M)\.? [A-Z][a-zé]+\b")
PATTERNS = {
    "string": r"(?s).+",
    "integer": r"-?\d+",
    "number": r"-?\d+(\.\d+)?",
    "year": r"\d{4}",
    "yearmonth": r"\d{4}-(0[1-9]|1[0-2])",
}


def rows_of(name: str) -> list[dict[str, str]]:
    with (RAW / RESOURCES[name]["path"]).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, strict=True))


def header_of(name: str) -> list[str]:
    with (RAW / RESOURCES[name]["path"]).open(encoding="utf-8", newline="") as handle:
        return next(csv.reader(handle))


def fields_of(name: str) -> list[dict[str, Any]]:
    return RESOURCES[name]["schema"]["fields"]


def as_list(key: str | list[str]) -> list[str]:
    return [key] if isinstance(key, str) else key


def is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def has_type(text: str, field: dict[str, Any]) -> bool:
    kind = field["type"]
    if kind == "boolean":
        return text in field["trueValues"] + field["falseValues"]
    if kind == "date":
        return is_date(text)
    return re.fullmatch(PATTERNS[kind], text) is not None


def broken_constraints(text: str, field: dict[str, Any]) -> Iterator[str]:
    limits = field.get("constraints", {})
    if "enum" in limits and text not in limits["enum"]:
        yield "enum"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], text):
        yield "pattern"
    if "minimum" in limits and float(text) < limits["minimum"]:
        yield "minimum"
    if "maximum" in limits and float(text) > limits["maximum"]:
        yield "maximum"


def test_every_raw_table_is_described() -> None:
    on_disk = {
        path.relative_to(RAW).as_posix() for path in RAW.rglob("*") if path.suffix in {".csv", ".tsv", ".gz"}
    }
    assert on_disk == {resource["path"] for resource in RESOURCES.values()}


@pytest.mark.parametrize("name", RESOURCES)
def test_bytes_are_those_described(name: str) -> None:
    resource = RESOURCES[name]
    data = (RAW / resource["path"]).read_bytes()
    found = {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    described = {key: resource[key] for key in found}
    assert found == described, (
        f"{resource['path']} is not the file that data/raw/datapackage.json describes. If the change "
        f"is meant, give the resource {name!r} these two lines and raise the package's version:\n"
        f'      "bytes": {found["bytes"]},\n      "hash": "{found["hash"]}",'
    )


@pytest.mark.parametrize("name", RESOURCES)
def test_header_equals_the_described_columns(name: str) -> None:
    assert header_of(name) == [field["name"] for field in fields_of(name)]


@pytest.mark.parametrize("name", RESOURCES)
def test_every_column_says_something(name: str) -> None:
    for field in fields_of(name):
        assert len(field["description"]) > 15, f"{name}.{field['name']} has no real description"


@pytest.mark.parametrize("name", RESOURCES)
def test_rows_keep_types_and_constraints(name: str) -> None:
    missing = RESOURCES[name]["schema"]["missingValues"]
    wrong = []
    for line, row in enumerate(rows_of(name), start=2):
        for field in fields_of(name):
            text, place = row[field["name"]], f"row {line}, {field['name']}"
            if text in missing:
                required = field.get("constraints", {}).get("required", False)
                wrong += [f"{place}: blank, but required"] if required else []
            elif not has_type(text, field):
                wrong.append(f"{place}: {text!r} is no {field['type']}")
            else:
                wrong += [
                    f"{place}: {text!r} breaks its {limit}" for limit in broken_constraints(text, field)
                ]
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("name", RESOURCES)
def test_an_enumeration_lists_no_value_that_never_occurs(name: str) -> None:
    rows = rows_of(name)
    for field in fields_of(name):
        values = field.get("constraints", {}).get("enum", [])
        unused = set(values) - {row[field["name"]] for row in rows}
        assert not unused, f"{name}.{field['name']}: {sorted(unused)} never occur: a misspelling?"


@pytest.mark.parametrize("name", [name for name in RESOURCES if "primaryKey" in RESOURCES[name]["schema"]])
def test_primary_keys_are_unique(name: str) -> None:
    key = as_list(RESOURCES[name]["schema"]["primaryKey"])
    seen = [tuple(row[column] for column in key) for row in rows_of(name)]
    assert len(set(seen)) == len(seen)
    assert all(all(cells) for cells in seen)


@pytest.mark.parametrize("name", [name for name in RESOURCES if "foreignKeys" in RESOURCES[name]["schema"]])
def test_foreign_keys_hold(name: str) -> None:
    for key in RESOURCES[name]["schema"]["foreignKeys"]:
        target = key["reference"]["resource"] or name
        known = {row[key["reference"]["fields"]] for row in rows_of(target)}
        used = {row[key["fields"]] for row in rows_of(name)} - {""}
        assert used <= known, f"{name}.{key['fields']}: {sorted(used - known)} not in {target}"


@pytest.mark.parametrize("name", REGISTRY_TABLES)
def test_registry_tables_name_bodies_of_the_registry(name: str) -> None:
    bodies = {row["canonical_name"] for row in rows_of("clusters")}
    named = {row["canonical_name"] for row in rows_of(name)}
    assert named, f"{name} is empty"
    assert named <= bodies


def test_an_alias_is_not_the_name_of_a_body() -> None:
    assert not {row["alias"] for row in rows_of("aliases")} & {
        row["canonical_name"] for row in rows_of("clusters")
    }


def test_contracts_know_the_values_of_the_registry() -> None:
    allowed = {field["name"]: field.get("constraints", {}).get("enum") for field in fields_of("clusters")}
    contract = CONTRACTS["ingest/clusters"].allowed
    assert set(allowed["kind"]) <= set(contract["kind"])
    assert set(allowed["diffusion_class_judged"]) == set(contract["diffusion"])


def test_source_ids_of_projects_are_counted_in_sources() -> None:
    ids = [source for row in rows_of("projects") for source in row["source_ids"].split(";")]
    assert {row["source_id"]: int(row["n_records"]) for row in rows_of("sources")} == {
        source: ids.count(source) for source in set(ids)
    }


def test_a_call_is_stated_or_inferred_but_not_both() -> None:
    assert not [row["acronym"] for row in rows_of("projects") if row["aap"] and row["aap_inferred"]]


def test_bounds_of_financed_projects_enclose_the_stated_number() -> None:
    for row in rows_of("calls"):
        if row["projects_financed"]:
            assert row["projects_low"] == row["projects_financed"] == row["projects_high"]
        elif row["projects_low"]:
            assert int(row["projects_low"]) <= int(row["projects_high"])


def test_neighbours_are_regions_and_mutual() -> None:
    neighbours = {
        row["region"]: set(filter(None, row["neighbours"].split(";"))) for row in rows_of("regions")
    }
    for region, others in neighbours.items():
        for other in others:
            assert region in neighbours[other], f"{other} does not name {region}"


@pytest.mark.parametrize("name", RESOURCES)
def test_no_personal_data(name: str) -> None:
    assert not [column for column in header_of(name) if PERSONAL_COLUMN.search(column)]
    found = [
        text
        for row in rows_of(name)
        for column, text in row.items()
        if "url" not in column and PERSONAL_VALUE.search(text)
    ]
    assert not found


def test_licence_and_sources_are_shipped() -> None:
    assert [licence["name"] for licence in PACKAGE["licenses"]] == ["CC0-1.0"]
    assert "CC0 1.0 Universal" in (RAW / "LICENSE").read_text(encoding="utf-8")
    sources = (RAW / "SOURCES.md").read_text(encoding="utf-8")
    assert all(resource["path"].split("/")[-1] in sources for resource in RESOURCES.values())

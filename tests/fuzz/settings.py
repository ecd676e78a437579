"""Mutations of settings (all of them allowed by the schema) and of what stands in the place of a file."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from .raw import Raw, World

Mutation = Callable[[random.Random, World, Raw], None]
# fmt: off
ENCODINGS = [
    "utf-8", "utf-8-sig", "ascii", "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-32", "utf-7",
    "mac-roman", "cp500", "hex", "rot13", "base64", "idna", "punycode", "unicode_escape",
    "raw_unicode_escape", "undefined", "nonsense",
]
# fmt: on


def _table(world: World, raw: Raw) -> dict[str, Any]:
    """The settings of the file's table."""
    found = world.settings_of(raw.path)
    return found[0] if found else world.spec["projects"]


def tolerance(rng: random.Random, world: World, raw: Raw) -> None:
    world.spec["tolerance"] = rng.choice([0, 0.01, 0.05, 0.5, 1])


def separators(rng: random.Random, world: World, raw: Raw) -> None:
    signs = [";", ",", "/", "|", " et ", "&", "-", " ", "e", "\n", "\t", "Pôle", ";;"]
    world.spec["separators"] = rng.choice([rng.sample(signs, rng.randint(1, 3)), signs])


def delimiter(rng: random.Random, world: World, raw: Raw) -> None:
    _table(world, raw)["delimiter"] = rng.choice([",", ";", "\t", "|"])


def encoding(rng: random.Random, world: World, raw: Raw) -> None:
    _table(world, raw)["encoding"] = rng.choice(ENCODINGS)


def quote(rng: random.Random, world: World, raw: Raw) -> None:
    _table(world, raw)["quote"] = rng.choice(['"', "'", "none"])


def header(rng: random.Random, world: World, raw: Raw) -> None:
    _table(world, raw)["header"] = rng.choice([1, 2, 3, 10, 100_000])


def form(rng: random.Random, world: World, raw: Raw) -> None:
    _table(world, raw)["format"] = rng.choice(["csv", "xlsx", "parquet", "json", "jsonl"])


def place_in_file(rng: random.Random, world: World, raw: Raw) -> None:
    key, value = rng.choice(
        [
            ("sheet", "Projets"),
            ("sheet", 1),
            ("sheet", 7),
            ("sheet", "x"),
            ("records", "data.projects"),
            ("records", "a..b"),
        ]
    )
    _table(world, raw)[key] = value


def dates(rng: random.Random, world: World, raw: Raw) -> None:
    _table(world, raw)["dates"] = rng.choice(
        [
            "day_first",
            "month_first",
            ["%d.%m.%y"],
            ["%Y%m%d", "%c"],
            ["%Y %Y"],
            ["%Y-%"],
            ["%Y%Z"],
            ["%Y\n(["],
        ]
    )


def numbers(rng: random.Random, world: World, raw: Raw) -> None:
    table = _table(world, raw)
    table["decimal"] = rng.choice([".", ","])
    table["scale"] = {
        rng.choice(["year", "value", "call", "members_total", "lat"]): rng.choice([0, -1, 1000, 1e308, 0.1])
    }


def missing(rng: random.Random, world: World, raw: Raw) -> None:
    _table(world, raw)["missing"] = rng.sample(["", "-", "2014", "n.d.", "Minalogic", "1", "x"], 3)


def constants(rng: random.Random, world: World, raw: Raw) -> None:
    values = ["", 2015, "Minalogic; Cap Digital", "2015-02-30", "x" * 3_000, 1e300, "single_listed", ";"]
    keys = [
        "year",
        "clusters",
        "id",
        "call",
        "status",
        "announced",
        "acronym",
        "name",
        "kind",
        "region",
        "source",
        "value",
    ]
    _table(world, raw)["constants"] = {key: rng.choice(values) for key in rng.sample(keys, rng.randint(1, 3))}


def mapped(rng: random.Random, world: World, raw: Raw) -> None:
    """A column is mapped to another header, or to none; or all are to be found by their headers."""
    table = _table(world, raw)
    columns = dict(table.get("columns") or {})
    if not columns or rng.random() < 0.2:
        if raw.path == world.main:
            table.pop("columns", None)
        return
    key = rng.choice(list(columns))
    others = [value for value in columns.values() if isinstance(value, str)] + list(raw.sheet.header[:30])
    if rng.random() < 0.4 and len(columns) > 1:
        del columns[key]
    elif key == "clusters" and raw.path == world.main and rng.random() < 0.5:
        columns[key] = [name for name in raw.sheet.header[:6] if name] or ["x"]
    else:
        columns[key] = rng.choice(
            [*(name for name in others if name), "nowhere", "acronyme", "x" * 2_000, "a\nb"]
        )
    table["columns"] = columns


def resolution(rng: random.Random, world: World, raw: Raw) -> None:
    limits = rng.choice(
        [{"threshold": 50, "margin": 0}, {"threshold": 100, "margin": 50}, {"threshold": 60}, {}]
    )
    world.spec["names"] = rng.choice(["none", limits, limits | {"merge": True}, {"fuzzy": False}])


def statuses(rng: random.Random, world: World, raw: Raw) -> None:
    world.spec["list_status"] = rng.choice(
        ["complete", "unknown", "lower_bound", "none", {"x": "complete"}, {"": "none"}]
    )
    world.spec["merged_status"] = rng.choice(["assembled_multi", "x"])


def periods(rng: random.Random, world: World, raw: Raw) -> None:
    settings = world.spec["periods"]
    first = rng.choice([0, 1, 5, 25, 26, 2014, 2016, 9999])
    settings["first"], settings["last"] = first, min(9999, first + rng.choice([0, 1, 3]))


def dropped_table(rng: random.Random, world: World, raw: Raw) -> None:
    """The study does without a table."""
    optional = [
        key
        for key, value in world.spec.items()
        if isinstance(value, dict) and "file" in value and key not in ("projects", "periods")
    ]
    if optional:
        del world.spec[rng.choice(optional)]


def other_path(rng: random.Random, world: World, raw: Raw) -> None:
    """The study names a file that is not there, or none of its own."""
    path = rng.choice(
        [
            raw.path + "x",
            "nowhere/x.csv",
            "../x.csv",
            "/etc/passwd",
            ".",
            "fui",
            raw.path.upper(),
            "a\0b.csv",
            "x" * 300,
            "é\n.csv",
        ]
    )
    _table(world, raw)["file"] = path


SETTINGS: dict[Mutation, int] = {
    tolerance: 2,
    separators: 3,
    delimiter: 1,
    encoding: 3,
    quote: 1,
    header: 1,
    form: 1,
    place_in_file: 1,
    dates: 1,
    numbers: 1,
    missing: 1,
    constants: 2,
    mapped: 3,
    resolution: 2,
    statuses: 1,
    periods: 1,
    dropped_table: 1,
    other_path: 1,
}


def empty(rng: random.Random, world: World, raw: Raw) -> None:
    raw.data = rng.choice([b"", b"\n", b" ", b"\xef\xbb\xbf", b"\n\n\n", b",", b"\0"])


def header_only(rng: random.Random, world: World, raw: Raw) -> None:
    raw.sheet.rows = []
    raw.n_rows = 0


def gone(rng: random.Random, world: World, raw: Raw) -> None:
    raw.state = "missing"


def folder(rng: random.Random, world: World, raw: Raw) -> None:
    raw.state = "folder"


def another_table(rng: random.Random, world: World, raw: Raw) -> None:
    other = world.files[rng.choice(sorted(world.files))]
    raw.data = other.content()
    raw.n_rows = None


def packed(rng: random.Random, world: World, raw: Raw) -> None:
    """Packed under a name that says so, or does not; or the name says so and the file is not."""
    kind = rng.randrange(3)
    raw.packed = kind != 2
    if kind != 1 and not raw.path.endswith(".gz"):
        world.rename(raw, raw.path + ".gz")


def other_suffix(rng: random.Random, world: World, raw: Raw) -> None:
    stem = raw.path.rsplit(".", 1)[0]
    world.rename(
        raw,
        stem
        + rng.choice(
            [".txt", ".tsv", "", ".CSV", ".json", ".xlsx", ".parquet", ".jsonl", ".xls", ".csv.gz", ".x"]
        ),
    )


FILES: dict[Mutation, int] = {
    empty: 2,
    header_only: 1,
    gone: 1,
    folder: 1,
    another_table: 2,
    packed: 2,
    other_suffix: 2,
}

"""What does not change the facts does not change the records: order, headers, formats, forms, repetitions."""

from __future__ import annotations

import tempfile
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.mutant import forms
from fuzz.raw import Raw, Sheet
from interclust import ingest

# Bodies whose names hold what separates names in other people's lists.
NAMES = (
    "Alpha",
    "Bêta",
    "Eau & Milieux",
    "Images et Réseaux",
    "Epsilon (EPS)",
    "Up-Tex",
    "Thêta, Iota",
    "Q@limed",
)
HEADERS = {
    "id": "id",
    "acronym": "name",
    "year": "year",
    "call": "call",
    "clusters": "members",
    "topic": "topic",
}
OTHERS = {
    "id": "Réf.",
    "acronym": "Nom court",
    "year": "An",
    "call": "N° d'appel",
    "clusters": "Qui",
    "topic": "clusters",
}
SUFFIXES = {"csv": "csv", "xlsx": "xlsx", "parquet": "parquet", "json": "json", "jsonl": "jsonl"}
few = settings(max_examples=15)


@dataclass(frozen=True)
class Case:
    """A small study: rows of (id, acronym, period, members, topic)."""

    rows: tuple[tuple[str, str, int, tuple[str, ...], str], ...]
    by_call: bool
    registry: bool
    with_ids: bool

    @property
    def unit(self) -> str:
        return "call" if self.by_call else "year"

    def columns(self) -> list[str]:
        first = ["id"] if self.with_ids else []
        return [*first, "acronym", self.unit, "clusters", "topic"]

    def cells(self) -> list[list[str]]:
        made = []
        for identity, acronym, period, members, topic in self.rows:
            row = [acronym, str(period if self.by_call else 2013 + period), ";".join(members), topic]
            made.append([identity, *row] if self.with_ids else row)
        return made


@st.composite
def cases(draw: st.DrawFn, **fixed: bool) -> Case:
    members = st.lists(st.sampled_from(NAMES), max_size=4).map(tuple)
    topic = st.sampled_from(["", "eau, bois; et sel", 'dit "le grand"', "énergie"])
    drawn = draw(st.lists(st.tuples(st.integers(1, 3), members, topic), min_size=1, max_size=9))
    flags = {name: fixed.get(name, draw(st.booleans())) for name in ("by_call", "registry", "with_ids")}
    most = (
        99 if fixed.get("distinct") else draw(st.sampled_from([2, 99]))
    )  # rows of one project contradict each other
    rows = tuple((f"k{place % most}", f"PROJET {place % most}", *row) for place, row in enumerate(drawn))
    return Case(rows, **flags)


def study(
    case: Case, headers: dict[str, str] = HEADERS, **projects: Any
) -> tuple[dict[str, Any], dict[str, Raw]]:
    """The settings and the files of a case in wide form; ``projects`` are further settings of that table."""
    columns = case.columns()
    spec: dict[str, Any] = {
        "projects": {
            "file": "projects.csv",
            "columns": {name: headers[name] for name in columns},
            **projects,
        },
        "periods": {
            "unit": case.unit,
            "first": 1 if case.by_call else 2014,
            "last": 3 if case.by_call else 2016,
        },
        "names": {"threshold": 88, "margin": 6},
        "separators": [";"],
        "list_status": "complete",
        "tolerance": 1,
        "clusters": {"constants": {"kind": "cluster"}},
    }
    files = {"projects.csv": Raw("projects.csv", Sheet([headers[name] for name in columns], case.cells()))}
    if case.by_call:
        spec["periods"] |= {"file": "calls.csv", "columns": {"period": "call", "closed": "closed"}}
        files["calls.csv"] = Raw(
            "calls.csv", Sheet(["call", "closed"], [["1", "2014-03"], ["2", "2015"], ["3", "mai 2016"]])
        )
    if case.registry:
        spec["clusters"] = {
            "file": "bodies.csv",
            "columns": {"name": "body", "active_from": "since"},
            "constants": {"kind": "pole"},
        }
        files["bodies.csv"] = Raw(
            "bodies.csv", Sheet(["body", "since"], [[name, "2005-07-12"] for name in NAMES[:-1]])
        )
    return spec, files


def run(spec: dict[str, Any], files: dict[str, Raw]) -> ingest.IngestResult:
    with tempfile.TemporaryDirectory() as folder:
        for raw in files.values():
            raw.write(Path(folder))
        return ingest.run({"ingest": spec}, folder)


def facts(found: ingest.IngestResult, lines: bool = False) -> dict[str, Any]:
    """The records as plain values; without lines and what is named after them unless they count."""
    records = found.records
    names = records.projects.set_index("project_id")["acronym"].to_dict()
    projects, members = records.projects, records.memberships
    if not lines:
        members = members.assign(project_id=members["project_id"].map(names))
        projects = projects.drop(columns=["project_id", "line"])
    return {
        "projects": rows_of(projects),
        "memberships": rows_of(members),
        **{name: rows_of(getattr(records, name)) for name in ("clusters", "periods", "territories", "facts")},
        "resolution": rows_of(found.resolution),
        "unresolved": rows_of(found.unresolved),
    }


def rows_of(table: pd.DataFrame) -> list[str]:
    return sorted(str(row) for row in table.to_dict("records"))


@given(cases(), st.randoms(use_true_random=False))
@few
def test_the_order_of_rows_does_not_matter(case, rng):
    shuffled = list(case.rows)
    rng.shuffle(shuffled)
    assert facts(run(*study(replace(case, rows=tuple(shuffled))))) == facts(run(*study(case)))


@given(cases(), st.permutations(range(5)))
@few
def test_the_names_and_the_order_of_columns_do_not_matter(case, order):
    spec, files = study(case, OTHERS)
    sheet = files["projects.csv"].sheet
    places = [place for place in order if place < len(sheet.header)]
    sheet.header = [sheet.header[place] for place in places]
    sheet.rows = [[row[place] for place in places] for row in sheet.rows]
    assert facts(run(spec, files), lines=True) == facts(run(*study(case)), lines=True)


@given(
    cases(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
@few
def test_delimiter_encoding_and_line_ends_do_not_matter(case, delimiter, encoding, newline, packed):
    told = {"encoding": encoding} if encoding in ("cp1252", "utf-16-le") else {}
    spec, files = study(case, **told)
    raw = files["projects.csv"]
    raw.delimiter, raw.encoding, raw.newline, raw.packed = delimiter, encoding, newline, packed
    if packed:
        raw.path = spec["projects"]["file"] = "projects.csv.gz"
    assert facts(run(spec, files), lines=True) == facts(run(*study(case)), lines=True)


@given(cases(), st.sampled_from(forms()), st.booleans(), st.booleans())
@few
def test_the_format_does_not_matter(case, form, typed, packed):
    """Numbers may be numbers, and a list a list, where the format has them."""
    spec, files = study(case)
    raw = files["projects.csv"]
    raw.form, raw.packed = form, packed
    raw.path = spec["projects"]["file"] = "projects." + SUFFIXES[form] + (".gz" if packed else "")
    if typed and form != "csv":
        period, members = case.columns().index(case.unit), case.columns().index("clusters")
        for row, (*_, names, _) in zip(raw.sheet.rows, case.rows, strict=True):
            row[period] = int(row[period])
            if form != "xlsx":
                row[members] = list(names)
    assert facts(run(spec, files)) == facts(run(*study(case)))


@given(cases(with_ids=True))
@few
def test_wide_and_long_forms_give_the_same_memberships(case):
    spec, files = study(case)
    edges = [[row[0], name] for row in case.rows for name in row[3]]
    long = deepcopy(spec)
    del long["projects"]["columns"]["clusters"]
    long["memberships"] = {"file": "edges.csv", "columns": {"project": "project", "cluster": "member"}}
    edge_file = {"edges.csv": Raw("edges.csv", Sheet(["project", "member"], edges))}
    in_wide, in_long = facts(run(spec, files)), facts(run(long, {**files, **edge_file}))
    for name in ("memberships", "clusters", "resolution", "unresolved"):
        assert in_long[name] == in_wide[name]


@given(cases(distinct=True), st.data())
@few
def test_rows_that_stand_twice_count_once(case, data):
    again = data.draw(st.lists(st.sampled_from(case.rows), min_size=1, max_size=3))
    found = run(*study(replace(case, rows=(*case.rows, *again))))
    once = facts(run(*study(case)), lines=True)
    assert facts(found, lines=True) == once
    assert found.summary["projects"]["rows_merged"] == len(again)


BAD_CELLS = ("soon", "2015-02-30", "99999", "-3", "#REF!", "12 and 13")


@given(cases(), st.sampled_from([*BAD_CELLS, "too few", "too many", "marker"]), st.data())
@few
def test_a_bad_row_is_set_aside_alone(case, fault, data):
    spec, files = study(case)
    sheet = files["projects.csv"].sheet
    bad = {"acronym": "BAD", "id": "bad", case.unit: fault, "clusters": NAMES[0], "topic": ""}
    row = [bad[name] for name in case.columns()]
    made = {"too few": row[:2], "too many": [*row, "x"], "marker": ["<<<<<<< HEAD", *row[1:]]}.get(fault, row)
    place = data.draw(st.integers(0, len(sheet.rows)))
    sheet.rows.insert(place, made)
    found = run(spec, files)
    assert found.quarantine[["file", "line"]].values.tolist() == [["projects.csv", place + 2]]
    assert found.quarantine["remedy"].notna().all()
    assert facts(found) == facts(run(*study(case)))


@given(cases(with_ids=True, registry=False), st.sampled_from([("nowhere", "Alpha"), ("k0", "")]))
@few
def test_a_membership_of_nothing_is_set_aside_alone(case, edge):
    spec, files = study(case)
    del spec["projects"]["columns"]["clusters"]
    spec["memberships"] = {"file": "edges.csv", "columns": {"project": "project", "cluster": "member"}}
    edges = [[row[0], name] for row in case.rows for name in row[3]]

    def with_edges(rows: list[list[str]]) -> ingest.IngestResult:
        return run(spec, {**files, "edges.csv": Raw("edges.csv", Sheet(["project", "member"], rows))})

    found = with_edges([*edges, list(edge)])
    assert found.quarantine[["file", "line"]].values.tolist() == [["edges.csv", len(edges) + 2]]
    assert facts(found, lines=True) == facts(with_edges(edges), lines=True)

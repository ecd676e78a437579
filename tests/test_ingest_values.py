"""What files hold that is no value: the row is set aside with the reason, and nothing is a wrong number."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interclust import config, ingest
from interclust.contracts import Contract
from interclust.errors import ContractError
from interclust.ingest.numbers import signs_of
from interclust.ingest.summary import distinct_pairs

YEARS = "panel: {unit: year, first: 2010, last: 2016}\n"
PROJECTS = "projects: {file: p.csv, columns: {acronym: name, year: year, clusters: members}}"


def study(folder: Path, settings: str, panel: str = YEARS, **files: str) -> Path:
    """A study file beside a folder ``raw`` with the files (``p`` is p.csv); rows are set aside at will."""
    (folder / "raw").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "raw" / f"{name}.csv").write_text(text, encoding="utf-8")
    path = folder / "mine.yaml"
    path.write_text(f"data_dir: raw\n{panel}ingest: {{tolerance: 1, {settings}}}\n", encoding="utf-8")
    return path


def read(folder: Path, settings: str, panel: str = YEARS, **files: str) -> ingest.IngestResult:
    return ingest.run(config.load(study(folder, settings, panel, **files)))


def aside(result: ingest.IngestResult) -> list[tuple[int, str]]:
    """Line and reason of each row set aside."""
    return list(zip(result.quarantine["line"], result.quarantine["reason"], strict=True))


def test_a_project_of_more_members_than_any_has_keeps_those_before_the_limit(tmp_path):
    settings = (
        "projects: {file: p.csv, columns: {id: id, year: year}}, names: none, "
        "memberships: {file: m.csv, columns: {project: id, cluster: member}}"
    )
    rows = "".join(f"1,o{k % 2500}\n" for k in range(2600))
    result = read(tmp_path, settings, p="id,year\n1,2012\n", m=f"id,member\n{rows}")
    assert result.records.projects["n_named"].tolist() == [2000]
    assert len(result.quarantine) == 500  # the last hundred rows name members that are read already
    assert set(result.quarantine["reason"]) == {"the project has 2000 members already, as many as are read"}


def test_rows_of_one_id_are_read_until_they_name_too_many(tmp_path):
    settings = "projects: {file: p.csv, columns: {id: id, year: year, clusters: members}}, names: none"
    rows = "".join(f"1,2012,{';'.join(f'o{k}-{n}' for n in range(900))}\n" for k in range(3))
    result = read(tmp_path, settings, p=f"id,year,members\n{rows}2,2012,o0-1;o0-2\n")
    assert result.records.projects["n_clusters"].tolist() == [1800, 2]
    assert aside(result) == [(4, "with it the project has more than 2000 members")]


def test_commas_in_names_are_no_names_and_endless_lists_end_soon(tmp_path):
    names = ";".join(f"Body, number {k}" for k in range(600))
    result = read(tmp_path, PROJECTS, p=f'name,year,members\nA,2012,"{names}"\nB,2012,{"a & " * 200_000}a\n')
    assert result.records.projects["n_named"].tolist() == [600]
    assert aside(result)[0][1].startswith("a list of up to 200001 names")


@given(st.lists(st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=6)))
def test_pairs_are_counted_as_sets_of_pairs_would_be(lists):
    assert distinct_pairs(lists) == len({pair for names in lists for pair in combinations(sorted(names), 2)})


def test_numbers_beyond_a_column_do_not_wrap():
    contract = Contract("a table", {"count": "int16", "other": "int16?"}, key=())
    assert contract.frame([{"count": 32767, "other": None}])["count"].tolist() == [32767]
    for row in ({"count": 32768, "other": 1}, {"count": 1, "other": 32768}):
        with pytest.raises(ContractError, match="of a table"):
            contract.frame([row])


def bodies(folder: Path, rows: str) -> ingest.IngestResult:
    clusters = "clusters: {file: o.csv, columns: {name: name, lat: lat, lon: lon}}"
    return read(
        folder, f"{PROJECTS}, {clusters}", p="name,year,members\nA,2012,X\n", o=f"name;lat;lon\n{rows}"
    )


def test_degrees_have_no_thousands_and_an_end(tmp_path):
    result = bodies(tmp_path, "X;48,8566;2,3522\nY;48,856;-2.352\nZ;0,123;\nV;91;0\nW;0;-181\n")
    clusters = result.records.clusters
    assert clusters["lat"].tolist() == [48.8566, 48.856, 0.123]
    assert clusters["lon"].tolist()[:2] == [2.3522, -2.352]
    reasons = [(5, "not between -90 and 90 degrees"), (6, "not between -180 and 180 degrees")]
    assert aside(result) == reasons


@pytest.mark.parametrize(
    ("cells", "decimal", "signs"),
    [
        (["1,234"], ".", {",": "group", ".": "decimal"}),
        (["1,234"], ",", {",": "decimal", ".": "group"}),
        (["1,234", "1,5"], ".", {",": "decimal", ".": "either"}),
        (["1,234", "0,123"], ".", {",": "decimal", ".": "either"}),
        (["1.234.567,8"], ".", {",": "decimal", ".": "group"}),
        (["1.234.567"], ".", {",": "decimal", ".": "group"}),
        (["1,5", "1,234,567"], ".", {",": "either", ".": "either"}),
    ],
)
def test_a_column_is_written_one_way(cells, decimal, signs):
    assert signs_of(cells, decimal) == signs


MEASURES = "clusters: {file: o.csv, columns: {name: name}}, measures: {file: m.csv, columns: {cluster: body, "
MEASURES += "date: date, measure: measure, value: value}, facts: {staff: staff}}"


def measured(folder: Path, *values: str) -> ingest.IngestResult:
    rows = "".join(f"X;{2000 + k};staff;{value}\n" for k, value in enumerate(values))
    files = {"p": "name,year,members\nA,2012,X\n", "o": "name\nX\n", "m": f"body;date;measure;value\n{rows}"}
    return read(folder, f"{PROJECTS}, {MEASURES}", **files)


def test_one_decimal_comma_makes_those_of_its_column_decimal(tmp_path):
    assert measured(tmp_path, "1,234", "60").records.facts["value"].tolist() == [1234, 60]
    assert measured(tmp_path, "1,234", "60,5").records.facts["value"].tolist() == [1.234, 60.5]


def test_numbers_that_are_none_are_set_aside(tmp_path):
    values = ("1,5", "1,234,567", "2,345", "-3", "9" * 390, "1.2.3")
    result = measured(tmp_path, *values)
    assert result.records.facts["value"].tolist() == [1.5, 1234567]
    assert [reason.split(":")[0] for _, reason in aside(result)] == [
        "2,345 is a number with decimals or one of thousands",
        "less than nothing",
        "a number beyond all measure",
        "a number with more than one decimal sign",
    ]


def test_errors_of_spreadsheets_are_no_members(tmp_path):
    rows = "A,2012,X;#REF!\nB,2012,#FIELD!\nC,2012,#N/A;Y\nD,2012,C#;#1 Network\n"
    result = read(tmp_path, PROJECTS, p=f"name,year,members\n{rows}")
    assert aside(result) == [(line, "an error of a spreadsheet") for line in (2, 3, 4)]
    assert sorted(result.records.clusters["name"]) == ["#1 Network", "C#"]


def test_signs_alone_name_nobody_and_words_for_none_are_remarked(tmp_path):
    settings = (
        "projects: {file: p.csv, columns: {acronym: name, year: year, clusters: [one, two], lead: lead}}"
    )
    result = read(tmp_path, settings, p="name,year,one,two,lead\nA,2012,X,-,/\nB,2012,n.c.,X,\nC,2012,-,-,\n")
    assert sorted(result.records.clusters["name"]) == ["X", "n.c."]
    assert "p.csv: '-' (3 ×), '/' (1 ×) names nobody and is read as blank" in result.summary["notes"]
    assert any("'n.c.' (1 ×) is read as the name of a member" in note for note in result.summary["notes"])


def test_an_acronym_of_two_projects_names_neither(tmp_path):
    settings = (
        "projects: {file: p.csv, columns: {acronym: name, year: year}}, "
        "memberships: {file: m.csv, columns: {project: project, cluster: member}}"
    )
    projects = "name,year\nA,2011\nA,2014\nB,2012\nB,2012\n"
    result = read(tmp_path, settings, p=projects, m="project,member\nA,X\nB,Y\nB,-\n")
    assert aside(result) == [
        (2, "2 projects have this acronym (lines 2, 3)"),
        (4, "the membership names nobody"),
    ]


def test_rows_below_merged_cells_are_no_projects(tmp_path):
    result = read(tmp_path, PROJECTS, p="name,year,members\nA,2012,X\n,,Y\n,2012,Z\n")
    assert aside(result) == [(3, "a member of no project: the cells of the project are blank")]
    assert any(note.startswith("p.csv: 1 rows name one member") for note in result.summary["notes"])


JOINED = (
    "projects: {file: p.csv, columns: {id: id, clusters: members}, constants: {date: 2010}, "
    "join: [{file: d.csv, key: {id: pid}, columns: {date: start}}]}"
)


def test_constants_fill_what_no_file_fills_and_a_bad_cell_is_said_where_it_stands(tmp_path):
    dates = "pid,start\n1,2012\n2,soon\n"
    result = read(tmp_path, JOINED, p="id,members\n1,X\n2,X\n3,X\n", d=dates)
    assert result.records.projects["year"].tolist() == [2012, 2010]
    (line,) = result.quarantine.to_dict("records")
    assert (line["file"], line["line"], line["column"]) == ("p.csv", 3, "start")
    assert line["reason"].startswith("d.csv, line 3: not a date")

"""What files hold that is no value: the row is set aside with the reason, and nothing is a wrong number."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interclust import ingest
from interclust.contracts import Contract
from interclust.errors import ConfigError, ContractError, InputError
from interclust.ingest.dates import parse_date
from interclust.ingest.headers import mapping
from interclust.ingest.numbers import signs_of
from interclust.ingest.patterns import might_not_end, period_pattern
from interclust.ingest.summary import distinct_pairs
from small_studies import PROJECTS, aside, read


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


@pytest.mark.parametrize("text", ["2014.1", "2014,1", "2015.5"])
def test_a_number_with_decimals_is_no_date(text):
    with pytest.raises(ValueError, match="date"):
        parse_date(text)
    assert parse_date("2014.10") == parse_date("2014-10")
    assert parse_date("2014.0") == parse_date("2014")


def test_bodies_and_names_that_end_before_they_begin_are_set_aside(tmp_path):
    settings = (
        f"{PROJECTS}, clusters: {{file: o.csv, columns: {{name: name, active_from: from, merged: to}}}}, "
        "aliases: {file: a.csv, columns: {alias: alias, cluster: name, valid_from: from, valid_to: to}}"
    )
    files = {
        "o": "name,from,to\nX,2015,2010\nY,2005,2010\nZ,2010,2010\n",
        "a": "alias,name,from,to\nYY,Y,2009,2008\n",
    }
    result = read(tmp_path, settings, p="name,year,members\nA,2012,Y\n", **files)
    assert aside(result) == [(2, "the name ends before it begins"), (2, "the body ends before it begins")]


EXTRAS = (
    f"{PROJECTS}, clusters: {{file: o.csv, columns: {{name: name}}}}, "
    "territories: {file: t.csv, columns: {cluster: body, region: region}}, "
    "events: {file: e.csv, columns: {cluster: body, date: date, event: event}}"
)


def test_territories_without_region_and_events_without_kind_are_set_aside(tmp_path):
    files = {"o": "name\nX\n", "t": "body,region\nX,R\nX,\n", "e": "body,date,event\nX,2012,dir\nX,2012,\n"}
    result = read(tmp_path, EXTRAS, p="name,year,members\nA,2012,X\n", **files)
    assert aside(result) == [(3, "the event has no kind"), (3, "the territory has no region")]


def test_headers_of_signs_are_found_as_written_only():
    assert mapping(["#", "€"], {"topic": "#"}, "f", "w", 1, []) == {"topic": ("#",)}
    with pytest.raises(InputError, match="there is no column '#'"):
        mapping(["€"], {"topic": "#"}, "f", "w", 1, [])
    with pytest.raises(InputError, match=r"correct w\.facts\[1\]\.column"):
        mapping(["name"], {"fact 1": "grade"}, "f", "w", 1, [])


@pytest.mark.parametrize(
    ("constants", "said"),
    [
        ("kind: company", "constants.kind is 'company': not a kind of body; give one of"),
        ("lat: abc", "constants.lat is 'abc': not a number"),
        ("lat: 148.8", "constants.lat is '148.8': not between"),
        ("active_from: soon", "constants.active_from is 'soon': not a date"),
        ("diffusion: x", "constants.diffusion is 'x': not a class"),
        ("successor: X", "constants.successor: not all bodies have one successor"),
    ],
)
def test_constants_of_bodies_are_held_against_their_columns(tmp_path, constants, said):
    with pytest.raises(ConfigError, match=said):
        read(
            tmp_path,
            f"{PROJECTS}, clusters: {{constants: {{{constants}}}}}",
            p="name,year,members\nA,2012,X\n",
        )


def test_constants_may_be_numbers(tmp_path):
    result = read(
        tmp_path, f"{PROJECTS}, clusters: {{constants: {{lat: 48.8}}}}", p="name,year,members\nA,2012,X\n"
    )
    assert result.records.clusters["lat"].tolist() == [48.8]


CALLS = "panel: {unit: call, first: 1, last: 2}\n"
BY_CALL = (
    "projects: {file: p.csv, columns: {acronym: name, call: call, clusters: members}}, "
    "periods: {file: c.csv, columns: {period: call, closed: closed, "
    "financed_low: low, financed_high: high, cumulative: sum}}"
)
CHECKS = (
    "checks: {file: k.csv, columns: {topic: topic, scope: scope, value: value}, period_pattern: '(\\d+)', "
    "rules: [{topic: total, kind: projects_total}, {topic: bodies, kind: clusters_involved}]}"
)


def by_call(folder: Path, rows: str, checks: str = "") -> ingest.IngestResult:
    settings = f"{BY_CALL}, {CHECKS}" if checks else BY_CALL
    calls = f"call,closed,low,high,sum\n{rows}"
    files = {"c": calls, "p": "name,call,members\nA,1,X\n", "k": f"topic,scope,value\n{checks}"}
    return read(folder, settings, CALLS, **files)


def test_calls_of_which_one_bound_is_known(tmp_path):
    result = by_call(tmp_path, "1,2012,,12,12\n2,2013,8,,24\n", "total,1-2,9\n")
    assert [item["name"].split(":")[0] for item in result.summary["checks"]] == ["call 1"]
    result = by_call(tmp_path, "1,2012,,12,12\n2,2013,,12,24\n")
    assert result.summary["checks"][-1]["ok"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2,2013,50,20,", "line 3 cannot be used: less than the lower bound"),
        ("2,2013,,3000000000,", "line 3 cannot be used: more than 2000000000"),
        (f"2,2013,,{'9' * 390},", "line 3 cannot be used: a number beyond all measure"),
    ],
)
def test_impossible_counts_of_a_call(tmp_path, row, said):
    with pytest.raises(InputError, match=said):
        by_call(tmp_path, f"1,2012,8,12,12\n{row}\n")


def test_scopes_of_checks_are_read_in_bounds(tmp_path):
    scopes = ("9" * 5_000, "1-20999999999999", "x" * 100_000)
    checks = "".join(f"{topic},{scope},5\n" for scope in scopes for topic in ("total", "bodies"))
    result = by_call(tmp_path, "1,2012,8,12,12\n2,2013,8,12,24\n", checks)
    names = [
        item["name"] for item in result.summary["checks"] if item["name"].startswith(("total", "bodies"))
    ]
    assert [name[:9] for name in names] == ["total: 1-", "bodies: 1"]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "((a*))*", "(?:x(a+)){2,}", "a*a*a*a*a*(b)"])
def test_patterns_that_might_run_for_ever_are_refused(pattern):
    assert might_not_end(pattern)
    with pytest.raises(ConfigError, match="period_pattern"):
        period_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", [r"AAP(\d+)", r"(?:call|AAP)\s*(\d{1,2})", r"[(+*]+(\d+)\)+", r"(20\d\d)?"]
)
def test_patterns_that_end_are_taken(pattern):
    assert period_pattern(pattern).groups == 1


def test_a_published_window_is_a_time(tmp_path):
    settings = (
        f"{PROJECTS}, published: {{file: k.csv, columns: {{period: period, metric: metric, value: value}}, "
        "windows: [{period: calls 1-3, colabelled: co, projects: all}]}"
    )
    files = {"p": "name,year,members\nA,2012,X\n", "k": "period,metric,value\ncalls 1-3,co,5\n"}
    with pytest.raises(ConfigError, match=r"ingest.published.windows\[0\].period is 'calls 1-3'"):
        read(tmp_path, settings, **files)


def test_affiliations_are_no_facts_of_events(tmp_path):
    settings = EXTRAS.replace("event: event}", "event: event}, facts: {join: affiliation}")
    with pytest.raises(ConfigError, match="affiliation"):
        read(tmp_path, settings)

"""What a row of each table about bodies can get wrong, and the sentence that says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from interclust import ingest
from interclust.errors import ConfigError, InputError
from interclust.ingest.dates import LONGEST, UNREADABLE, parse_date
from interclust.ingest.facts import parse_setting
from interclust.ingest.numbers import parse_integer
from interclust.ingest.periods import read_periods
from small_studies import PROJECTS, aside, read

P = "name,year,members\nA,2012,X;Y\n"
BODIES = f"{PROJECTS}, clusters: {{file: o.csv, columns: {{name: name}}}}"
TABLES = {
    "aliases": "{alias: a, cluster: b}",
    "regions": "{region: a}",
    "territories": "{cluster: a, region: b, valid_from: from}",
    "agreements": "{cluster: a, other: b, date: from, valid_to: to}",
    "affiliations": "{cluster: a, affiliation: b, valid_from: from, valid_to: to}",
    "measures": "{cluster: a, measure: b, date: from, value: to}",
}


def about_bodies(folder: Path, table: str, *rows: str, more: str = "") -> ingest.IngestResult:
    """A study of the bodies X, Y and Z with one more table of the columns a, b, from and to."""
    facts = ", facts: {staff: staff}" if table == "measures" else ""
    settings = f"{BODIES}, {table}: {{file: t.csv, columns: {TABLES[table]}{facts}}}{more}"
    text = "a,b,from,to\n" + "".join(f"{row}\n" for row in rows)
    return read(folder, settings, p=P, o="name\nX\nY\nZ\n", t=text, r="region\nNorth\n")


@pytest.mark.parametrize(
    ("table", "row", "reason"),
    [
        ("aliases", ",X,,", "the alias is blank"),
        ("regions", ",Y,,", "the region has no name"),
        ("territories", "W,North,,", "not a body of the registry"),
        ("agreements", "X,Y,2012,2011", "the agreement ends before it begins"),
        ("affiliations", "X,,,", "the affiliation is blank"),
        ("affiliations", "X,A,2012,2011", "the affiliation ends before it begins"),
        ("measures", "X,staff,,5", "the measure has no date"),
    ],
)
def test_a_row_about_a_body_that_cannot_be_used(tmp_path, table, row, reason):
    good = {"aliases": "XX,X,,", "regions": "North,,,", "measures": "X,staff,2012,5"}
    result = about_bodies(tmp_path, table, good.get(table, "X,Y,2010,2011"), row)
    assert aside(result) == [(3, reason)]


def test_territories_lie_in_the_regions_given_and_hold_from_the_first_day_stated(tmp_path):
    more = ", regions: {file: r.csv, columns: {region: region}}"
    rows = ("X,North,2012,", "X,South,2012,", "X,North,2010,", "X,North,2014,")
    result = about_bodies(tmp_path, "territories", *rows, more=more)
    assert aside(result) == [(3, "not a region of the table of regions")]
    (held,) = result.records.territories.to_dict("records")
    assert (held["cluster_id"], held["region"], held["valid_from"].date()) == (
        "x",
        "North",
        date(2010, 12, 31),
    )


def test_measures_of_one_day_that_differ_are_a_conflict(tmp_path):
    result = about_bodies(tmp_path, "measures", "X,staff,2012,7", "X,staff,2012,5", "X,staff,2013,7")
    assert result.records.facts["value"].tolist() == [5, 7]
    (line,) = result.conflicts.to_dict("records")
    assert (line["cluster_id"], line["field"]) == ("x", "staff")
    assert (line["values"], line["kept"]) == ("5 | 7", "5")


def test_a_table_without_a_body_ends_the_run(tmp_path):
    with pytest.raises(InputError, match="no body can be read"):
        read(tmp_path, BODIES, p=P, o="name\n-\n")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"unit": "year", "last": 2012}, "panel.first is not set; give the number of the first year"),
        ({"unit": "call", "first": 1}, "panel.last is not set; give the number of the last call"),
        ({"unit": "call", "first": 1, "last": 2}, "a study by calls needs their dates"),
        ({"unit": "year", "first": 12, "last": 2012}, "panel.first is 12, expected a year between"),
        ({"unit": "year", "first": 2012, "last": 20122}, "panel.last is 20122, expected a year between"),
    ],
)
def test_periods_that_are_not_set(tmp_path, settings, said):
    with pytest.raises(ConfigError, match=said):
        read_periods(tmp_path, settings)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",2013-05-01,8", "the period has no number"),
        ("2,,8", "the call has no date at all"),
        ("2,2013-05-01,8.5", "not a count"),
        ("2,2013-05-01,-8", "not a count"),
        ("2,2011-05-01,8", r"period 2 \(2011-05-01, closing\) falls before that of period 1 \(2012-05-01\)"),
    ],
)
def test_calls_that_have_no_place_in_time(tmp_path, row, said):
    (tmp_path / "c.csv").write_text(f"call,closed,financed\n1,2012-05-01,8\n{row}\n", encoding="utf-8")
    columns = {"period": "call", "closed": "closed", "financed": "financed"}
    spec = {"unit": "call", "first": 1, "last": 2, "file": "c.csv", "columns": columns}
    with pytest.raises(InputError, match=said):
        read_periods(tmp_path, spec)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("12-14 mai 2009", date(2009, 5, 12), date(2009, 5, 14)),
        ("1er et 3 avril 2010", date(2010, 4, 1), date(2010, 4, 3)),
        ("entre mai et juin 2006", date(2006, 5, 1), date(2006, 6, 30)),
        ("from May 2005 to June 2006", date(2005, 5, 1), date(2006, 6, 30)),
        ("July 21, 2006", date(2006, 7, 21), date(2006, 7, 21)),
        ("été 2006", date(2006, 6, 1), date(2006, 9, 30)),
        ("Autumn 2007", date(2007, 9, 1), date(2007, 12, 31)),
    ],
)
def test_dates_as_people_write_them(text, low, high):
    when = parse_date(text)
    assert (when.low, when.high) == (low, high)


def test_formats_are_tried_in_their_order_and_long_texts_are_no_dates():
    when = parse_date("05.2012", ["%d.%m.%Y", "%m.%Y"])
    assert (when.low, when.high) == (date(2012, 5, 1), date(2012, 5, 31))
    with pytest.raises(ValueError, match=UNREADABLE):
        parse_date("2012 (" + "x" * LONGEST + ")")


def test_a_setting_that_is_a_date_is_not_blank():
    with pytest.raises(ConfigError, match=r"published.windows\[0\].period is blank; give a date"):
        parse_setting(" ", "published.windows[0].period")


def test_a_window_without_a_beginning_has_no_visibility(tmp_path):
    settings = (
        f"{PROJECTS}, published: {{file: k.csv, columns: {{period: period, metric: metric, value: value}}, "
        "windows: [{period: by 2018, colabelled: co, projects: all}, "
        "{period: 2012-2013, colabelled: co, projects: all}]}"
    )
    result = read(tmp_path, settings, p=P, k="period,metric,value\nby 2018,co,5\n2012-2013,co,5\n")
    (window,) = result.summary["windows"]
    assert (window["label"], window["n_colabelled"], window["visibility"]) == ("2012-2013", 5, 0.2)


def test_spellings_that_are_merged_are_one_member(tmp_path):
    settings = (
        "projects: {file: p.csv, columns: {acronym: name, year: year}}, names: {merge: true}, "
        "memberships: {file: m.csv, columns: {project: project, cluster: member}}"
    )
    members = "project,member\nA,Cosmetic Valley\nB,Cosmetic Valley\nC,Cosmetic Vallley\nC,Aerospace\n,X\n"
    result = read(tmp_path, settings, p="name,year\nA,2012\nB,2012\nC,2012\n,2013\n", m=members)
    assert aside(result) == [(6, "no accepted project has this id")]  # a blank is no acronym
    assert sorted(result.records.clusters["name"]) == ["Aerospace", "Cosmetic Valley"]
    found = result.resolution.set_index("printed")
    assert found.loc["Cosmetic Vallley", ["cluster_name", "method"]].tolist() == ["Cosmetic Valley", "fuzzy"]
    assert 88 < found.loc["Cosmetic Vallley", "score"] < 100
    assert found.loc["Cosmetic Valley", "method"] != "fuzzy"


def test_a_member_beyond_the_limit_of_rows_counts_while_few_are_distinct(tmp_path):
    settings = (
        "projects: {file: p.csv, columns: {id: id, year: year}}, names: none, "
        "memberships: {file: m.csv, columns: {project: id, cluster: member}}"
    )
    rows = "".join(f"1,o{k % 2}\n" for k in range(2000)) + "1,late\n"
    result = read(tmp_path, settings, p="id,year\n1,2012\n", m=f"id,member\n{rows}")
    assert aside(result) == []
    assert result.records.memberships["cluster_id"].tolist() == ["late", "o0", "o1"]


def test_a_list_that_only_several_rows_make_up_has_the_status_of_such_lists(tmp_path):
    settings = (
        "projects: {file: p.csv, columns: {id: id, year: year, clusters: members, status: status}}, "
        "list_status: {single: unknown, made_up: lower_bound}, merged_status: made_up"
    )
    rows = "1,2012,X,single\n1,2012,Y,single\n2,,X,single\n2,,X,single\n"
    result = read(tmp_path, settings, p=f"id,year,members,status\n{rows}")
    projects = result.records.projects
    assert projects["status"].tolist() == ["made_up", "single"]
    assert projects["list_status"].tolist() == ["lower_bound", "unknown"]
    assert projects["period"].isna().tolist() == [False, True]  # no row of the second says when


def test_numbers_that_a_scale_makes_too_large_are_set_aside(tmp_path):
    settings = f"{BODIES}, measures: {{file: t.csv, columns: {TABLES['measures']}, facts: {{staff: staff}}, "
    rows = f"a,b,from,to\nX,staff,2012,5\nX,staff,2013,{'9' * 308}\n"
    result = read(tmp_path, settings + "scale: {staff: 1000}}", p=P, o="name\nX\nY\n", t=rows)
    assert result.records.facts["value"].tolist() == [5000]
    assert aside(result) == [(3, "a number beyond all measure")]


def test_whole_numbers_of_blank_cells_are_missing():
    assert parse_integer(" ") is None
    assert parse_integer("14.0") == 14


def test_years_outside_time_are_set_aside(tmp_path):
    result = read(tmp_path, PROJECTS, p=f"{P}B,212,X\nC,2013,Y\n")
    assert [reason.split(" lies")[0] for _, reason in aside(result)] == ["the year 212"]


JOINED = (
    "projects: {file: p.csv, columns: {id: id, year: year, clusters: members}, "
    "join: [{file: d.csv, key: {id: pid}, columns: {topic: topic, date: start}}]}"
)


def test_rows_to_join_need_a_key(tmp_path):
    result = read(tmp_path, JOINED, p="id,year,members\n1,2012,X\n", d="pid,topic,start\n1,sea,\n,air,\n")
    assert aside(result) == [(3, "the row has no key")]
    assert result.records.projects["topic"].tolist() == ["sea"]


def test_a_bad_cell_of_the_first_file_is_said_there_though_another_is_joined(tmp_path):
    rows = "id,year,members\n1,2012,X\n2,soon,X\n"
    result = read(tmp_path, JOINED, p=rows, d="pid,topic,start\n1,sea,\n2,air,\n")
    (line,) = result.quarantine.to_dict("records")
    assert (line["file"], line["line"], line["column"], line["value"]) == ("p.csv", 3, "year", "soon")
    assert not line["reason"].startswith("d.csv")


def test_columns_that_a_table_needs_are_asked_for(tmp_path):
    settings = f"{BODIES}, measures: {{file: t.csv, columns: {{cluster: a, measure: b}}, facts: {{}}}}"
    with pytest.raises((ConfigError, InputError), match="date") as error:
        read(tmp_path, settings, p=P, o="name\nX\n", t="a,b\nX,staff\n")
    assert "measures" in str(error.value)


def test_of_a_source_that_states_one_total_one_is_held_against_the_records(tmp_path):
    settings = (
        "projects: {file: p.csv, columns: {acronym: name, year: year, clusters: members, source: source}}, "
        "sources: {file: s.csv, columns: {source: id, n_records: records, n_multi: multi}}"
    )
    rows = "name,year,members,source\nA,2012,X;Y,s1\nB,2012,X,s1\n"
    result = read(tmp_path, settings, p=rows, s="id,records,multi\ns1,2,\n")
    assert [(line["name"], line["ok"]) for line in result.summary["checks"]] == [
        ("source s1: n_records", True)
    ]


def test_a_total_over_periods_that_the_study_has_not_is_not_held(tmp_path):
    settings = (
        "projects: {file: p.csv, columns: {acronym: name, call: call, clusters: members}}, "
        "periods: {file: c.csv, columns: {period: call, closed: closed, financed: financed}}, "
        "checks: {file: k.csv, columns: {topic: topic, scope: scope, value: value}, "
        "period_pattern: '(\\d+)', rules: [{topic: total, kind: projects_total}]}"
    )
    calls = "call,closed,financed\n1,2012,12\n2,2013,12\n"
    checks = "topic,scope,value\ntotal,1-9,24\ntotal,1-2,24\n"
    panel = "panel: {unit: call, first: 1, last: 2}\n"
    result = read(tmp_path, settings, panel, p="name,call,members\nA,1,X\n", c=calls, k=checks)
    held = [line["name"] for line in result.summary["checks"] if line["name"].startswith("total")]
    assert len(held) == 1
    assert "1-2" in held[0]

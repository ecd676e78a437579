"""Who a name is, what rows contradict each other in, and what is said of it."""

from __future__ import annotations

from datetime import date

import pytest

from interclust import ingest
from interclust.errors import InputError
from interclust.ingest.names.forms import normalise
from interclust.ingest.names.known_names import Body, Name
from interclust.ingest.names.misreadings import what_is_left
from interclust.ingest.names.resolve import TOO_LONG, Resolver
from small_studies import PROJECTS, aside, read


def test_summaries_are_no_names_and_take_no_time(tmp_path):
    summary = " ".join(f"word{k}" for k in range(20_000))
    long = "n" * 301
    text = f"name,year,members\nA,2012,{summary};X;{long}\n"
    for settings in (PROJECTS, f"{PROJECTS}, clusters: {{file: o.csv, columns: {{name: name}}}}"):
        result = read(tmp_path, settings, p=text, o="name\nX\n")
        assert result.records.clusters["name"].tolist() == ["X"]
        assert sorted(result.unresolved["printed"]) == [long, summary]
        assert set(result.unresolved["note"]) == {TOO_LONG}


def test_a_long_name_of_the_registry_is_found_as_written(tmp_path):
    name = "A " * 60 + "Z"
    settings = f"{PROJECTS}, clusters: {{file: o.csv, columns: {{name: name}}}}"
    result = read(tmp_path, settings, p=f"name,year,members\nA,2012,{name}\n", o=f"name\n{name}\n")
    assert result.resolution["method"].tolist() == ["exact"]


def test_what_goes_before_a_name_goes_at_once():
    assert normalise("le " * 20_000 + "Mer") == "mer"
    assert normalise("Le pôle la grappe d'entreprises Mer") == "mer"


def test_names_that_leave_the_same_letters_are_bodies_of_their_own(tmp_path):
    rows = ["Сколково", "Иннополис", "中关村", "Éco", "Eco", "C++", "C", "C#"]
    settings = f"{PROJECTS}, clusters: {{file: o.csv, columns: {{name: name}}}}"
    project = f"name,year,members\nA,2012,{';'.join(rows)}\n"
    found = []
    for order in (rows, rows[::-1]):
        result = read(tmp_path, settings, p=project, o="name\n" + "\n".join(order) + "\n")
        assert len(result.records.memberships) == len(rows)
        found.append(
            dict(zip(result.records.clusters["name"], result.records.clusters["cluster_id"], strict=True))
        )
    assert found[0] == found[1]
    assert {found[0]["Eco"], found[0]["Éco"]} == {"eco", "eco-2"}
    twice = read(tmp_path, settings, p=project, o="name\nC\nX\nc\n-\n")
    assert aside(twice) == [(4, "stands in line 2 already"), (5, "the body has no name")]


def test_an_id_given_twice_is_said_to_be_the_id(tmp_path):
    settings = f"{PROJECTS}, names: none, clusters: {{file: o.csv, columns: {{id: id, name: name}}}}"
    result = read(tmp_path, settings, p="name,year,members\nA,2012,7\n", o="id,name\n7,Seven\n7,Sieben\n,7\n")
    assert result.quarantine[["line", "column", "value"]].values.tolist() == [[3, "id", "7"]]
    assert result.records.clusters["cluster_id"].tolist() == ["7", "7-2"]


BY_ID = (
    "projects: {file: p.csv, columns: {id: id, acronym: name, year: year, date: date, call: call, "
    "lead: lead, clusters: members, url: url}}"
)


def conflicts(result: ingest.IngestResult) -> dict[str, tuple[str, str]]:
    """Values and the kept one of each field that is contradicted."""
    rows = result.conflicts.to_dict("records")
    return {row["field"]: (row["values"], row["kept"]) for row in rows}


def test_what_rows_of_one_project_contradict_each_other_in_is_said(tmp_path):
    rows = "1,A,2012,2012-01-05,1,X,X;Y,a.org\n1,A,2012,2012-06-07,2,Y,X;Y,b.org\n"
    rows += "1,A,2012,2012-01,1,X,X;Y,a.org\n"
    found = conflicts(read(tmp_path, BY_ID, p=f"id,name,year,date,call,lead,members,url\n{rows}"))
    assert found == {
        "call": ("1 | 2", "1"),
        "date": ("2012-01-01..2012-01-31 | 2012-01-05 | 2012-06-07", "2012-01-05"),
        "lead": ("X | Y", "X | Y"),
        "url": ("a.org | b.org", "a.org"),
    }


def test_dates_of_which_one_is_the_more_exact_are_no_contradiction(tmp_path):
    rows = "1,A,2012,2012-01-05,1,X,X;Y,a.org\n1,A,2012,2012-01,1,X,X;Y,\n"
    assert not conflicts(read(tmp_path, BY_ID, p=f"id,name,year,date,call,lead,members,url\n{rows}"))


def test_a_year_beside_the_date_of_another_is_said(tmp_path):
    rows = "1,A,2012,2014-05-01,1,,X,\n2,B,2012,2011/2013,1,,X,\n"
    result = read(tmp_path, BY_ID, p=f"id,name,year,date,call,lead,members,url\n{rows}")
    assert conflicts(result) == {"year": ("year 2012 | date 2014-05-01", "2012")}


def test_memberships_of_two_leads_are_said(tmp_path):
    settings = (
        "projects: {file: p.csv, columns: {id: id, year: year}}, "
        "memberships: {file: m.csv, columns: {project: id, cluster: member, role: role}}"
    )
    members = "id,member,role\n1,X,lead\n1,Y,lead\n1,X,lead\n2,X,lead\n"
    found = conflicts(read(tmp_path, settings, p="id,year\n1,2012\n2,2012\n", m=members))
    assert found == {"lead": ("X | Y", "X")}


def test_affiliations_of_overlapping_times_are_said_and_the_longest_kept(tmp_path):
    settings = (
        f"{PROJECTS}, clusters: {{file: o.csv, columns: {{name: name}}}}, "
        "affiliations: {file: a.csv, columns: {cluster: body, affiliation: to, "
        "valid_from: from, valid_to: until}}"
    )
    files = {
        "o": "name\nX\n",
        "a": "body,to,from,until\nX,F,2012-01-01,2015-12-31\nX,F,2012-01-01,2013-12-31\nX,F,2016-01-01,\n",
    }
    result = read(tmp_path, settings, p="name,year,members\nA,2012,X\n", **files)
    assert result.records.affiliations["valid_from"].dt.year.tolist() == [2012, 2016]
    assert result.records.affiliations["valid_to"].dt.year.tolist()[0] == 2015
    assert list(conflicts(result)) == ["affiliation"]


def test_statuses_without_their_column_are_said(tmp_path):
    settings = f"{PROJECTS}, list_status: {{ok: complete}}"
    with pytest.raises(InputError, match="list_status says what each status means, and no column"):
        read(tmp_path, settings, p="name,year,members\nA,2012,X\n")


def test_headers_and_values_begin_no_formula(tmp_path):
    settings = (
        f"{PROJECTS}, clusters: {{file: o.csv, columns: {{name: name}}}}, "
        'aliases: {file: a.csv, columns: {alias: =alias, cluster: "@body"}}'
    )
    files = {"o": "name\nGreen Hills\n", "a": "=alias,@body\nGH,Green Hills\n"}
    rows = 'name,year,members\nA,2012,Green Hulls of B\nB,2012,X,"Y\r=CMD()"\n'
    result = read(tmp_path, settings, p=rows, **files)
    assert result.alias_candidates.columns.tolist() == ["'=alias", "'@body"]
    assert result.alias_candidates.iloc[0].tolist() == ["Green Hulls of B", "Green Hills"]
    assert result.quarantine["value"].tolist() == ["B 2012 X Y =CMD()"]


def test_names_cut_short_are_found_by_how_they_begin():
    body = Body("mer", "Pôle Mer Méditerranée", date(2005, 1, 1))
    resolver = Resolver([Name(body.name, body), Name("Valorial Bretagne", Body("v", "V", date(2005, 1, 1)))])
    for text in ("Mer Méditer", "Pôle Mer Méditer.", "Me. Méditerran."):
        assert resolver._cut_short(text, None).body == body
    assert resolver.index.beginning(what_is_left("Mer Méditer")) == resolver.index.pairs[:1]

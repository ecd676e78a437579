"""Any table of projects: headers, several files, ways of writing, and what stands twice on one list."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from interclust import config, ingest
from interclust.errors import ConfigError, InputError
from interclust.ingest import __main__ as command
from interclust.ingest.headers import mapping

YEARS = "panel: {unit: year, first: 2014, last: 2016}\n"


def study(folder: Path, text: str, **files: str) -> Path:
    """A study file beside a folder ``raw`` with the files (name_csv is name.csv)."""
    (folder / "raw").mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / "raw" / name.replace("_csv", ".csv")).write_text(content, encoding="utf-8")
    path = folder / "mine.yaml"
    path.write_text(f"data_dir: raw\n{YEARS}{text}", encoding="utf-8")
    return path


def read(folder: Path, text: str, **files: str):
    return ingest.run(config.load(study(folder, text, **files)))


def members(result) -> dict[str, list[str]]:
    """Names of the members of each project by its acronym."""
    records = result.records
    named = records.memberships.merge(records.clusters[["cluster_id", "name"]], on="cluster_id")
    named = named.merge(records.projects[["project_id", "acronym"]], on="project_id")
    return {acronym: sorted(group["name"]) for acronym, group in named.groupby("acronym")}


@pytest.mark.parametrize(
    "header",
    [
        "Acronyme;Année;Pôles",
        "ACRONYME ;annee;Pôles labellisateurs",
        "Project acronym;Year;Members",
        "Nom du projet;Millésime;Partenaires",
        "project_name;call_year;Participants",
    ],
)
def test_usual_headers_are_found_without_columns(tmp_path, header):
    rows = f"{header}\nP;2014;Alpha|Beta\nQ;2015;Beta\n"
    text = 'ingest: {projects: {file: p.csv}, separators: ["|"]}\n'
    result = read(tmp_path, text, p_csv=rows)
    assert members(result) == {"P": ["Alpha", "Beta"], "Q": ["Beta"]}
    assert result.records.projects["period"].tolist() == [2014, 2015]
    assert any("columns found by their headers" in note for note in result.summary["notes"])


def test_a_registry_without_columns_is_read_by_its_usual_headers(tmp_path):
    fact = "facts: [{fact: grade, column: Note, date: 2014, values: {low: 1, high: 2}}]"
    text = f"ingest: {{projects: {{file: p.csv}}, clusters: {{file: c.csv, {fact}}}}}\n"
    rows, bodies = "Acronym;Year;Members\nP;2014;Alpha, Beta\n", "Nom;Note\nAlpha;low\nBeta;high\n"
    result = read(tmp_path, text, p_csv=rows, c_csv=bodies)
    assert members(result) == {"P": ["Alpha", "Beta"]}
    assert result.records.facts["value"].tolist() == [1, 2]


@pytest.mark.parametrize("columns", ["", ", columns: {}", ", columns: {acronym: name}"])
def test_a_study_without_any_member_is_refused(tmp_path, columns):
    text = f"ingest: {{projects: {{file: p.csv{columns}}}}}\n"
    with pytest.raises(InputError, match=r"p.csv: no column names the members .* ingest.memberships"):
        read(tmp_path, text, p_csv="name,year,acronym\nP,2014,Q\n")


def test_unknown_headers_are_listed(tmp_path):
    text = "ingest: {projects: {file: p.csv}}\n"
    with pytest.raises(InputError, match=r"none of the file's is known by its header \(foo, bar\)"):
        read(tmp_path, text, p_csv="foo,bar\n1,2\n")


def test_a_mapped_header_is_found_regardless_of_case_and_accents():
    found = mapping(["ANNEE", "Pôle(s)"], {"year": "Année", "clusters": "poles"}, "f", "w", 1, [])
    assert found == {"year": ("ANNEE",), "clusters": ("Pôle(s)",)}


def test_the_header_as_written_goes_before_its_look_alikes():
    assert mapping(["NAME", "name"], {"name": "name"}, "f", "w", 1, []) == {"name": ("name",)}
    with pytest.raises(InputError, match="'Name' stands 2 times"):
        mapping(["NAME", "name"], {"name": "Name"}, "f", "w", 1, [])


def test_members_in_several_columns_and_lines(tmp_path):
    columns = "{acronym: name, year: year, clusters: [pole1, pole2, pole3]}"
    text = f"ingest: {{projects: {{file: p.csv, columns: {columns}}}}}\n"
    rows = 'name,year,pole1,pole2,pole3\nP,2014,"Images & Réseaux",,Valorial\nQ,2014,Valorial,,\n'
    assert members(read(tmp_path, text, p_csv=rows))["P"] == ["Images & Réseaux", "Valorial"]


def test_columns_joined_from_another_file(tmp_path):
    text = """ingest:
  projects:
    file: p.csv
    columns: {id: rcn, acronym: name, clusters: members}
    join:
      - {file: dates.csv, key: {id: project}, columns: {date: start}}
"""
    files = {
        "p_csv": "rcn,name,members\n1,P,A;B\n2,Q,B\n",
        "dates_csv": "project,start\n1,2014-05-01\n2,2015\n3,2016\n",
    }
    result = read(tmp_path, text, **files)
    assert result.records.projects["period"].tolist() == [2014, 2015]
    assert {item["file"]: item["read"] for item in result.summary["files"]} == {"p.csv": 2, "dates.csv": 3}
    assert "dates.csv: 1 rows belong to no row that they could fill" in result.summary["notes"]


def test_a_key_joined_twice_is_quarantined(tmp_path):
    text = """ingest:
  tolerance: 1
  projects:
    file: p.csv
    columns: {id: rcn, acronym: name, clusters: members}
    join: [{file: dates.csv, key: {id: project}, columns: {date: start}}]
"""
    files = {"p_csv": "rcn,name,members\n1,P,A;B\n", "dates_csv": "project,start\n1,2014\n1,2015\n"}
    quarantine = read(tmp_path, text, **files).quarantine
    assert quarantine[["file", "line", "reason"]].values.tolist() == [
        ["dates.csv", 3, "stands in line 2 already"]
    ]


@pytest.mark.parametrize(
    ("setting", "printed", "low", "high"),
    [
        ("day_first", "03/04/2014", "2014-04-03", "2014-04-03"),
        ("month_first", "03/04/2014", "2014-03-04", "2014-03-04"),
        ('["%d.%m.%y"]', "21.07.15", "2015-07-21", "2015-07-21"),
        ('["%b-%y"]', "Jul-15", "2015-07-01", "2015-07-31"),
        ('["%y"]', "16", "2016-01-01", "2016-12-31"),
        ("day_first", "T3 2014", "2014-07-01", "2014-09-30"),
        ("day_first", "1er semestre 2014", "2014-01-01", "2014-06-30"),
        ("day_first", "fin 2014", "2014-01-01", "2014-12-31"),
        ("day_first", "mai-juin 2014", "2014-05-01", "2014-06-30"),
        ("day_first", "lundi 12 mai 2014 (communiqué)", "2014-05-12", "2014-05-12"),
        ("day_first", "n.d.", None, None),
    ],
)
def test_dates_as_the_table_writes_them(tmp_path, setting, printed, low, high):
    columns = "{acronym: name, announced: when, clusters: members}"
    text = f"ingest: {{projects: {{file: p.csv, columns: {columns}, dates: {setting}}}}}\n"
    project = read(tmp_path, text, p_csv=f'name,when,members\nP,"{printed}",A;B\n').records.projects.iloc[0]
    days = [
        None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in project[["announced_low", "announced_high"]]
    ]
    assert days == [low, high]


def test_a_format_without_a_year_is_refused(tmp_path):
    columns = "{acronym: name, clusters: members}"
    text = f'ingest: {{projects: {{file: p.csv, columns: {columns}, dates: ["%d.%m"]}}}}\n'
    with pytest.raises(ConfigError, match=r"ingest.projects.dates"):
        config.load(study(tmp_path, text))


def test_a_span_of_years_gives_a_first_and_a_last_period(tmp_path):
    columns = "{acronym: name, year: year, clusters: members}"
    text = f"ingest: {{projects: {{file: p.csv, columns: {columns}}}}}\n"
    rows = "name,year,members\nP,2014-2015,A;B\nQ,2014.0,A;B\nR,2019,A;B\n"
    projects = read(tmp_path, text, p_csv=rows).records.projects
    assert projects["period"].astype("Int64").tolist() == [pd.NA, 2014, pd.NA]
    assert projects[["period_low", "period_high"]].iloc[0].tolist() == [2014, 2015]
    assert projects["period_low"].isna().tolist() == [False, True, True]


def test_numbers_in_their_unit_and_texts_that_mean_nothing(tmp_path):
    text = """ingest:
  projects: {file: p.csv, columns: {acronym: name, year: year, clusters: members}, missing: [inconnu]}
  clusters: {file: c.csv, columns: {name: name, region: region}, missing: ["?"]}
  measures:
    file: m.csv
    decimal: ","
    columns: {cluster: name, date: year, measure: what, value: value}
    facts: {budget_keur: budget_eur, staff: staff}
    scale: {budget_keur: 1000}
"""
    files = {
        "p_csv": "name,year,members\nP,2014,A;B\nQ,2014,inconnu\n",
        "c_csv": "name,region\nA,?\nB,Alsace\n",
        "m_csv": 'name;year;what;value\nA;2014;budget_keur;1,234\nB;2014;staff;"12,5"\nB;2015;staff;n.c.\n',
    }
    result = read(tmp_path, text, **files)
    assert result.records.facts.sort_values("cluster_id")["value"].tolist() == [1234.0, 12.5]
    assert result.records.clusters["region"].isna().tolist() == [True, False]
    assert result.summary["projects"]["without_a_name"] == 1


def test_rows_of_one_acronym_and_year_are_one_project_with_evidence(tmp_path):
    columns = "{acronym: name, year: year, clusters: member}"
    text = f"ingest: {{list_status: complete, projects: {{file: p.csv, columns: {columns}}}}}\n"
    rows = "name,year,member\nP,2014,A\np,2014,B\nP,2015,C\n"
    result = read(tmp_path, text, p_csv=rows)
    assert result.records.projects["n_clusters"].tolist() == [2, 1]
    line = result.conflicts.query("field == 'rows'").iloc[0]
    assert (line["project_id"], line["values"]) == ("p:2", "line 2: P | line 3: p")


def test_memberships_by_acronym_where_projects_have_no_ids(tmp_path):
    text = """ingest:
  projects: {file: p.csv, columns: {acronym: name, year: year}}
  memberships: {file: m.csv, columns: {project: project, cluster: member}}
"""
    files = {"p_csv": "name,year\nP,2014\n", "m_csv": "project,member\nP,A\nP,B\n"}
    assert members(read(tmp_path, text, **files)) == {"P": ["A", "B"]}


REGISTRY = """ingest:
  projects: {file: p.csv, columns: {acronym: name, date: date, clusters: members}}
  clusters:
    file: c.csv
    columns: {name: name, active_from: born, merged: merged, successor: into}
  agreements: {file: a.csv, columns: {cluster: one, other: other, date: date}}
  affiliations: {file: f.csv, columns: {cluster: name, affiliation: federation, valid_from: since}}
"""
BODIES = "name,born,merged,into\nAdvance,2005,2015-03-01,Capital\nCapital,2005,,\nThird,2005,,Nowhere\n"


@pytest.mark.parametrize(
    ("date", "bodies", "kept"),
    [
        ("2014-06-01", ["Advance", "Capital"], "both kept: both active"),
        ("2016-06-01", ["Capital"], "one body by then: counts as the one that was active"),
        (
            "",
            ["Advance", "Capital"],
            "both kept: check, the date does not tell whether they were one body by then",
        ),
    ],
)
def test_a_body_beside_its_successor(tmp_path, date, bodies, kept):
    config_text = REGISTRY.split("  agreements")[0]
    result = read(tmp_path, config_text, p_csv=f"name,date,members\nP,{date},Advance;Capital\n", c_csv=BODIES)
    assert members(result) == {"P": bodies}
    assert result.conflicts.set_index("project_id").loc["p:2", "rule"] == kept


def test_an_unknown_successor_is_left_out_and_said(tmp_path):
    config_text = REGISTRY.split("  agreements")[0]
    result = read(tmp_path, config_text, p_csv="name,date,members\nP,2014,Third\n", c_csv=BODIES)
    line = result.conflicts.query("cluster_id == 'third'").iloc[0]
    assert line["rule"] == "left out: not a body of the registry (c.csv, line 4)"
    assert result.records.clusters.set_index("cluster_id")["successor"].isna()["third"]


def test_agreements_and_affiliations_are_dated(tmp_path):
    files = {
        "p_csv": "name,date,members\nP,2014,Third\n",
        "c_csv": BODIES,
        "a_csv": "one,other,date\nThird,Capital,2013\nThird,Third,2013\nThird,Advance,\n",
        "f_csv": "name,federation,since\nThird,Union,2012-06\nCapital,Union,\n",
    }
    result = read(tmp_path, REGISTRY + "  tolerance: 1\n", **files)
    agreements = result.records.agreements
    assert agreements[["cluster_i", "cluster_j"]].values.tolist() == [["capital", "third"]]
    assert f"{agreements['low'].iloc[0]:%Y-%m-%d}" == "2013-12-31"  # surely in force from then on
    assert len(result.quarantine) == 2
    assert result.records.affiliations["valid_from"].notna().tolist() == [False, True]
    assert "1 of 2 affiliations have no date and hold for all time" in result.summary["notes"]


def test_what_goes_in_comes_out_at_every_step(tmp_path):
    columns = "{acronym: name, year: year, clusters: members, lead: lead}"
    text = f"ingest: {{tolerance: 1, projects: {{file: p.csv, columns: {columns}}}}}\n"
    rows = "name,year,members,lead\nP,2014,A;B,C\nQ,x,A,\nP,2014,D,\nR,2020,,\nS,,A;A,a\n"
    steps = {step["step"]: step for step in read(tmp_path, text, p_csv=rows).summary["conservation"]}
    assert steps["rows of p.csv"]["out"] == {"accepted": 4, "quarantined": 1}
    assert steps["accepted rows"]["out"] == {"projects": 3, "united": 1}
    assert steps["projects"]["out"] == {
        "in_a_period": 1,
        "between_periods": 0,
        "outside_the_periods": 1,
        "without_a_time": 1,
    }
    assert steps["names printed"]["in"] == 7  # A, B, lead C; D; A, A, lead a


def test_errors_of_spreadsheets_and_endless_lists_are_quarantined(tmp_path):
    columns = "{acronym: name, year: year, clusters: members}"
    text = f"ingest: {{tolerance: 1, projects: {{file: p.csv, columns: {columns}}}}}\n"
    rows = f"name,year,members\nP,#N/A,A\nQ,2014,{';'.join(map(str, range(2000)))}\nR,2014,A\n"
    quarantine = read(tmp_path, text, p_csv=rows).quarantine
    reasons = ["an error of a spreadsheet", "a list of 2000 names, more than 1000"]
    assert quarantine["reason"].tolist() == reasons


def test_suggestions_paste_into_the_table_of_aliases(tmp_path):
    text = """ingest:
  projects: {file: p.csv, columns: {acronym: name, year: year, clusters: members}}
  clusters: {file: c.csv, columns: {name: name}}
  aliases: {file: a.csv, columns: {alias: spelling, cluster: body}}
"""
    files = {
        "p_csv": "name,year,members\nP,2014,Cluster of Blue Waters;Green Hills\n",
        "c_csv": "name\nBlue Waters of the North\nGreen Hills\n",
        "a_csv": "note,body,spelling\n,Green Hills,GH\n",
    }
    first = read(tmp_path, text, **files)
    assert first.alias_candidates.columns.tolist() == ["note", "body", "spelling"]
    first.write(tmp_path / "out")
    pasted = (tmp_path / "out" / "alias_candidates.csv").read_text(encoding="utf-8").splitlines()[1]
    again = read(tmp_path, text, **{**files, "a_csv": files["a_csv"] + pasted + "\n"})
    assert members(again) == {"P": ["Blue Waters of the North", "Green Hills"]}
    assert len(again.unresolved) == 0


def test_check_prints_what_a_run_would_read_and_writes_nothing(tmp_path, capsys):
    columns = "{acronym: name, year: year, clusters: members}"
    text = f"ingest: {{tolerance: 0.5, projects: {{file: p.csv, columns: {columns}}}}}\n"
    path = study(tmp_path, text, p_csv="name,year,members\nP,2014,A;B\nQ,never,A\n")
    before = sorted(tmp_path.rglob("*"))
    command.main([str(path), "--check"])
    page = capsys.readouterr().out
    assert "2 rows read, 1 accepted, 1 set aside" in page
    assert "p.csv, line 3, column year, value 'never': not a whole number" in page
    assert page.endswith("The run would go on.\n")
    assert sorted(tmp_path.rglob("*")) == before


def test_check_ends_with_what_would_stop_the_run(tmp_path, capsys):
    columns = "{acronym: name, year: year, clusters: members}"
    text = f"ingest: {{projects: {{file: p.csv, columns: {columns}}}}}\n"
    path = study(tmp_path, text, p_csv="name,year,members\nP,2014,A;B\nQ,never,A\n")
    with pytest.raises(SystemExit) as ended:
        command.main([str(path), "--check"])
    assert ended.value.code == 2
    assert "The run would stop: p.csv: 1 of 2 rows cannot be used" in capsys.readouterr().out


def test_the_tables_can_be_written_without_a_workflow(tmp_path):
    columns = "{acronym: name, year: year, clusters: members}"
    path = study(
        tmp_path,
        f"ingest: {{projects: {{file: p.csv, columns: {columns}}}}}\n",
        p_csv="name,year,members\nP,2014,A;B\n",
    )
    command.main([str(path), "--to", str(tmp_path / "out")])
    assert json.loads((tmp_path / "out" / "ingest.json").read_text(encoding="utf-8"))["rows"]["read"] == 1


def test_projects_outside_the_periods_are_told_from_those_without_one(tmp_path, capsys):
    path = study(tmp_path, "ingest: {projects: {file: p.csv}}\n", p_csv="name,year,members\nP,2013,A\nQ,,A\n")
    path.write_text(path.read_text().replace("projects: {file: p.csv}", PLAIN))
    command.main([str(path), "--check"])
    assert "2 have none (1 of them state one outside those of the study)" in capsys.readouterr().out


PLAIN = "projects: {file: p.csv, columns: {acronym: name, year: year, clusters: members}}"

"""Other people's data: small studies written to a folder, bad input, and what must hold for any input."""

from __future__ import annotations

import random
import shutil
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interclust import config, ingest
from interclust.errors import ConfigError, InputError

RAW = config.project_root() / "data" / "raw"
TEN = ["Alpha", "Bêta", "Gamma & Delta", "Epsilon", "Zeta", "Eta", "Thêta", "Iota", "Kappa", "Lambda"]

WIDE = """label: {en: Ten clusters}
data_dir: raw
ingest:
  projects:
    file: projects.csv
    columns: {acronym: name, year: year, clusters: members}
  clusters: {constants: {kind: cluster}}
  list_status: complete
panel: {unit: year, first: 2014, last: 2016}
"""
LONG = """data_dir: raw
ingest:
  projects: {file: projects.csv, columns: {id: id, acronym: name, date: start}}
  memberships: {file: edges.csv, columns: {project: project, cluster: member, role: role}}
  clusters: {file: nodes.csv, columns: {id: id, name: name, region: country}, constants: {kind: organisation}}
  names: none
  list_status: complete
panel: {unit: year, first: 2014, last: 2016}
"""


def write_study(folder: Path, yaml: str, **files: str) -> Path:
    (folder / "raw").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "raw" / f"{name}.csv").write_text(text, encoding="utf-8")
    path = folder / "mine.yaml"
    path.write_text(yaml, encoding="utf-8")
    return path


def wide_rows(rows: list[tuple[str, str, list[str]]]) -> str:
    lines = [f'{name},{year},"{";".join(members)}"' for name, year, members in rows]
    return "\n".join(["name,year,members", *lines, ""])


@pytest.fixture
def ten(tmp_path):
    pairs = list(combinations(TEN, 2))[:20]
    rows = [(f"P{k}", str(2014 + k % 3), list(pair)) for k, pair in enumerate(pairs)]
    return write_study(
        tmp_path, WIDE, projects=wide_rows([*rows, ("Q", "2015", ["ALPHA", "beta", "gamma et delta"])])
    )


def test_a_study_with_nothing_but_projects(ten):
    found = ingest.run(config.load(ten))
    assert found.records.clusters["name"].tolist() == sorted(TEN, key=lambda name: ingest_slug(name))
    assert set(found.records.clusters["kind"]) == {"cluster"}
    projects = found.records.projects.set_index("acronym")
    assert projects.loc["Q", "n_clusters"] == 3
    assert projects.loc["Q", "list_status"] == "complete"
    assert projects["period"].tolist() == projects["year"].tolist()
    assert found.records.periods["period"].tolist() == [2014, 2015, 2016]
    assert found.summary["names"]["by_method"] == {"exact": 10, "normalised": 3}


def ingest_slug(name: str) -> str:
    from interclust.ingest.names.slugs import slug

    return slug(name)


def test_ids_given_in_long_form(tmp_path):
    path = write_study(
        tmp_path,
        LONG,
        projects='id,name,start\n1,A,2014-05-01\n2,"B, the second",2015-01-31\n3,C,\n4,D,2020-01-01\n',
        edges="project,member,role\n1,10,coordinator\n1,20,\n1,10,\n2,20,\n2,99,\n7,10,\n",
        nodes="id,name,country\n10,Uni,FR\n20,Lab,DE\n30,Idle,IT\n",
    )
    path.write_text(LONG.replace("ingest:\n", "ingest:\n  tolerance: 0.5\n"))
    found = ingest.run(config.load(path))
    assert found.records.clusters["cluster_id"].tolist() == ["10", "20", "30"]
    first = found.records.memberships.query("project_id == 'projects:2'")
    assert first["cluster_id"].tolist() == ["10", "20"]
    assert first["role"].tolist() == ["lead", "co"]
    assert set(found.records.memberships["method"]) == {"id"}
    assert found.unresolved["printed"].tolist() == ["99"]
    (refused,) = found.quarantine.to_dict("records")
    assert (refused["file"], refused["line"], refused["value"]) == ("edges.csv", 7, "7")
    assert found.records.projects["period"].isna().tolist() == [False, False, True, True]
    assert found.summary["projects"]["outside_periods"] == 1


def test_rows_of_one_project_are_united(tmp_path):
    rows = "name,year,members\nP,2014,Alpha;Beta\nP ,2014,beta;Gamma\nP,2015,Delta\n"
    study = (
        WIDE.replace("members}", "members, call: year}")
        .replace("panel: {", "panel: {unit: year, ")
        .replace("unit: year, unit: year", "unit: year")
    )
    found = ingest.run(config.load(write_study(tmp_path, study, projects=rows)))
    projects = found.records.projects
    assert projects["project_id"].tolist() == ["projects:2", "projects:4"]
    assert projects["n_clusters"].tolist() == [3, 1]
    assert found.summary["projects"]["rows_merged"] == 1
    assert found.summary["rows"] == {"read": 3, "accepted": 3, "quarantined": 0}


def test_two_names_of_one_body_are_said(tmp_path):
    path = write_study(tmp_path, WIDE, projects="name,year,members\nP,2014,Alpha;ALPHA;Beta\n")
    found = ingest.run(config.load(path))
    assert found.records.projects["n_clusters"].tolist() == [2]
    assert found.records.memberships["printed"].tolist() == [["ALPHA", "Alpha"], ["Beta"]]


def refused(tmp_path, projects: str, yaml: str = WIDE):
    path = write_study(tmp_path, yaml.replace("ingest:\n", "ingest:\n  tolerance: 1\n"), projects=projects)
    return ingest.run(config.load(path)).quarantine.to_dict("records")


def test_an_impossible_date_is_quarantined(tmp_path):
    yaml = WIDE.replace("clusters: members}", "clusters: members, announced: when}")
    rows = "name,year,members,when\nP,2014,Alpha;Beta,2014-02-30\nQ,2014,Alpha;Beta,2014-02\n"
    (item,) = refused(tmp_path, rows, yaml)
    assert (item["line"], item["column"], item["value"]) == (2, "when", "2014-02-30")
    assert item["reason"] == "there is no day 30 in month 2 of 2014"
    assert item["remedy"] == "correct the date"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("<<<<<<< HEAD", "merge"),
        ("P,2014", "2 cells under 3 headers"),
        ("P,2014,Alpha,more", "4 cells under 3 headers"),
        ("P,MMXIV,Alpha", "not a whole number"),
        ("P,2014,Al\0pha", "NUL"),
        ('P,2014,"Alpha', "quote"),
    ],
)
def test_a_bad_row_is_quarantined_with_its_line(tmp_path, row, reason):
    (item,) = refused(tmp_path, f"name,year,members\nO,2014,Alpha;Beta\n{row}\nQ,2015,Alpha;Beta\n")
    assert item["line"] == 3
    assert reason in item["reason"]
    assert item["remedy"]


@pytest.mark.parametrize(
    ("projects", "words"),
    [
        ("", "projects.csv: the file is empty"),
        ("name,year,members\n", "has a header and no rows"),
        ("name,year,member\nP,2014,A\n", "there is no column 'members'; did you mean member?"),
        ("name,year,members,name\nP,2014,A,P\n", "the column 'name' stands 2 times"),
        ("name,year,members\nP,x,A;B\nQ,2014,A\n", "line 2, column year, value 'x': not a whole number"),
    ],
)
def test_a_bad_file_ends_in_one_sentence(tmp_path, projects, words):
    with pytest.raises(InputError) as caught:
        ingest.run(config.load(write_study(tmp_path, WIDE, projects=projects)))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_not_there(tmp_path):
    path = write_study(tmp_path, WIDE, project="")
    with pytest.raises(InputError, match=r"there is no such file; did you mean project.csv\?"):
        ingest.run(config.load(path))
    (tmp_path / "raw" / "projects.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        ingest.run(config.load(path))
    path.write_text(WIDE.replace("projects.csv", "../../etc/passwd.csv"))
    with pytest.raises(ConfigError, match="outside the data folder"):
        ingest.run(config.load(path))
    path.write_text(WIDE.replace("projects.csv", "projects.doc"))
    (tmp_path / "raw" / "projects.doc").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(InputError, match=r"save the table as \.xlsx or CSV"):
        ingest.run(config.load(path))
    shutil.rmtree(tmp_path / "raw")
    with pytest.raises(ConfigError, match="does not exist"):
        ingest.run(config.load(path))


def test_a_link_out_of_the_data_folder_is_refused(tmp_path):
    path = write_study(tmp_path, WIDE, projects="")
    (tmp_path / "elsewhere.csv").write_text("name,year,members\nP,2014,A\n")
    link = tmp_path / "raw" / "projects.csv"
    link.unlink()
    link.symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(ConfigError, match="outside the data folder"):
        ingest.run(config.load(path))


def test_fui_columns_in_another_study(ten):
    ten.write_text("extends: fui\ndata_dir: raw\n")
    with pytest.raises(InputError) as caught:
        ingest.run(config.load(ten), ten.parent / "raw")
    assert "calls.csv: there is no such file" in str(caught.value)
    ten.write_text(WIDE.replace("clusters: members", "clusters: poles_raw"))
    with pytest.raises(
        InputError, match=r"there is no column 'poles_raw'.*correct ingest.projects.columns.clusters"
    ):
        ingest.run(config.load(ten))


@pytest.fixture(scope="module")
def fui_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fui")
    shutil.copytree(RAW, folder / "raw")
    without = ("checks", "sources", "published", "events", "measures", "relations")
    bare = ", ".join(["tolerance: 1", *(f"{name}: null" for name in without)])
    (folder / "copy.yaml").write_text(f"extends: fui\ndata_dir: raw\ningest: {{{bare}}}\n")
    return folder


def run_copy(folder: Path, lines: list[str]):
    (folder / "raw" / "fui" / "projects.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ingest.run(config.load(folder / "copy.yaml"))


def project_lines() -> list[str]:
    return (RAW / "fui" / "projects.csv").read_text(encoding="utf-8").splitlines()


def test_an_unknown_pole_is_left_open_with_suggestions(fui_folder):
    lines = [
        line.replace("Végépolys;Valorial", "Végépolys;Pôle du Végétal spécialisé d'Anjou")
        for line in project_lines()
    ]
    found = run_copy(fui_folder, lines)
    unknown = found.unresolved.query("rank == 1").iloc[0]
    assert unknown["printed"] == "Pôle du Végétal spécialisé d'Anjou"
    assert unknown["cluster_name"] == "Végépolys"
    assert found.summary["rows"]["accepted"] == 215
    assert found.summary["projects"]["with_two_bodies"] == 38


def test_an_unknown_status_names_the_setting(fui_folder):
    lines = [line.replace(",joint_list,", ",jointlist,") for line in project_lines()]
    found = run_copy(fui_folder, lines)
    assert len(found.quarantine) == 2
    assert found.quarantine["column"].tolist() == ["pole_list_status"] * 2
    assert "ingest.list_status" in found.quarantine["reason"].iloc[0]


MUTATIONS = st.sampled_from(
    ["cut", "quote", "nul", "swap", "blank", "double", "semicolon", "date", "marker", "bytes"]
)


def mutate(line: str, kind: str, place: int) -> str:
    at = place % (len(line) + 1)
    return {
        "cut": line[:at],
        "quote": line[:at] + '"' + line[at:],
        "nul": line[:at] + "\0" + line[at:],
        "swap": line[at:] + line[:at],
        "blank": "," * line.count(","),
        "double": line + "\n" + line,
        "semicolon": line.replace(",", ";"),
        "date": line.replace("2012", "2012-99"),
        "marker": ">>>>>>> theirs",
        "bytes": line[:at] + "\ufffd\u200b\u202e" + line[at:],
    }[kind]


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    faults=st.lists(st.tuples(st.integers(1, 215), MUTATIONS, st.integers(0, 400)), min_size=1, max_size=12)
)
def test_nothing_is_lost_under_any_corruption(fui_folder, faults):
    lines = project_lines()
    for row, kind, place in faults:
        lines[row] = mutate(lines[row], kind, place)
    found = run_copy(fui_folder, lines)
    rows = found.summary["rows"]
    assert rows["read"] == rows["accepted"] + rows["quarantined"]
    mine = found.quarantine.query("file == 'fui/projects.csv'")
    assert len(mine) == rows["quarantined"]
    assert (
        found.summary["projects"]["projects"] + found.summary["projects"]["rows_merged"] == rows["accepted"]
    )
    touched = {row for row, _, _ in faults}
    assert rows["accepted"] >= 215 - len(touched) * 2
    assert set(found.records.memberships["project_id"]) <= set(found.records.projects["project_id"])


def test_the_order_of_rows_does_not_matter(fui_folder):
    header, *lines = project_lines()
    first = run_copy(fui_folder, [header, *lines])
    shuffled = lines.copy()
    random.Random(5).shuffle(shuffled)  # noqa: S311
    second = run_copy(fui_folder, [header, *shuffled])

    def content(found):
        projects = found.records.projects.drop(columns=["project_id", "line"]).sort_values("acronym")
        members = found.records.memberships.merge(
            found.records.projects[["project_id", "acronym"]], on="project_id"
        )
        members = members.drop(columns="project_id").sort_values(["acronym", "cluster_id"])
        return projects.to_dict("records").__repr__(), members.to_dict("records").__repr__()

    assert content(first) == content(second)
    assert first.resolution.equals(second.resolution)
    assert first.records.periods.equals(second.records.periods)
    assert first.records.facts.equals(second.records.facts)

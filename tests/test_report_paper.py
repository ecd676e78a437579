"""The folder of a manuscript and the research object: what is listed is there, with its hash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from interclust.report.crate import write_crate
from interclust.report.exhibits import write_provenance
from interclust.report.network_files import write_network
from interclust.report.paper import assemble
from interclust.report.provenance import sha256
from interclust.report.tabulate import collect_numbers, tabulate
from report_fixture import write_study

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
CLOCK = "2020-01-02T03:04:05+00:00"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study beside its raw data, of which one file is described; another lies in the study's folder."""
    root = tmp_path_factory.mktemp("paper")
    folder = write_study(root / "results" / "fixture", hostile=True)
    tabulate(folder, ["flow", "models"], ["en"])
    collect_numbers(folder)
    write_network(folder)
    (folder / "report" / "figures").mkdir()
    (folder / "report" / "figures" / "tipping.en.pdf").write_bytes(b"%PDF")
    raw = root / "raw"
    (raw / "sub").mkdir(parents=True)
    (raw / "sub" / "a b#1.csv").write_text("x\n1\n", encoding="utf-8")
    (raw / "other.csv").write_text("x\n2\n", encoding="utf-8")
    (folder / "simulate").mkdir()
    (folder / "simulate" / "made.csv").write_text("x\n3\n", encoding="utf-8")
    package = {"licenses": [{"path": LICENCE}], "resources": [{"path": "sub/a b#1.csv", "title": "A title"}]}
    (raw / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (root / "refs.bib").write_text("@book{b}\n", encoding="utf-8")
    (root / "Snakefile").write_text("rule all:\n", encoding="utf-8")
    assemble(folder, inside(folder, ".tex", ".pdf"), root / "refs.bib")
    write_provenance(folder, inside(folder, ""), raw_of(root), root)
    stored = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    (folder / "provenance.json").write_text(json.dumps(stored | {"finished": CLOCK}), encoding="utf-8")
    crate_of(folder)
    return folder


def inside(folder: Path, *suffixes: str) -> list[str]:
    files = [path for path in (folder / "report").rglob("*") if path.is_file() and "paper" not in path.parts]
    return [str(path) for path in files if str(path).endswith(suffixes)]


def raw_of(root: Path) -> list[Path]:
    made = root / "results" / "fixture" / "simulate" / "made.csv"
    return [root / "raw" / "sub" / "a b#1.csv", root / "raw" / "other.csv", made]


def crate_of(folder: Path) -> dict[str, dict[str, Any]]:
    root = folder.parents[1]
    paper = [path for path in (folder / "report" / "paper").rglob("*") if path.is_file()]
    files = [*inside(folder, ""), *paper, folder / "provenance.json", folder / "study.json"]
    write_crate(folder, files, raw_of(root), root / "Snakefile", root)
    crate = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    return {entity["@id"]: entity for entity in crate["@graph"]}


def test_the_folder_holds_what_its_list_says(study: Path) -> None:
    paper = study / "report" / "paper"
    text = (paper / "README.md").read_text(encoding="utf-8")
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][2:]
    assert [line[4] for line in lines] == [
        *("figures/tipping.en.pdf", "numbers.tex", "tables/flow.en.tex", "tables/models.en.tex"),
        "references.bib",
    ]
    assert lines[0][:4] == [
        "figure tipping",
        "list_choice",
        "draw_figures",
        "workflow/scripts/draw_figures.py",
    ]
    assert all(sha256(paper / line[4]) == line[5] for line in lines)
    there = {path.relative_to(paper).as_posix() for path in paper.rglob("*") if path.is_file()}
    assert there == {line[4] for line in lines} | {"README.md"}
    assert (paper / "tables/flow.en.tex").read_bytes() == (study / "report/tables/flow.en.tex").read_bytes()


def test_a_second_run_changes_no_byte(study: Path) -> None:
    paper = study / "report" / "paper"
    before = {path: path.read_bytes() for path in paper.rglob("*") if path.is_file()}
    crate = (study / "ro-crate-metadata.json").read_bytes()
    assemble(study, inside(study, ".tex", ".pdf"), study.parents[1] / "refs.bib")
    assert {path: path.read_bytes() for path in paper.rglob("*") if path.is_file()} == before
    crate_of(study)
    assert (study / "ro-crate-metadata.json").read_bytes() == crate


def test_every_file_of_the_crate_exists(study: Path) -> None:
    from urllib.parse import unquote

    entities = crate_of(study)
    files = [one for one in entities.values() if "File" in one["@type"]]
    assert len(files) > 20
    for one in files:
        path = study / unquote(one["@id"])
        assert (one["sha256"], one["contentSize"]) == (sha256(path), str(path.stat().st_size))
    parts = [part["@id"] for part in entities["./"]["hasPart"]]
    assert sorted(parts) == sorted(one["@id"] for one in files)


def test_the_crate_is_one_of_ro_crate(study: Path) -> None:
    entities = crate_of(study)
    about = entities["ro-crate-metadata.json"]
    assert about["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert about["about"] == {"@id": "./"}
    root = entities["./"]
    assert {"name", "description", "datePublished", "hasPart"} <= root.keys()
    workflow = entities[root["mainEntity"]["@id"]]
    assert workflow["@type"] == ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    assert entities[workflow["programmingLanguage"]["@id"]]["name"] == "snakemake"
    assert {entities[one["@id"]]["name"] for one in workflow["softwareRequirements"]} >= {"numpy", "python"}

    named = {name for entity in entities.values() for name in references(entity)}
    assert named - entities.keys() == {"https://w3id.org/ro/crate/1.1"}
    assert not any(name.startswith("/") or ".." in name or " " in name for name in entities)


def references(value: Any) -> list[str]:
    """The names that an entity refers to."""
    if isinstance(value, dict) and value.keys() == {"@id"}:
        return [value["@id"]]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [name for one in inner for name in references(one)]


def test_its_only_clock_is_that_of_the_provenance(study: Path) -> None:
    entities = crate_of(study)
    assert entities["./"]["datePublished"] == entities["#run"]["endTime"] == CLOCK
    text = json.dumps(entities)
    assert text.count("T03:04:05") == 2
    assert "dateModified" not in text


def test_raw_files_have_the_licence_that_is_stated_for_them(study: Path) -> None:
    entities = crate_of(study)
    described = entities["#raw/raw/sub/a%20b%231.csv"]
    assert (described["license"], described["description"]) == ({"@id": LICENCE}, "A title")
    assert "license" not in entities["#raw/raw/other.csv"]
    assert entities["simulate/made.csv"]["@type"] == "File"
    assert {"@id": "simulate/made.csv"} in entities["#run"]["object"]
    (study.parents[1] / "raw" / "datapackage.json").write_text("{", encoding="utf-8")
    assert "license" not in crate_of(study)["#raw/raw/sub/a%20b%231.csv"]

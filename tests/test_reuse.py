"""Another workflow uses this one as a module; and what others rely on by name carries one version."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import interclust
from chaos.ten_clusters import ROOT, WITH_CLOCK, digests, write_study
from docs_pages import blocks

FOREIGN = """
configfile: "theirs.yaml"


module interclust:
    snakefile:
        config["there"]
    config:
        config["interclust"]
    prefix:
        "clusters"


use rule * from interclust as interclust_*


rule count_files:
    default_target: True
    input:
        rules.interclust_all.input,
    output:
        "count.txt",
    run:
        Path(output[0]).write_text(str(len(input)))
"""


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workflow of somebody else, with the study beside it, after its run."""
    folder = tmp_path_factory.mktemp("theirs")
    write_study(folder)
    (folder / "Snakefile").write_text(FOREIGN, encoding="utf-8")
    settings = {
        "there": str(ROOT / "Snakefile"),
        "interclust": {"studies": [str(folder / "ten.yaml")]},
    }
    (folder / "theirs.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    run = call(folder, "--cores", "2")
    assert run.returncode == 0, run.stdout[-3000:]
    return folder


def call(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_a_foreign_workflow_runs_the_study_below_its_prefix(foreign: Path, ten: Path) -> None:
    assert not (foreign / "results").exists()
    assert int((foreign / "count.txt").read_text(encoding="utf-8")) > 100
    here = json.loads((ten / "digests.json").read_text(encoding="utf-8"))
    there = digests(foreign / "clusters" / "results" / "ten")
    assert sorted(here) == sorted(there)
    assert [name for name in here if here[name] != there[name] and name not in WITH_CLOCK] == []


def test_the_page_shows_the_workflow_that_is_run() -> None:
    shown = {code.language: code.text for code in blocks(ROOT / "docs" / "reuse.md")}
    assert shown["snakemake"] == FOREIGN.strip()
    assert yaml.safe_load(shown["yaml"]).keys() == {"there", "interclust"}


def test_both_embedded_studies_can_be_planned_as_a_module_and_from_elsewhere(tmp_path: Path) -> None:
    """A simulated study, too, whose raw files are made below the prefix."""
    (tmp_path / "Snakefile").write_text(FOREIGN, encoding="utf-8")
    settings = {"there": str(ROOT / "Snakefile"), "interclust": {"studies": ["fui", "fui_synthetic"]}}
    (tmp_path / "theirs.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    run = call(tmp_path, "--cores", "1", "--dry-run", "--quiet", "rules")
    assert run.returncode == 0, run.stdout[-3000:]
    assert not re.search(r"(?<!clusters/)results/fui", run.stdout)
    own = call(tmp_path, "--cores", "1", "--dry-run", "--quiet", "--snakefile", str(ROOT / "Snakefile"))
    assert own.returncode == 0, own.stdout[-3000:]


def test_one_version_for_code_image_and_settings() -> None:
    version = interclust.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"].get("version", version) == version
    assert project["tool"]["hatch"]["version"]["path"] == "workflow/interclust/__init__.py"
    image = (ROOT / "Containerfile").read_text(encoding="utf-8")
    assert set(re.findall(r"interclust:(\d[\w.]*)", image)) == {version}
    names = re.findall(r'^container: "(.*)"', (ROOT / "Snakefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert names == [f"interclust-{version}.sif"]
    assert f"apptainer build {names[0]} " in image
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changes, re.MULTILINE)[0] == version
    for other in ("Config", "Tables", "Numbers"):  # what a version changes for settings, contracts, estimates
        assert f"### {other}" in changes.partition(f"## {version}")[2]


def test_the_catalogue_says_what_the_workflow_needs() -> None:
    said = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))
    assert said["usage"].keys() == {"mandatory-flags", "software-stack-deployment", "report"}
    ways = said["usage"]["software-stack-deployment"]
    rules = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "workflow" / "rules").glob("*.smk"))
    assert ways["conda"] is ("conda:" in rules)
    assert ways["apptainer"] is ("container:" in (ROOT / "Snakefile").read_text(encoding="utf-8"))
    assert said["usage"]["report"] is ("in_report(" in rules)
    assert (ROOT / "config" / "README.md").is_file()

"""Another workflow plans this one as a module (test_reproducible.py runs one); names carry one version."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

import interclust
from chaos.ten_clusters import ROOT
from docs_pages import blocks
from foreign import FOREIGN, call, write_foreign


def test_the_page_shows_the_workflow_that_is_run() -> None:
    shown = {code.language: code.text for code in blocks(ROOT / "docs" / "reuse.md")}
    assert shown["snakemake"] == FOREIGN.strip()
    assert yaml.safe_load(shown["yaml"]).keys() == {"there", "interclust"}


def test_both_embedded_studies_can_be_planned_as_a_module_and_from_elsewhere(tmp_path: Path) -> None:
    """A simulated study, too, whose raw files are made below the prefix."""
    write_foreign(tmp_path, ROOT, ["fui", "fui_synthetic"])
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

"""Locks, dependencies and metadata: lean, consistent, without addresses."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import interclust

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OPTIONAL = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]
LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-docs.lock",
    "requirements-slurm.lock",
    "benchmarks/requirements.lock",
)
STORAGE = "tests/storage/requirements.lock"
DISTRIBUTION = {"yaml": "pyyaml", "pypandoc": "pypandoc-binary", "sklearn": "scikit-learn"}
BUILDS = {"hatchling"}  # needed to install, never imported


def locked(name: str) -> dict[str, set[str]]:
    """Per package of a lock its lines, `name==version ; marker`."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if "==" in line and not line.startswith(" "):
            requirement = line.removesuffix("\\").strip()
            found.setdefault(canonicalize_name(Requirement(requirement).name), set()).add(requirement)
    return found


def declared(lines: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


def versions(lines: set[str]) -> set[str]:
    """Without the platforms on which they are needed."""
    return {line.partition(";")[0].strip() for line in lines}


def imported() -> set[str]:
    """Distributions that the package and the scripts import, at any depth."""
    names = set()
    for path in sorted((ROOT / "workflow").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.split(".")[0])
    others = names - set(sys.stdlib_module_names) - {"interclust", "snakemake"}
    return {canonicalize_name(DISTRIBUTION.get(name, name)) for name in others}


def test_every_runtime_dependency_is_used_and_every_used_one_declared() -> None:
    assert imported() == declared(PROJECT["project"]["dependencies"]) - BUILDS - {"snakemake"}


def test_the_runtime_lock_is_lean() -> None:
    assert len(locked("requirements.lock")) <= 100


def test_locks_hold_what_the_project_declares() -> None:
    runtime = declared(PROJECT["project"]["dependencies"])
    assert runtime <= locked("requirements.lock").keys()
    assert runtime | declared(GROUPS["dev"]) <= locked("requirements-dev.lock").keys()
    assert runtime | declared(GROUPS["docs"]) <= locked("requirements-docs.lock").keys()
    assert runtime | declared(OPTIONAL["slurm"]) <= locked("requirements-slurm.lock").keys()


def test_tools_and_documentation_share_one_environment() -> None:
    """The same versions in both locks; on which platforms they are needed may differ."""
    tools, pages = locked("requirements-dev.lock"), locked("requirements-docs.lock")
    assert not [name for name in tools.keys() & pages if versions(tools[name]) != versions(pages[name])]


@pytest.mark.parametrize("name", LOCKS[1:])
def test_other_locks_agree_with_the_runtime_lock(name: str) -> None:
    other = locked(name)
    assert {package: other.get(package) for package in locked("requirements.lock")} == locked(
        "requirements.lock"
    )


def test_the_benchmarks_lock_holds_its_peers() -> None:
    peers = locked("benchmarks/requirements.lock")
    assert declared(GROUPS["peers"]) <= peers.keys()


def test_results_in_a_storage_are_made_by_the_locked_versions() -> None:
    """But for python-dateutil, of which the client of S3 takes version 2 only."""
    runtime, storage = locked("requirements.lock"), locked(STORAGE)
    assert runtime.keys() | declared(GROUPS["storage"]) <= storage.keys()
    differing = {name for name in runtime if versions(runtime[name]) != versions(storage[name])}
    assert differing <= {"python-dateutil"}


def every_lock() -> list[str]:
    """Those of the programs beside the package too."""
    found = [*ROOT.glob("*.lock"), *ROOT.glob("benchmarks/**/*.lock"), *ROOT.glob("tests/**/*.lock")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


@pytest.mark.parametrize("name", every_lock())
def test_a_lock_holds_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--find-links|--extra", text)
    for block in re.split(r"\n(?! )", text.strip()):
        assert "--hash=sha256:" in block, block


def test_every_lock_is_looked_at() -> None:
    assert {*LOCKS, "tests/mutate/requirements.lock", STORAGE} <= set(every_lock())


def test_the_dependencies_page_explains_each() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    names = [*PROJECT["project"]["dependencies"], *OPTIONAL["slurm"]]
    names += [name for group in ("dev", "docs", "storage") for name in GROUPS[group]]
    missing = [name for name in sorted(declared(names)) if f"`{name}`" not in page.replace("_", "-")]
    assert not missing


def test_citation_and_image_carry_the_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == interclust.__version__
    assert citation["license"] == PROJECT["project"]["license"]
    assert f"interclust:{interclust.__version__}" in (ROOT / "Containerfile").read_text(encoding="utf-8")
    assert f"## {interclust.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_make_help_lists_the_targets() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = re.findall(r"^  make (\w+)", done.stdout, flags=re.MULTILINE)
    assert {"all", "test", "study", "lint", "types", "lock", "clean", "help"} <= set(listed)

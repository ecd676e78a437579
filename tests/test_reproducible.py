"""The same bytes from another folder, on another number of cores, elsewhere, without a network, as a module.

One more run of the small study, by a workflow of somebody else that uses a fresh copy of the tracked files,
under conditions that differ in all that must not matter; then what an edit of the package plans to run again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from modulefinder import ModuleFinder
from pathlib import Path

import pytest

from chaos.ten_clusters import ROOT, digests, write_study
from foreign import call, write_foreign

UNSHARE = ("unshare", "--map-root-user", "--net")
CLOCKS = {"provenance.json": ("finished", "commit"), "ro-crate-metadata.json": ()}
BELOW = Path("clusters") / "results" / "ten"
LEFT_OUT = {".git", ".venv", "results", ".snakemake", ".ci"}


def fresh_copy(folder: Path) -> Path:
    """The tracked files, as a clone has them; without git, all files but what a run makes."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    if listed.returncode or not names:
        tree = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        names = [
            str(path) for path in tree if path.parts[0] not in LEFT_OUT and "__pycache__" not in path.parts
        ]
    for name in names:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def alone() -> tuple[str, ...]:
    """A command that takes the network away; none where the machine does not let us."""
    if shutil.which("unshare") is None:
        return ()
    tried = subprocess.run([*UNSHARE, "true"], capture_output=True, check=False)
    return UNSHARE if tried.returncode == 0 else ()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str]]:
    """A copy of the repository, a workflow that ran a study by it, and the environment of the run."""
    above = tmp_path_factory.mktemp("far") / "a longer folder, à côté"
    root, folder, home = above / "clone", above / "ten clusters", above / "home"
    for each in (root, folder, home):
        each.mkdir(parents=True)
    fresh_copy(root)
    write_foreign(folder, root, [str(write_study(folder))])
    env = os.environ | {"PYTHONPATH": str(root / "workflow"), "PYTHONHASHSEED": "12345", "HOME": str(home)}
    env |= {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "XDG_CACHE_HOME": str(home), "COLUMNS": "40"}
    before = os.umask(0o077)
    try:
        run = call(folder, "--cores", "1", env=env, within=alone())
    finally:
        os.umask(before)
    assert run.returncode == 0, run.stdout[-3000:]
    return root, folder, env


def without_clock(file: Path) -> dict[str, object]:
    """What stands in a file with a clock, but for the clock and what rests on it."""
    text = file.read_text(encoding="utf-8")
    found: dict[str, object] = json.loads(text)
    if file.name == "provenance.json":
        return {key: value for key, value in found.items() if key not in CLOCKS[file.name]}
    # The crate has the end of the run, and the hash and size of provenance.json.
    text = re.sub(r"\d{4}-\d\d-\d\dT[0-9:+.]+", "", text)
    graph = [entity for entity in json.loads(text)["@graph"] if entity["@id"] != "provenance.json"]
    return {"@graph": graph}


def test_two_copies_leave_the_same_bytes(ten: Path, elsewhere: tuple[Path, Path, dict[str, str]]) -> None:
    here = json.loads((ten / "digests.json").read_text(encoding="utf-8"))
    results = elsewhere[1] / BELOW
    there = digests(results)
    assert sorted(here) == sorted(there)
    assert [name for name in here if here[name] != there[name] and name not in CLOCKS] == []
    for name in CLOCKS:
        assert without_clock(ten / "first" / name) == without_clock(results / name)
    place = str(elsewhere[1]).encode()
    assert not [path for path in results.rglob("*.json") if place in path.read_bytes()]


def test_a_foreign_workflow_runs_the_study_below_its_prefix(
    elsewhere: tuple[Path, Path, dict[str, str]],
) -> None:
    folder = elsewhere[1]
    assert not (folder / "results").exists()
    assert int((folder / "count.txt").read_text(encoding="utf-8")) > 100


def test_a_run_needs_no_network(elsewhere: tuple[Path, Path, dict[str, str]]) -> None:
    if not alone():
        pytest.skip("this machine lets nobody make a namespace without a network (unshare --net)")
    code = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    tried = subprocess.run([*alone(), "python3", "-c", code], capture_output=True, text=True, check=False)
    assert "unreachable" in tried.stderr  # what `elsewhere` was run in
    assert (elsewhere[1] / BELOW / "provenance.json").is_file()


def modules_of(script: Path, package: Path) -> set[str]:
    """Files of the package that a script imports at any depth, by its bytecode (the product parses it)."""
    finder = ModuleFinder(path=[str(package)])
    finder.run_script(str(script))
    files = (module.__file__ for name, module in finder.modules.items() if name.startswith("interclust"))
    return {str(Path(file).relative_to(package / "interclust")) for file in files if file}


def jobs(said: str) -> list[dict[str, set[str]]]:
    """Name, inputs and outputs of every job that a dry run plans."""
    found: list[dict[str, set[str]]] = []
    for block in re.split(r"\n(?= *\[)", said):
        head = re.search(r"^ *(?:local)?rule (\w+):", block, flags=re.MULTILINE)
        if head and head[1] not in ("interclust_all", "count_files"):
            files = {
                key: re.search(rf"^ +{key}: (.*)$", block, flags=re.MULTILINE) for key in ("input", "output")
            }
            sets = {key: set(line[1].split(", ")) if line else set() for key, line in files.items()}
            found.append({"name": {head[1].removeprefix("interclust_").removesuffix("_ten")}, **sets})
    return found


def rests_on(scripts: set[str], planned: list[dict[str, set[str]]]) -> set[str]:
    """The rules of these scripts and all that is made from what they make."""
    stale: set[str] = set()
    names, changed = set(scripts), True
    while changed:
        changed = False
        for job in planned:
            if (job["name"] & names or job["input"] & stale) and not job["output"] <= stale:
                stale |= job["output"]
                names |= job["name"]
                changed = True
    return names


@pytest.mark.parametrize("module", ["inference/projects.py", "report/escape.py", "numerics/families.py"])
def test_an_edited_module_reruns_exactly_what_uses_it(
    elsewhere: tuple[Path, Path, dict[str, str]], every_job: list[dict[str, set[str]]], module: str
) -> None:
    root, folder, env = elsewhere
    file = root / "workflow" / "interclust" / module
    before = file.read_text(encoding="utf-8")
    ran = {name for job in every_job for name in job["name"]}
    scripts = {path.stem: path for path in (root / "workflow" / "scripts").glob("*.py") if path.stem in ran}
    assert ran == scripts.keys()
    using = {name for name, path in scripts.items() if module in modules_of(path, root / "workflow")}
    assert using
    assert using != ran
    file.write_text(before + "# nothing\n", encoding="utf-8")
    try:
        planned = jobs(call(folder, "--cores", "1", "--dry-run", env=env).stdout)
    finally:
        file.write_text(before, encoding="utf-8")
    assert {name for job in planned for name in job["name"]} == rests_on(using, every_job)


@pytest.fixture(scope="module")
def every_job(elsewhere: tuple[Path, Path, dict[str, str]]) -> list[dict[str, set[str]]]:
    _, folder, env = elsewhere
    settled = call(folder, "--cores", "1", "--dry-run", env=env).stdout
    assert "Nothing to be done" in settled, settled[-2000:]
    return jobs(call(folder, "--cores", "1", "--dry-run", "--forceall", env=env).stdout)

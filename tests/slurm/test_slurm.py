"""A study through Slurm, by profiles/slurm: every file of its results has the bytes of a local run.

Not part of `make test`: `make slurm` runs it (and sets up the plugin), and so does `.ci/run`.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from one_node import NotStartedError, missing, one_node, states

from chaos.ten_clusters import write_study

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = "snakemake_executor_plugin_slurm"
POLL = ("--slurm-init-seconds-before-status-checks", "2")
LOCAL = ("--workflow-profile", "none", "--cores", "2")
SLURM = ("--workflow-profile", str(ROOT / "profiles" / "slurm"), *POLL)
# A run's end is in provenance.json; the research object repeats it, and holds the hash of that file.
CLOCKED = ("provenance.json", "ro-crate-metadata.json")

LACKING = [*missing(), *([PLUGIN] if importlib.util.find_spec(PLUGIN) is None else [])]
pytestmark = pytest.mark.skipif(
    bool(LACKING),
    reason=f"not found: {', '.join(LACKING)} (make slurm installs the plugin, Debian has the others in "
    "slurmctld, slurmd, slurm-client and munge)",
)


@dataclass(frozen=True)
class Runs:
    """Two runs of one study, here and through Slurm: their folders, what they printed, how jobs ended."""

    study: Path
    here: Path
    there: Path
    printed: dict[str, str]
    states: list[str]
    environment: dict[str, str]


def snakemake(
    folder: Path, study: Path, environment: dict[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    """Run the workflow in a folder, not in that of the repository."""
    where = ["--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command = [sys.executable, "-m", "snakemake", *where, "--config", f"studies={study}", *words]
    return subprocess.run(
        command,
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def slurm() -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder of its own (pytest's are closed to munged) with Slurm in it."""
    with tempfile.TemporaryDirectory(prefix="interclust-slurm-") as name:
        folder = Path(name)
        for part in ("slurm", "study", "here", "there", "spread", "wrong"):
            (folder / part).mkdir()
        folder.chmod(0o755)
        with ExitStack() as stack:
            try:
                environment = stack.enter_context(one_node(folder / "slurm"))
            except NotStartedError as reason:
                pytest.skip(f"Slurm is installed but does not run here: {reason}")
            yield folder, environment


@pytest.fixture(scope="module")
def runs(slurm: tuple[Path, dict[str, str]]) -> Runs:
    folder, environment = slurm
    study = write_study(folder / "study")
    printed = {}
    for name, words in {"here": LOCAL, "there": SLURM}.items():
        done = snakemake(folder / name, study, environment, *words)
        assert done.returncode == 0, done.stdout[-6000:]
        printed[name] = done.stdout
    return Runs(study, folder / "here", folder / "there", printed, states(environment), environment)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below results/ of a run, what the end of the run leaves in two of them made the same."""
    found = {path: path.read_bytes() for path in sorted((folder / "results").rglob("*")) if path.is_file()}
    return {path.relative_to(folder).as_posix(): unclocked(path, content) for path, content in found.items()}


def unclocked(path: Path, content: bytes) -> bytes:
    if path.name not in CLOCKED:
        return content
    provenance = path.with_name("provenance.json").read_bytes()
    finished = json.loads(provenance)["finished"].encode()
    assert finished in content
    return content.replace(finished, b"END").replace(sha256(provenance).hexdigest().encode(), b"SHA-256")


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Files that only one run has, and files whose bytes differ."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def test_every_result_file_has_the_bytes_of_a_local_run(runs: Runs) -> None:
    here, there = files(runs.here), files(runs.there)
    assert len(here) > 300
    assert not differing(here, there)


def test_a_single_changed_byte_is_seen(runs: Runs) -> None:
    here, there = files(runs.here), files(runs.there)
    name = "results/ten/effects/first_tie.csv"
    there[name] = there[name][:-2] + bytes([there[name][-2] ^ 1]) + there[name][-1:]
    assert differing(here, there) == [name]
    del there["results/ten/study.json"]
    assert differing(here, there) == [name, "results/ten/study.json"]


def test_slurm_ran_every_step_and_small_ones_together(runs: Runs) -> None:
    steps = [re.findall(r"(\d+) of \1 steps \(100%\) done", printed) for printed in runs.printed.values()]
    assert len(steps[0]) == 1
    assert steps[0] == steps[1]
    assert set(runs.states) == {"COMPLETED"}
    assert runs.printed["there"].count("has been submitted with SLURM jobid") == len(runs.states)
    assert runs.printed["there"].count("localrule ") == 1  # the target itself
    assert 1 < len(runs.states) < int(steps[0][0]) / 3


def test_a_local_dry_run_plans_nothing_where_slurm_has_been(runs: Runs) -> None:
    again = snakemake(runs.there, runs.study, runs.environment, *LOCAL, "--dry-run")
    assert "Nothing to be done" in again.stdout


def test_periods_spread_over_jobs_have_the_same_bytes(runs: Runs, slurm: tuple[Path, dict[str, str]]) -> None:
    folder, environment = slurm
    study = write_study(folder / "spread")
    study.write_text(f"jobs: 2\n{study.read_text(encoding='utf-8')}", encoding="utf-8")
    before = states(environment)
    run = snakemake(folder / "spread", study, environment, *SLURM, "--", "results/ten/panel/flow.json")
    assert run.returncode == 0, run.stdout[-6000:]
    assert sorted(states(environment)) == sorted([*before, *["COMPLETED"] * 4])  # records, parts, rest
    here = files(runs.here)
    there = {name: content for name, content in files(folder / "spread").items() if "/panel/" in name}
    assert len(there) > 10
    assert {name: here[name] for name in there} == there


def test_what_is_wrong_with_the_data_is_said_through_slurm(slurm: tuple[Path, dict[str, str]]) -> None:
    folder, environment = slurm
    study = write_study(folder / "wrong")
    raw = folder / "wrong" / "raw" / "projects.csv"
    raw.write_text(raw.read_text(encoding="utf-8").replace("members", "membres", 1), encoding="utf-8")
    before = states(environment)
    run = snakemake(folder / "wrong", study, environment, *SLURM, "--", "results/ten/ingest/ingest.json")
    assert run.returncode != 0
    assert "interclust: " in run.stdout
    assert "members" in run.stdout
    assert sorted(states(environment)) == sorted([*before, "FAILED"])

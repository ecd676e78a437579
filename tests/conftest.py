"""What holds for all tests: property tests draw the same examples every time and have no deadline.

The small study is run once for all processes of a test run; each process has a copy of its folder.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import settings

from chaos.ten_clusters import WITH_CLOCK, digests, snakemake, write_study
from report_fixture import write_study as write_reported

settings.register_profile("reproducible", derandomize=True, deadline=None)
settings.load_profile("reproducible")

SECONDS = 600  # until a run in another process must have ended


@pytest.fixture(scope="session")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small study after its run, with the digests of what it left in ``digests.json``."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "ten-shared"
    try:
        shared.mkdir()
    except FileExistsError:
        wait_for(shared / "ended")
    else:
        said = run_study(shared / "study")
        (shared / "ended").write_text(said, encoding="utf-8")
    failed = (shared / "ended").read_text(encoding="utf-8")
    assert not failed, failed
    own = tmp_path_factory.mktemp("own") / "ten"
    shutil.copytree(shared / "study", own)
    return own


def run_study(folder: Path) -> str:
    """Run the study; what it said if it failed."""
    folder.mkdir()
    write_study(folder)
    run = snakemake(folder)
    results = folder / "results" / "ten"
    (folder / "digests.json").write_text(json.dumps(digests(results)), encoding="utf-8")
    (folder / "first").mkdir()
    for name in WITH_CLOCK:
        if run.returncode == 0:
            shutil.copy(results / name, folder / "first" / name)
    return "" if run.returncode == 0 else run.stdout[-3000:]


def wait_for(file: Path) -> None:
    end = time.monotonic() + SECONDS
    while not file.exists():
        assert time.monotonic() < end, f"{file} has not come"
        time.sleep(0.2)


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """The files that a report reads of a made study, by whether it is a synthetic one."""
    return {kind: write_reported(tmp_path_factory.mktemp("study"), synthetic=kind) for kind in (False, True)}


@pytest.fixture
def world(reported: dict[bool, Path], tmp_path: Path) -> Path:
    """Those of the synthetic one, to be changed."""
    return shutil.copytree(reported[True], tmp_path / "world")


@pytest.fixture
def press(reported: dict[bool, Path], tmp_path: Path) -> Path:
    """Those of the other, to be changed."""
    return shutil.copytree(reported[False], tmp_path / "press")

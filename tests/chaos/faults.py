"""Faults: each is done once to the small study, and must be told in a sentence and mended by its remedy."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import damage
from .runs import RESULTS, differing, kept, message, run, wait_until
from .ten_clusters import command, write_smallest

Spoil = Callable[[Path], None]


class NotPermittedError(Exception):
    """What this machine does not let us try."""


@dataclass(frozen=True)
class Fault:
    """A fault: its name, what is done, what helps, and the function that does it."""

    name: str
    story: str
    remedy_told: str
    act: Callable[
        [Path, Path], tuple[str, Path]
    ]  # (work, a finished study) -> what was said, the study mended


@dataclass(frozen=True)
class Found:
    """What came of a fault."""

    fault: Fault
    message: str
    verdict: str
    held: bool
    skipped: bool = False


def meet(fault: Fault, work: Path, reference: dict[str, str]) -> Found:
    """Do a fault to the finished study (or a new one) and compare what is there after the remedy."""
    try:
        said, mended = fault.act(work, work / "undisturbed")
    except NotPermittedError as error:
        return Found(fault, "", f"not tried: {error}", held=False, skipped=True)
    except RuntimeError as error:
        return Found(fault, str(error)[-1500:], "did not hold", held=False)
    others = differing(reference, kept(mended))
    told = said.replace(f"{work}/", "")
    if others:
        return Found(fault, told, f"other bytes afterwards: {others[:5]}", held=False)
    return Found(fault, told, "the same bytes afterwards", held=True)


def refused(folder: Path, *words: str) -> str:
    """The sentence of a run that must fail."""
    code, said = run(folder, *words)
    if code == 0:
        raise RuntimeError(f"the run did not fail: {said[-1500:]}")
    if "Traceback" in said:
        raise RuntimeError(f"a traceback: {said[-1500:]}")
    return message(said)


def completed(folder: Path, *words: str) -> None:
    """A run that must not fail."""
    code, said = run(folder, *words)
    if code:
        raise RuntimeError(f"the remedy did not help: {said[-1500:]}")


def damaged(name: str, target: str, spoil: Spoil) -> Callable[[Path, Path], tuple[str, Path]]:
    """Spoil a file between two stages, make what rests on it, delete it as told, make it anew."""

    def act(work: Path, finished: Path) -> tuple[str, Path]:
        file, goal = finished / RESULTS / name, str(RESULTS / target)
        before = file.read_bytes()
        spoil(file)
        try:
            said = refused(finished, "--", goal)
            if "delete the file and run again" not in said or file.name not in said:
                raise RuntimeError(f"no file or no remedy in: {said}")
            file.unlink()
            completed(finished, "--", goal)
        finally:
            if not file.exists():
                file.write_bytes(before)
        return said, finished

    return act


def mounted(*words: str) -> None:
    """Mount something; NotPermittedError where we may not."""
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPermittedError(done.stderr.strip() or "mount failed")


def new_study(work: Path, name: str) -> Path:
    folder = work / name
    folder.mkdir()
    write_smallest(folder)
    (folder / "results").mkdir()
    return folder


def full_disk(work: Path, _: Path) -> tuple[str, Path]:
    """Results on a disk of 300 kB; room is made afterwards."""
    folder = new_study(work, "full disk")
    mounted("-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder / "results"))
    try:
        said = refused(folder)
        mounted("-o", "remount,size=200m", str(folder / "results"))
        completed(folder)
        shutil.copytree(folder / "results", folder / "copy" / "results")
    finally:
        subprocess.run(["umount", str(folder / "results")], check=False)
    return said, folder / "copy"


def not_writable(work: Path, _: Path) -> tuple[str, Path]:
    """Results on a mount that is read-only (permissions do not bind root); writable afterwards."""
    folder = new_study(work, "read only")
    place = str(folder / "results")
    mounted("--bind", place, place)
    try:
        mounted("-o", "remount,ro,bind", place)
        said = refused(folder)
    finally:
        subprocess.run(["umount", place], check=False)
    completed(folder)
    return said, folder


def two_runs(work: Path, _: Path) -> tuple[str, Path]:
    """A second run of a study that is being run."""
    folder = new_study(work, "two runs")
    with (folder / "first.log").open("wb") as log:
        first = subprocess.Popen(command(folder), stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        if not wait_until(folder / RESULTS / "study.json", first):
            raise RuntimeError("the first run made nothing")
        said = refused(folder)
        if first.wait():
            raise RuntimeError("the first run was disturbed")
    return said, folder


DELETE = "delete the file and run again."
FAULTS = (
    Fault(
        "a table cut short",
        "`ingest/projects.parquet` loses its second half.",
        DELETE,
        damaged("ingest/projects.parquet", "panel/flow.json", damage.cut),
    ),
    Fault(
        "a spoilt footer",
        "The last bytes of `ingest/clusters.parquet`, which say where its columns lie, are overwritten.",
        DELETE,
        damaged("ingest/clusters.parquet", "panel/flow.json", damage.spoil_footer),
    ),
    Fault(
        "a flipped byte",
        "One bit of a column in `panel/periods/period=2013.parquet` is another.",
        DELETE,
        damaged("panel/periods/period=2013.parquet", "features/moments.json", damage.flip("n_projects")),
    ),
    Fault(
        "a flipped byte in a file of features",
        "One bit of a column in `features/periods/period=2013.parquet` is another.",
        DELETE,
        damaged(
            "features/periods/period=2013.parquet", "models/first_tie/fit.json", damage.flip("log_exposure")
        ),
    ),
    Fault(
        "an empty file",
        "`panel/row_projects.parquet` has no byte.",
        DELETE,
        damaged("panel/row_projects.parquet", "models/first_tie/fit.json", damage.empty),
    ),
    Fault(
        "a table of an older version",
        "`ingest/memberships.parquet` says that it keeps version 0 of its contract.",
        DELETE,
        damaged("ingest/memberships.parquet", "panel/flow.json", damage.age),
    ),
    Fault(
        "a lost column",
        "`ingest/projects.parquet` has no column `n_clusters`.",
        DELETE,
        damaged("ingest/projects.parquet", "panel/flow.json", damage.drop("n_clusters")),
    ),
    Fault(
        "a lost value",
        "A cell of `n_named` in `ingest/projects.parquet`, a column in which all are known, is null.",
        DELETE,
        damaged("ingest/projects.parquet", "panel/flow.json", damage.blank("n_named")),
    ),
    Fault(
        "a record cut short",
        "`models/first_tie/fit.json` loses its second half.",
        DELETE,
        damaged("models/first_tie/fit.json", "effects/first_tie.csv", damage.cut),
    ),
    Fault(
        "a CSV table cut short",
        "`effects/first_tie.csv` loses its second half.",
        DELETE,
        damaged("effects/first_tie.csv", "effects/hypotheses.csv", damage.cut),
    ),
    Fault("a full disk", "The disk of `results` has 300 kB.", "make room and run again.", full_disk),
    Fault(
        "no right to write",
        "`results` is read-only.",
        "get the right to write there and run again.",
        not_writable,
    ),
    Fault(
        "two runs at once",
        "A second run of the study begins while the first goes on.",
        "wait for the first, which is not disturbed.",
        two_runs,
    ),
)

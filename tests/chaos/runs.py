"""Runs of the small study: to the end, or until they are killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from .ten_clusters import WITH_CLOCK, command, digests, snakemake

RESULTS = Path("results") / "ten"
SPOKEN = re.compile(r"^(?:interclust: |WorkflowError:|LockException:)")


def run(folder: Path, *words: str) -> tuple[int, str]:
    """Run the study, or with ``words`` a part of it; exit code and what was said."""
    done = snakemake(folder, *words)
    return done.returncode, done.stdout


def kept(folder: Path) -> dict[str, str]:
    """Digests of what a run left, but for the files with a clock."""
    found = digests(folder / RESULTS)
    return {name: digest for name, digest in found.items() if name not in WITH_CLOCK}


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Files that only one has, or that differ."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def killed_after(folder: Path, seconds: float) -> bool:
    """Start a run and kill its whole process group after this time; False if it had ended before."""
    with (folder / "killed.log").open("a") as log:
        process = subprocess.Popen(
            command(folder), stdout=log, stderr=subprocess.STDOUT, cwd=folder, start_new_session=True
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        return False


def locked(folder: Path) -> bool:
    """Whether a run has left its lock."""
    locks = folder / ".snakemake" / "locks"
    return locks.is_dir() and any(locks.iterdir())


def message(said: str) -> str:
    """The sentence for the user in what a run said: ours, else Snakemake's own lines, joined."""
    lines = [line.strip() for line in said.splitlines()]
    ours = [line for line in lines if line.startswith("interclust: ")]
    if ours:
        return ours[0]
    for number, line in enumerate(lines):
        if SPOKEN.match(line):
            return " ".join(lines[number : number + 8])
    return " ".join(lines[-3:])


def wait_until(condition: Path, process: subprocess.Popen[bytes], seconds: float = 300) -> bool:
    """Wait until a file is there; False if the process ended, or time did, before."""
    end = time.monotonic() + seconds
    while not condition.exists():
        if process.poll() is not None or time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True

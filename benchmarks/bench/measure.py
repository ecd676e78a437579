"""One measurement: a process of its own, under limits of memory and CPU time, waited for with its usage."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .part import Part, Python, R

ROOT = Path(__file__).resolve().parents[2]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
MB = 2**20
OUT_OF_MEMORY = ("MemoryError", "cannot allocate", "llocation", "malloc", "bad_alloc")


@dataclass(frozen=True)
class Limits:
    """MB of private memory and CPU seconds (all threads) that a process may take."""

    memory: int
    cpu: int


@dataclass(frozen=True)
class Usage:
    """What the kernel says of a process and its children: seconds, CPU seconds, MB of the largest one."""

    seconds: float
    cpu: float
    peak: float
    status: int
    out: str
    err: str


def watched(
    command: Sequence[str],
    environment: Mapping[str, str],
    limits: Limits | None = None,
    folder: Path = ROOT,
) -> Usage:
    """Run a command to its end. Memory and CPU are those of ``os.wait4``; a process that sleeps is killed."""
    import time

    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=err,
            env=dict(environment),
            cwd=folder,
            preexec_fn=_limiting(limits) if limits else None,
        )
        guard = threading.Timer(10 * limits.cpu if limits else 3600, process.kill)
        guard.start()
        _, status, used = os.wait4(process.pid, 0)
        guard.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        out.seek(0)
        err.seek(0)
        cpu, largest = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        return Usage(seconds, cpu, largest, process.returncode, out.read(), err.read())


def _limiting(limits: Limits) -> Callable[[], None]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (limits.memory * MB, limits.memory * MB))
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu + 5))

    return limit


def environment(ours: bool) -> dict[str, str]:
    """BLAS at one thread for us, as in every run; peers take the threads they like."""
    found = {key: value for key, value in os.environ.items() if key not in THREADS}
    found["PYTHONPATH"] = os.pathsep.join((str(ROOT), str(ROOT / "workflow")))
    return found | (dict.fromkeys(THREADS, "1") if ours else {})


def prepare(part: Part, size: int, folder: Path, python: str) -> None:
    """Write what the programs of a part read."""
    folder.mkdir(parents=True)
    command = [python, "-m", "benchmarks.bench.worker", part.name, "prepare", str(size), str(folder)]
    done = watched(command, environment(ours=True))
    if done.status:
        raise RuntimeError(f"{part.name}, {size}: {done.err}")


def measure(part: Part, program: str, size: int, folder: Path, python: str, limits: Limits) -> dict[str, Any]:
    """Cost of one program (``lost``: why there is none)."""
    how = part.programs[program]
    if isinstance(how, Python):
        command = [python, "-m", "benchmarks.bench.worker", part.name, program, str(size), str(folder)]
    elif shutil.which("Rscript"):
        command = ["Rscript", str(Path(__file__).with_name(how.script)), str(folder), *how.arguments]
    else:
        return {"lost": f"missing: no Rscript ({needed(how)})"}
    done = watched(command, environment(program.startswith("interclust")), limits)
    if done.status:
        return {"lost": reason(done, how, limits)}
    found: dict[str, Any] = json.loads(done.out.splitlines()[-1])
    return found | {"process_cpu": done.cpu, "peak": done.peak}


def needed(how: R) -> str:
    """How the peers of R are had."""
    return "apt-get install r-base-core " + " ".join(f"r-cran-{name}" for name in how.packages)


def reason(done: Usage, how: Python | R, limits: Limits) -> str:
    """Why a process came to nothing."""
    if done.status == -signal.SIGXCPU:
        return f"fell over: more than {limits.cpu} s of CPU"
    if done.status == -signal.SIGKILL:
        return f"fell over: killed after {done.seconds:.0f} s"
    last = done.err.strip().splitlines()[-1] if done.err.strip() else f"exit {done.status}"
    if any(
        word in done.err for word in ("MemoryError", "cannot allocate", "llocation", "malloc", "bad_alloc")
    ):
        return f"fell over: more than {limits.memory / 1024:g} GB"
    if "No module named" in last:
        return f"missing: {last.split(': ', 1)[-1]}"
    if "no package called" in done.err and isinstance(how, R):
        return f"missing: a package of R ({needed(how)})"
    return f"failed: {last[:120]}"

"""One mutant examined, within bounds of time and memory, with nothing printed."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interclust import ingest

from . import oracle
from .mutant import mutant
from .raw import World

SECONDS = 10
MEMORY = 2 << 30  # bytes of address space beyond those in use at the start
WRITTEN = 20  # one result in so many is written to a folder and read again
TWICE = 25  # one mutant in so many is run twice


class TooSlow(BaseException):
    """Raised by the alarm; nothing that catches Exception catches it."""


@dataclass
class Report:
    """What became of a mutant: accepted, some of it refused, or an error; and what was wrong with that."""

    number: int
    outcome: str
    verdicts: list[oracle.Verdict] = field(default_factory=list)
    seconds: float = 0.0
    done: list[str] = field(default_factory=list)
    detail: str = ""


def limit_memory() -> None:
    """Bound the memory of this process, so that a mutant that takes too much fails alone."""
    with open("/proc/self/statm", encoding="ascii") as stream:
        used = int(stream.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, resource.RLIM_INFINITY))


def examine(seed: int, number: int, keep: Path | None = None, seconds: float = SECONDS) -> Report:
    """Make mutant ``number`` of the seed, run ingest on it and judge the outcome."""
    world = mutant(seed, number)
    with _folder(keep) as folder:
        root = folder / "raw"
        root.mkdir(parents=True, exist_ok=True)
        written = {path: raw.write(root) for path, raw in world.files.items()}
        if keep:
            note = {"done": world.done, "study": world.study}
            (folder / "study.json").write_text(json.dumps(note, indent=1, ensure_ascii=False, default=str))
        return judge(world, number, root, written, seconds)


def judge(world: World, number: int, root: Path, written: oracle.Written, seconds: float) -> Report:
    """Run ingest on the files below ``root``; the verdicts on what it does."""
    report = Report(number, "?", done=[world.name, *world.done])
    started = time.perf_counter()
    result, error, printed = _run(world, root, seconds)
    report.seconds = time.perf_counter() - started
    if isinstance(error, TooSlow):
        report.verdicts.append(("too slow", f"more than {seconds:g} s {_last(error)}"))
    elif error is not None:
        report.verdicts += oracle.of_error(error, world)
        report.detail = "".join(traceback.format_exception(error)[-8:]) if report.verdicts else str(error)
    if printed:
        report.verdicts.append(("printed", printed[:300]))
    report.outcome = type(error).__name__ if error is not None else "accepted"
    if result is None:
        return report
    if len(result.quarantine):
        report.outcome = "quarantined"
    report.verdicts += oracle.of_result(result, world, written, number % WRITTEN == 0)
    if number % TWICE == 0:
        again = _run(world, root, seconds)[0]
        if again is None or _as_text(again) != _as_text(result):
            report.verdicts.append(("another result the second time", ""))
    return report


def _run(world: World, root: Path, seconds: float) -> tuple[Any, BaseException | None, str]:
    """The result or the error of ingest, and what it printed or warned of."""

    def ring(signum: int, frame: Any) -> None:
        raise TooSlow

    result, error = None, None
    before = signal.signal(signal.SIGALRM, ring)
    with _silence() as output, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            result = ingest.run(world.study, root)
        except BaseException as raised:
            error = raised
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    if isinstance(error, KeyboardInterrupt):
        raise error
    said = [
        f"{item.category.__name__}: {item.message} ({Path(item.filename).name}:{item.lineno})"
        for item in warned
    ]
    return result, error, "\n".join([*said, *output])


@contextlib.contextmanager
def _silence() -> Iterator[list[str]]:
    """Catch what libraries write to the two outputs of the process, in whatever language they are."""
    output: list[str] = []
    with tempfile.TemporaryFile() as sink:
        kept = [os.dup(1), os.dup(2)]
        for number in (1, 2):
            os.dup2(sink.fileno(), number)
        try:
            yield output
        finally:
            for number, old in zip((1, 2), kept, strict=True):
                os.dup2(old, number)
                os.close(old)
            sink.seek(0)
            if text := sink.read(2_000).decode("utf-8", "replace"):
                output.append(text)


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """The folder to keep, emptied of an earlier mutant, or one for this mutant only."""
    if keep:
        shutil.rmtree(keep / "raw", ignore_errors=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="interclust-fuzz-") as name:
        yield Path(name)


def _as_text(result: Any) -> str:
    tables = [getattr(result.records, name).to_csv() for name in type(result.records).names()]
    tables += [
        getattr(result, name).to_csv() for name in ("resolution", "unresolved", "quarantine", "conflicts")
    ]
    return json.dumps([result.summary, *tables], default=str)


def _last(error: BaseException) -> str:
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "/interclust/" in frame.filename
    ]
    return f"at {Path(frames[-1].filename).name}:{frames[-1].lineno} {frames[-1].name}" if frames else ""

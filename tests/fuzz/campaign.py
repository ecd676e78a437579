"""Many mutants on all cores: progress, a watch over the workers, and one verdict at the end."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, TextIO

from .examine import SECONDS, Report, examine, limit_memory

PATIENCE = 4 * SECONDS  # seconds until a worker that does not answer is ended
SHOWN = 6  # mutants listed of one kind of failure


@dataclass
class Outcome:
    """What became of all of them."""

    reports: list[Report] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failed(self) -> list[Report]:
        """The mutants on which ingest did what it must not."""
        return [report for report in self.reports if report.verdicts]

    def lines(self) -> list[str]:
        """Failures by kind, then the verdict in one line."""
        kinds: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for report in self.failed:
            for kind, what in report.verdicts:
                kinds[kind].append((report.number, what))
        lines = []
        for kind, found in sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0])):
            lines.append(f"{kind}: {len(found)} mutants")
            lines += [f"  mutant {number}: {' '.join(what.split())[:240]}" for number, what in found[:SHOWN]]
        outcomes = ", ".join(
            f"{count} {name}" for name, count in Counter(r.outcome for r in self.reports).most_common()
        )
        slowest = max(self.reports, key=lambda report: report.seconds, default=None)
        slow = f"; the slowest took {slowest.seconds:.1f} s (mutant {slowest.number})" if slowest else ""
        verdict = f"{len(self.failed)} failed" if self.failed else "none failed"
        return [*lines, f"{len(self.reports)} mutants in {self.seconds:.0f} s: {verdict} ({outcomes}{slow})"]


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    number: int | None = None
    since: float = 0.0


@dataclass
class Progress:
    """Says on a stream how far it is, and of every failure at once."""

    stream: TextIO
    total: int
    done: int = 0
    failed: int = 0
    started: float = field(default_factory=time.monotonic)

    def add(self, report: Report) -> None:
        """Count a mutant."""
        self.done += 1
        self.failed += bool(report.verdicts)
        for kind, what in report.verdicts:
            print(f"mutant {report.number}: {kind}: {' '.join(what.split())[:200]}", file=self.stream)
        terminal = self.stream.isatty()
        if self.done % (20 if terminal else 500) == 0:
            rate = self.done / (time.monotonic() - self.started)
            left = round((self.total - self.done) / rate)
            text = f"{self.done} of {self.total} mutants, {self.failed} failed, {rate:.0f} a second"
            print(f"{text}, {left} s left", end="  \r" if terminal else "\n", file=self.stream, flush=True)


def campaign(seed: int, numbers: Sequence[int], cores: int = 0, stream: TextIO | None = None) -> Outcome:
    """Examine the mutants in processes of their own; one that dies or hangs fails, and another takes over.

    ``cores``: 0 for all; progress goes to ``stream``.
    """
    left = iter(numbers)
    progress = Progress(stream, len(numbers)) if stream else None
    context = multiprocessing.get_context("fork")
    outcome, started = Outcome(), time.monotonic()
    workers = [_start(context, seed) for _ in range(cores or os.cpu_count() or 1)]
    for worker in workers:
        _next(worker, left)
    while busy := [worker for worker in workers if worker.number is not None]:
        ready = wait([worker.pipe for worker in busy], timeout=1)
        for worker in busy:
            report = _heard(worker) if worker.pipe in ready else _watched(worker)
            if report is None:
                continue
            outcome.reports.append(report)
            if progress:
                progress.add(report)
            if report.outcome == "ended":
                workers[workers.index(worker)] = worker = _start(context, seed)
            _next(worker, left)
    for worker in workers:
        worker.pipe.send(None)
        worker.process.join(5)
    outcome.seconds = time.monotonic() - started
    outcome.reports.sort(key=lambda report: report.number)
    return outcome


def _start(context: Any, seed: int) -> _Worker:
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, seed), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _work(pipe: Connection, seed: int) -> None:
    examine(seed, 0)  # what is loaded once is loaded before memory is bounded
    limit_memory()
    while (number := pipe.recv()) is not None:
        pipe.send(examine(seed, number))


def _next(worker: _Worker, left: Iterator[int]) -> None:
    worker.number, worker.since = next(left, None), time.monotonic()
    if worker.number is not None:
        worker.pipe.send(worker.number)


def _heard(worker: _Worker) -> Report | None:
    """The report that came in; of a worker that died, that it did."""
    number = worker.number or 0
    try:
        report: Report = worker.pipe.recv()
    except EOFError:
        worker.process.join()
        return Report(number, "ended", [("worker died", f"exit code {worker.process.exitcode}")])
    return report


def _watched(worker: _Worker) -> Report | None:
    """End a worker that has been silent too long, as the alarm is not heard inside a library."""
    if time.monotonic() - worker.since < PATIENCE:
        return None
    worker.process.kill()
    worker.process.join()
    return Report(worker.number or 0, "ended", [("hang", f"no answer in {PATIENCE} s")])

"""`make bench`: speed, memory and growth of every part beside its peers, in one run.

Peers in Python are installed into results/bench/env in the versions of benchmarks/requirements.lock, and R
is taken from the machine (apt-get install r-base-core r-cran-sandwich r-cran-sna). A line whose program is
missing, fell over or was not tried any more says so. Every measurement is a process of its own: *CPU s* and
*seconds* are of the call, its files read and libraries imported beforehand; *process CPU s* and *peak MB*
of the whole process (os.wait4); CPU counts all threads. Medians of the runs, the order of the programs
turned round each time; a process of more than ten seconds is measured once. *Growth* is the least-squares
slope of log CPU seconds on log rows.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from . import table
from .environment import machine, python_of, versions
from .measure import ROOT, Limits
from .parts import PARTS
from .run import Row, growths, rows_of
from .studies import STUDIES, study_lines

RESULTS = ROOT / "results" / "bench"


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help=f"parts, with commas between: {', '.join(PARTS)}; 'none' for none")
    parser.add_argument("--sizes", help="other sizes, with commas between, of the parts given")
    parser.add_argument("--repeats", type=int, default=3, help="runs, of which medians are taken (3)")
    parser.add_argument("--memory", type=int, default=4096, help="MB that a process may take (4096)")
    parser.add_argument("--cpu", type=int, default=60, help="CPU seconds that a process may take (60)")
    parser.add_argument("--tiny", action="store_true", help="the smallest sizes: does it all work?")
    parser.add_argument("--here", action="store_true", help="install nothing: peers that are already there")
    parser.add_argument(
        "--studies", nargs="?", const=",".join(STUDIES), help="whole studies too (minutes each)"
    )
    parser.add_argument("--folder", type=Path, default=RESULTS, help="where files go (results/bench)")
    given = parser.parse_args()
    unknown = set(chosen(given)) - set(PARTS)
    if unknown:
        parser.error(f"no part is called {sorted(unknown)[0]!r}: there are {', '.join(PARTS)}")
    return given


def chosen(given: argparse.Namespace) -> list[str]:
    """Names of the parts to measure."""
    if given.only == "none":
        return []
    return given.only.split(",") if given.only else list(PARTS)


def lines(given: argparse.Namespace) -> Iterator[str]:
    """All that is printed, as it is known."""
    python = sys.executable if given.here else python_of(given.folder / "env")
    parts = {name: PARTS[name] for name in chosen(given)}
    limited = f"Limits of a process: {given.memory / 1024:g} GB and {given.cpu} CPU seconds."
    yield f"Machine: {machine()}. {versions(python)}. {limited}\n"
    rows: list[Row] = []
    if parts:
        yield table.HEAD
        for part in parts.values():
            sizes = part.tiny if given.tiny else part.sizes
            if given.sizes:
                sizes = tuple(map(int, given.sizes.split(",")))
            place = given.folder / "data"
            shutil.rmtree(place, ignore_errors=True)
            limits = Limits(given.memory, given.cpu)
            for row in rows_of(part, sizes, python, limits, given.repeats, place):
                rows.append(row)
                yield table.line(row)
        yield "\n*Distance* from what interclust finds:\n\n" + "\n".join(table.distances(parts)) + "\n"
        yield table.GROWTH_HEAD
        for (name, program), found in growths(rows).items():
            yield table.growth_line(parts[name], program, found)
    if given.studies:
        yield from study_lines(given.studies.split(","), given.folder / "studies")


def main() -> None:
    """Print the tables, and keep them in a file."""
    given, began = arguments(), time.monotonic()
    given.folder.mkdir(parents=True, exist_ok=True)
    with (given.folder / "bench.md").open("w", encoding="utf-8") as stream:
        for text in lines(given):
            print(text, flush=True)
            print(text, file=stream, flush=True)
        print(f"\nTook {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()

"""``python -m tests.fuzz --mutants 10000``, or ``--only 1234 --keep folder`` to look at one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .campaign import campaign
from .examine import examine, limit_memory


def main() -> int:
    """Run a campaign or one mutant; 1 where something must not be as it is."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutants", type=int, default=500, metavar="N", help="how many (default 500)")
    parser.add_argument("--first", type=int, default=0, metavar="K", help="number of the first one")
    parser.add_argument("--cores", type=int, default=0, metavar="N", help="default: all")
    parser.add_argument("--only", type=int, metavar="K", help="this mutant only, with its story")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="with --only: write the files to this folder"
    )
    given = parser.parse_args()
    if given.only is not None:
        return one(given.seed, given.only, given.keep)
    numbers = range(given.first, given.first + given.mutants)
    outcome = campaign(given.seed, numbers, given.cores, sys.stderr)
    print("\n".join(outcome.lines()))
    return 1 if outcome.failed else 0


def one(seed: int, number: int, keep: Path | None) -> int:
    """Tell the story of one mutant."""
    examine(seed, 0)
    limit_memory()
    report = examine(seed, number, keep)
    print("\n".join(report.done))
    print(f"{report.outcome} in {report.seconds:.2f} s")
    print(report.detail)
    for kind, what in report.verdicts:
        print(f"WRONG: {kind}: {what}")
    return 1 if report.verdicts else 0


if __name__ == "__main__":
    sys.exit(main())

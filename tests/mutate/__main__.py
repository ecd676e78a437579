"""`make mutate`: change the code of the inference in many small ways, and see whether a test notices.

Mutants are cosmic-ray's (operators, comparisons, numbers, conditions, loops), as many of each theme of
``themes.py``, drawn with a seed; annotations of types are left alone. Each is tried in a copy of the checkout
against the theme's tests. Survivors are printed with their change, to be looked at: some change nothing that
can be told (a bound that is never reached), the others are a test that is missing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .program import program_in
from .session import Mutant, begin, cosmic_ray, results, sample
from .themes import THEMES


def main() -> int:
    """Try the mutants and print the score of each theme and every survivor."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutate", description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=600, metavar="N", help="in all (default 600)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only", default=",".join(THEMES), help=f"themes, with commas between: {','.join(THEMES)}"
    )
    parser.add_argument("--cores", type=int, default=2, metavar="N", help="themes at a time (default 2)")
    given = parser.parse_args()
    names = given.only.split(",")
    unknown = [name for name in names if name not in THEMES]
    if unknown:
        print(f"no theme {unknown[0]!r}: there are {', '.join(THEMES)}", file=sys.stderr)
        return 2
    program = program_in(Path("results") / "mutate" / "env")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.cores) as pool:
        tried = pool.map(
            lambda name: one(program, name, Path(folder) / name, given.mutants // len(names), given.seed),
            names,
        )
        found = [mutant for mutants in tried for mutant in mutants]
    print("\n".join(report(found)))
    return 0


def one(program: Path, name: str, folder: Path, count: int, seed: int) -> list[Mutant]:
    """The mutants of one theme."""
    begin(program, THEMES[name], folder)
    there = sample(folder, count, seed)
    print(f"{name}: {min(count, there)} of {there} mutants ...", file=sys.stderr, flush=True)
    cosmic_ray(program, folder, "exec", "session.toml", "session.sqlite")
    return results(folder, name)


def report(found: list[Mutant]) -> list[str]:
    """A table of scores, and the survivors with what was changed."""
    lines = ["| theme | mutants | noticed | share |", "| --- | ---: | ---: | ---: |"]
    for name in [*dict.fromkeys(mutant.theme for mutant in found), ""]:
        mine = [mutant for mutant in found if name in ("", mutant.theme)]
        killed = sum(mutant.killed for mutant in mine)
        lines.append(f"| {name or 'all'} | {len(mine)} | {killed} | {killed / max(len(mine), 1):.1%} |")
    for mutant in found:
        if not mutant.killed:
            changed = [
                line
                for line in mutant.diff.splitlines()
                if line[:1] in "+-" and line[:3] not in ("+++", "---")
            ]
            lines += ["", f"{mutant.module}:{mutant.line} {mutant.operator}", *changed]
    return lines


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tests.chaos --kills 50 --seed 1``; ``--document docs/faults.md`` writes down what came."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from .document import write_document
from .faults import FAULTS, Found, meet
from .kills import Chain, chains, undisturbed


def main() -> int:
    """Kill, then meet every fault; 1 where something did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, metavar="N", help="how many (default 50)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-faults", action="store_true", help="kills only")
    parser.add_argument("--only", metavar="NAME", help="this fault only, and no kill")
    parser.add_argument("--document", type=Path, metavar="FILE", help="write what came to this page")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interclust-chaos-", ignore_cleanup_errors=True) as work:
        return campaign(given, Path(work))


def campaign(given: argparse.Namespace, work: Path) -> int:
    """The campaign in a folder; progress on stderr."""
    start = time.monotonic()
    (work / "undisturbed").mkdir()
    reference, seconds = undisturbed(work / "undisturbed")
    tell(f"an undisturbed run: {len(reference)} files, {seconds:.0f} s")
    ended: list[Chain] = []
    for one in chains(0 if given.only else given.kills, given.seed, work, reference, seconds):
        ended.append(one)
        tell(f"{sum(len(each.kills) for each in ended)} kills; the last study: {'same' if one.held else one}")
    found: list[Found] = []
    for fault in FAULTS if not given.no_faults else ():
        if given.only in (None, fault.name):
            found.append(meet(fault, work, reference))
            tell(f"{fault.name}: {found[-1].verdict}\n    {found[-1].message}")
    kills = sum(len(one.kills) for one in ended)
    resumed = sum(len(one.kills) for one in ended if one.held)
    held = sum(one.held for one in found)
    skipped = sum(one.skipped for one in found)
    tell(
        f"{resumed} of {kills} kills resumed to the same bytes; {held} of {len(found)} faults held, "
        f"{skipped} could not be tried here; {time.monotonic() - start:.0f} s"
    )
    if given.document:
        write_document(given.document, found, ended, given.seed)
    return int(resumed != kills or held + skipped != len(found))


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

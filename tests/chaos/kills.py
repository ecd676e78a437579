"""Kills: the process group of a run is killed at a random moment, again and again; then it is resumed."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .runs import differing, kept, killed_after, locked, message, run
from .ten_clusters import write_smallest

A_CHAIN = 3  # kills that one study takes before its bytes are compared


@dataclass(frozen=True)
class Kill:
    """One kill: after how many seconds of its run, what was there then, and what was said afterwards."""

    chain: int
    seconds: float
    files: int
    said: str


@dataclass(frozen=True)
class Chain:
    """A study that was killed some times and then run to its end; ``differing`` must be empty."""

    kills: tuple[Kill, ...]
    code: int
    differing: tuple[str, ...]

    @property
    def held(self) -> bool:
        return self.code == 0 and not self.differing


def undisturbed(folder: Path) -> tuple[dict[str, str], float]:
    """Digests of a run that nothing disturbs, and its seconds."""
    write_smallest(folder)
    start = time.monotonic()
    code, said = run(folder)
    if code:
        raise RuntimeError(said[-3000:])
    return kept(folder), time.monotonic() - start


def chains(number: int, seed: int, work: Path, reference: dict[str, str], seconds: float) -> Iterator[Chain]:
    """Kill ``number`` times in all; of each chain its end."""
    draw = random.Random(seed)  # noqa: S311
    left, count = number, 0
    while left:
        found = chain(count, min(A_CHAIN, left), draw, work / f"chain{count}", reference, seconds)
        left -= len(found.kills)
        count += 1
        yield found


def chain(
    count: int, most: int, draw: random.Random, folder: Path, reference: dict[str, str], seconds: float
) -> Chain:
    """Kill a new study at most so often, do what the messages say, compare it with the undisturbed one."""
    folder.mkdir()
    write_smallest(folder)
    kills: list[Kill] = []
    while len(kills) < most:
        after = draw.uniform(1, 0.6 * seconds)
        if not killed_after(folder, after):
            break
        said = unlocked(folder, ask=not kills)
        kills.append(Kill(count, after, len(kept(folder)), said.replace(f"{folder.parent}/", "")))
    code, said = run(folder)
    found = Chain(tuple(kills), code, tuple(differing(reference, kept(folder))))
    if found.held:
        shutil.rmtree(folder)
    else:
        (folder / "said.log").write_text(said, encoding="utf-8")
    return found


def unlocked(folder: Path, ask: bool) -> str:
    """Release the lock that a killed run left, as the message of the next run says; return that message."""
    if not locked(folder):
        return ""
    said = ""
    if ask:
        code, text = run(folder)
        said = message(text)
        if code == 0 or "--unlock" not in said:
            raise RuntimeError(f"a locked folder, and no word of --unlock: {text[-2000:]}")
    code, text = run(folder, "--unlock")
    if code:
        raise RuntimeError(text[-2000:])
    return said

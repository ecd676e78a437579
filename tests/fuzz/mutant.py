"""Mutant k of seed s: a small study, spoilt in one place to five."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from . import bases, formats, octets, settings, sheets, texts
from .raw import TEXT_FORMS, Raw, World

LEVELS = {"sheet": 10, "lines": 4, "encoding": 2, "bytes": 3, "format": 2, "file": 1, "setting": 3}
ORDER = ("setting", "sheet", "file", "lines", "encoding", "format", "bytes")  # first what later ones act on
HOW_MANY = [1, 1, 1, 1, 2, 2, 3, 5]


@cache
def forms() -> tuple[str, ...]:
    """The formats that ingest can read by now."""
    from interclust.ingest import readers

    return tuple(form for form in bases.SUFFIX if form in readers.READERS)


def mutant(seed: int, number: int) -> World:
    """The study and its files, ready to be written; ``done`` says what was done to them."""
    rng = random.Random(f"{seed}:{number}")  # noqa: S311
    world = bases.make(rng, forms())
    chosen = rng.choices(list(LEVELS), weights=list(LEVELS.values()), k=rng.choice(HOW_MANY))
    for level in sorted(chosen, key=ORDER.index):
        raw = world.files[_target(rng, world)]
        what = _mutate(rng, world, raw, level)
        world.done.append(f"{raw.path}: {level}, {what}")
    return world


def _target(rng: random.Random, world: World) -> str:
    """Half of the time the projects."""
    return world.main if rng.random() < 0.5 else rng.choice(list(world.files))


def _mutate(rng: random.Random, world: World, raw: Raw, level: str) -> str:
    """Apply one mutation of the level; from lines on, the number of rows is no longer known."""
    if level == "setting":
        return _named(pick(rng, settings.SETTINGS), rng, world, raw)
    if level == "file":
        if raw.lines is None and raw.data is None:
            return _named(pick(rng, settings.FILES), rng, world, raw)
        level = "bytes"
    if level == "sheet":
        made = pick(rng, sheets.MUTATIONS)
        made(rng, raw.sheet)
        raw.n_rows = len(raw.sheet.rows)
        return str(made.__name__)
    if level == "format" and (raw.form == "csv" or raw.data is not None):
        level = "bytes"
    if level in ("lines", "encoding") and (raw.form not in TEXT_FORMS or raw.data is not None):
        level = "bytes"
    raw.n_rows = None
    if level == "lines":
        change = pick(rng, texts.LINE_MUTATIONS)
        change(rng, raw.text())
        return str(change.__name__)
    if level == "encoding":
        encode = pick(rng, texts.ENCODERS)
        raw.data = encode(rng, raw.text())
        return str(encode.__name__)
    if level == "format":
        return formats.spoil(rng, raw)
    spoil = pick(rng, octets.MUTATIONS)
    raw.data = spoil(rng, raw.content())
    return str(spoil.__name__)


def _named(made: Any, rng: random.Random, world: World, raw: Raw) -> str:
    made(rng, world, raw)
    return str(made.__name__)


def pick(rng: random.Random, weighted: dict[Any, int]) -> Any:
    """One of the mutations by weight."""
    return rng.choices(list(weighted), weights=list(weighted.values()))[0]

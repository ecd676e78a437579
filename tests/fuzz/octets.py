"""Mutations of bytes: what broken disks, transfers and programs do to a file of any format."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable

Mutation = Callable[[random.Random, bytes], bytes]
INVALID = (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\x80\x80", b"\xe2\x28\xa1", b"\xc3")


def _at(rng: random.Random, data: bytes) -> int:
    return rng.randint(0, max(0, len(data) - 1))


def flipped(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8, 60]) if data else 0):
        changed[_at(rng, data)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def replaced(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 3, 20]) if data else 0):
        changed[_at(rng, data)] = rng.choice(
            [0, 9, 10, 13, 26, 34, 39, 44, 59, 127, 128, 255, rng.randrange(256)]
        )
    return bytes(changed)


def removed(rng: random.Random, data: bytes) -> bytes:
    at = _at(rng, data)
    return data[:at] + data[at + rng.choice([1, 1, 5, 200]) :]


def inserted(rng: random.Random, data: bytes) -> bytes:
    at = _at(rng, data)
    return data[:at] + rng.randbytes(rng.choice([1, 1, 5, 200])) + data[at:]


def truncated(rng: random.Random, data: bytes) -> bytes:
    return data[: _at(rng, data)]


def headless(rng: random.Random, data: bytes) -> bytes:
    return data[_at(rng, data) :]


def repeated(rng: random.Random, data: bytes) -> bytes:
    start, at = _at(rng, data), _at(rng, data)
    return data[:at] + data[start : start + rng.choice([10, 300, 5_000])] * rng.choice([1, 2, 10]) + data[at:]


def with_nuls(rng: random.Random, data: bytes) -> bytes:
    at = _at(rng, data)
    return data[:at] + b"\0" * rng.choice([1, 2, 30, 1_000]) + data[at:]


def with_invalid(rng: random.Random, data: bytes) -> bytes:
    for _ in range(rng.choice([1, 3, 30])):
        at = _at(rng, data)
        data = data[:at] + rng.choice(INVALID) + data[at:]
    return data


def without_line_ends(rng: random.Random, data: bytes) -> bytes:
    return data.replace(b"\n", rng.choice([b"", b" ", b"\r", b"\0"]))


def noise(rng: random.Random, data: bytes) -> bytes:
    return rng.randbytes(rng.choice([1, 30, 5_000]))


def foreign(rng: random.Random, data: bytes) -> bytes:
    """The beginning of a file of another kind, before the data or alone."""
    start = rng.choice(
        [
            b"PK\x03\x04",
            b"PAR1",
            b"%PDF-1.4\n",
            b"\x1f\x8b\x08\0",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"<html>",
            b"{",
            b"[",
        ]
    )
    return start + rng.choice([b"", data, data[:100] + b"PAR1"])


def packed(rng: random.Random, data: bytes) -> bytes:
    """Packed, whole or cut short, whatever the name says."""
    made = gzip.compress(data, 1, mtime=0)
    return rng.choice([made, made, made[: len(made) // 2], made[:-4], made + made, made + b"rest", made[:12]])


MUTATIONS: dict[Mutation, int] = {
    flipped: 5,
    replaced: 4,
    removed: 4,
    inserted: 4,
    truncated: 3,
    headless: 1,
    repeated: 2,
    with_nuls: 2,
    with_invalid: 4,
    without_line_ends: 1,
    noise: 1,
    foreign: 1,
    packed: 1,
}

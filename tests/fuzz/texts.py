"""Mutations of lines and of the whole text: what editors, merges and wrong decodings do to a file."""

from __future__ import annotations

import random
from collections.abc import Callable

from . import hostile
from .raw import BYTE_ORDER_MARKS, decomposed, mojibake

Lines = list[str]
Mutation = Callable[[random.Random, Lines], None]
Encoder = Callable[[random.Random, Lines], bytes]


def _at(rng: random.Random, lines: Lines) -> int:
    return rng.randrange(len(lines)) if lines else 0


def lost_line(rng: random.Random, lines: Lines) -> None:
    at = _at(rng, lines)
    del lines[at : at + rng.choice([1, 1, 3])]


def doubled_line(rng: random.Random, lines: Lines) -> None:
    if lines:
        lines[rng.randint(0, len(lines)) : 0] = [rng.choice(lines)] * rng.choice([1, 1, 5])


def doubled_block(rng: random.Random, lines: Lines) -> None:
    start = _at(rng, lines)
    lines[rng.randint(0, len(lines)) : 0] = lines[start : start + rng.randint(1, 20)]


def swapped_lines(rng: random.Random, lines: Lines) -> None:
    if len(lines) > 1:
        one, other = rng.sample(range(len(lines)), 2)
        lines[one], lines[other] = lines[other], lines[one]


def merge_markers(rng: random.Random, lines: Lines) -> None:
    start = _at(rng, lines)
    end = min(len(lines), start + rng.randint(0, 3))
    block = lines[start:end]
    markers = rng.choice(
        [["<<<<<<< HEAD\n", "=======\n", ">>>>>>> other\n"], ["<<<<<<< a,b,c\n", "||||||| x\n", ">>>>>>>\n"]]
    )
    lines[start:end] = [markers[0], *block, markers[1], *block[:1], markers[2]]


def blank_lines(rng: random.Random, lines: Lines) -> None:
    for _ in range(rng.randint(1, 4)):
        lines.insert(
            rng.randint(0, len(lines)),
            rng.choice(["\n", "  \n", "\t\n", "\u00a0\n", "\x0c\n", '""\n', ",,,\n", ";\n"]),
        )


def comment_lines(rng: random.Random, lines: Lines) -> None:
    lines.insert(
        rng.randint(0, len(lines)),
        rng.choice(["# made by hand\n", "// 2015\n", "Total;3\n", "sep=;\n", "---\n", '"""\n']),
    )


def joined_lines(rng: random.Random, lines: Lines) -> None:
    if len(lines) > 1:
        at = rng.randrange(len(lines) - 1)
        lines[at : at + 2] = [lines[at].rstrip("\n") + rng.choice(["", " ", ","]) + lines[at + 1]]


def split_line(rng: random.Random, lines: Lines) -> None:
    if lines:
        at = _at(rng, lines)
        place = rng.randint(0, len(lines[at]))
        lines[at : at + 1] = [lines[at][:place] + "\n", lines[at][place:]]


def lone_quote(rng: random.Random, lines: Lines) -> None:
    for _ in range(rng.choice([1, 1, 2])):
        if lines:
            at = _at(rng, lines)
            place = rng.randint(0, len(lines[at]) - 1) if lines[at] else 0
            lines[at] = lines[at][:place] + '"' + lines[at][place:]


def lost_quotes(rng: random.Random, lines: Lines) -> None:
    if lines:
        at = _at(rng, lines)
        lines[at] = lines[at].replace('"', rng.choice(["", "'", "“"]), rng.choice([1, 2, -1]))


def header_elsewhere(rng: random.Random, lines: Lines) -> None:
    if lines:
        header = lines[0]
        if rng.random() < 0.5:
            del lines[0]
        lines.insert(rng.randint(0, len(lines)), header)


def title_above(rng: random.Random, lines: Lines) -> None:
    lines[0:0] = [
        rng.choice(["Projets labellisés\n", "Liste,,,\n", "\n", "Exporté le 3 mai 2016 ; source : pôle\n"])
    ] * rng.randint(1, 3)


def other_spaces(rng: random.Random, lines: Lines) -> None:
    if lines:
        at = _at(rng, lines)
        lines[at] = rng.choice(["\ufeff", "  ", "\t", "\u200b", "\u202e"]) + lines[at]


def returns_within(rng: random.Random, lines: Lines) -> None:
    if lines:
        at = _at(rng, lines)
        lines[at] = lines[at].replace(
            rng.choice([" ", "e", ",", ";"]), rng.choice(["\r", "\r\n", "\x0b", "\u2028", "\x85"]), 1
        )


def other_delimiter(rng: random.Random, lines: Lines) -> None:
    old, new = rng.choice(",;\t|"), rng.choice(",;\t|")
    for at in range(len(lines)) if rng.random() < 0.5 else [_at(rng, lines)][: len(lines)]:
        lines[at] = lines[at].replace(old, new)


def long_line(rng: random.Random, lines: Lines) -> None:
    if rng.random() < 0.1:
        lines.insert(rng.randint(0, len(lines)), rng.choice(["x", ",", '"', "é", ";a"]) * 4_500_000 + "\n")


def hostile_line(rng: random.Random, lines: Lines) -> None:
    lines.insert(rng.randint(0, len(lines)), hostile.text(rng) + "\n")


LINE_MUTATIONS: dict[Mutation, int] = {
    lost_line: 2,
    doubled_line: 2,
    doubled_block: 1,
    swapped_lines: 2,
    merge_markers: 3,
    blank_lines: 2,
    comment_lines: 2,
    joined_lines: 2,
    split_line: 3,
    lone_quote: 4,
    lost_quotes: 2,
    header_elsewhere: 1,
    title_above: 1,
    other_spaces: 1,
    returns_within: 2,
    other_delimiter: 1,
    long_line: 1,
    hostile_line: 1,
}

ENCODINGS = (
    "cp1252",
    "latin-1",
    "mac-roman",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-7",
    "cp850",
    "utf-8-sig",
)


def whole(rng: random.Random, lines: Lines) -> bytes:
    """Another encoding of the whole file."""
    return "".join(lines).encode(rng.choice(ENCODINGS), "replace")


def some_lines(rng: random.Random, lines: Lines) -> bytes:
    """Another encoding of some of the lines."""
    share, other = (
        rng.choice([0.05, 0.5]),
        rng.choice(["cp1252", "latin-1", "mac-roman", "utf-16-le", "cp850"]),
    )
    return b"".join(line.encode(other if rng.random() < share else "utf-8", "replace") for line in lines)


def read_wrongly(rng: random.Random, lines: Lines) -> bytes:
    """Mojibake, once or twice, of all or some of the lines."""
    share, twice = rng.choice([0.1, 1]), rng.random() < 0.3
    made = [mojibake(line) if rng.random() < share else line for line in lines]
    return "".join(mojibake(line) if twice else line for line in made).encode("utf-8", "replace")


def other_signs(rng: random.Random, lines: Lines) -> bytes:
    """Signs that look the same: decomposed accents, other spaces, marks that are not seen."""
    text = "".join(lines)
    ways: list[Callable[[], str]] = [
        lambda: decomposed(text),
        lambda: text.replace(" ", "\u00a0"),
        lambda: text.replace("e", "e\u200b"),
        lambda: text.replace(" ", " \u200f"),
        lambda: text.replace("'", "’"),
        lambda: text.replace("a", "🧪"),
        lambda: text.replace("o", "о"),  # Cyrillic
        lambda: text.replace('"', "“"),
        lambda: text.upper(),
    ]
    return rng.choice(ways)().encode("utf-8", "replace")


def line_ends(rng: random.Random, lines: Lines) -> bytes:
    """Other line ends, of one kind or mixed; more or none at the end of the file."""
    ends = rng.choice(
        [
            ["\r\n"],
            ["\r"],
            ["\n\r"],
            ["\r\r\n"],
            ["\n", "\r\n"],
            ["\n", "\r\n", "\r"],
            ["\u2028"],
            ["\x0b"],
            ["\n\n\n"],
        ]
    )
    text = "".join(line.removesuffix("\n") + rng.choice(ends) for line in lines)
    return (text.rstrip("\r\n") + rng.choice(["", "\n", "\n\n\n", "\r", "\x1a", "\0"])).encode(
        "utf-8", "replace"
    )


def marked(rng: random.Random, lines: Lines) -> bytes:
    """A byte order mark that fits or does not."""
    mark = rng.choice(BYTE_ORDER_MARKS) * rng.choice([1, 1, 2])
    return mark + "".join(lines).encode(rng.choice(["utf-8", "utf-16-le", "cp1252"]), "replace")


ENCODERS: dict[Encoder, int] = {
    whole: 3,
    some_lines: 3,
    read_wrongly: 2,
    other_signs: 3,
    line_ends: 3,
    marked: 1,
}

"""Cells that spoil things: numbers, dates, formulas, signs and values that real and unreal files hold."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from .bases import names

# fmt: off
NUMBERS = [
    "-1", "0", "1", "2", "26", "32767", "32768", "1e400", "-1e5", "nan", "NaN", "inf", "-inf", "1_000",
    "0x1F", "1,5", "1.5", "1.234,5", "1,234.5", "½", "②", "٣", "१२", "²", "1e3", "+7", "2.0", "2,0",
    "99999999999999999999", "2147483648", "3.7", "50%", "10\u20ac", "~40", "40-50", ">3", "12.50.1",
    "1 234,5", "1\u202f234", "environ 60", "440 (more than)", "9" * 5000, "0." + "0" * 400 + "1",
]
DATES = [
    "2015-02-30", "31/04/2010", "00/00/0000", "0000-00-00", "9999-12-31", "10000-01-01", "0001-01-01",
    "1799", "1800", "2100", "2101", "2015", "2014-13", "45123", "2014/2015", "2018-2014", "c.2014",
    "c.1800", "c.2100", "c.1", "20150230", "2015-06-31T10:00:00Z", "12/2014", "3/4/05", "s.d.", "n.d.",
    "T5", "T3", "by 2018", "by 1800", "before 1800", "avant 1900", "T3 2006", "5e trimestre 2006",
    "21 juillet 2006", "1er août 2006", "mai 2010", "entre mai et juin 2006", "30-31 février 2010",
    "fin fin fin 2006", "été 2006", "automne 2100", "2014-01-01 / 2013-01-01", "début courant mi 2010",
    "Tuesday 21 July 2006", "2014-01-01 00:00:00",
]
FORMULAS = [
    "=1+1", '=HYPERLINK("http://x";"y")', "+33 1", "@SUM(A1)", "-2+3", "#REF!", "#N/A", "#NOM?",
    "=cmd|' /C calc'!A0",
]
SIGNS = [
    "\0", "a\0b", "\x01\x1b[31m", "a\rb", "a\nb", "a\r\nb", "a\x0bb", "a\x0cb", "a\x1cb", "a\x85b",
    "a\u2028b", "\u2029", "\ufeff", "\ufeffa", "\u202ea", "\u200f\u200e", "\u200b", "\u00a0", "\u3000", "🧪",
    "👩‍🔬 Pôle", "e\u0301", "ﬁ", "ß", "İ", "\ue000", "a\ue000b", "\ufffd", "\U0010ffff", "\ud7ff", "PÃ´le",
    "PÃƒÂ´le", "A\u0300\u0301\u0302" * 30, "é" * 50,
]
SHAPES = [
    '"', '""', '"""', "'", ",", ";", "|", "\t", "/", "&", " & ", " et ", ";;;", ",,,", '","', '"\n"', "\\",
    "\\n", "(", "((((", ")", "a (b", "(b) (c)", "<<<<<<< HEAD", "=======", ">>>>>>> x", "|||||||", "%s%d",
    "{0}", "${HOME}", "../../etc/passwd", "<script>alert(1)</script>", "None", "null", "NULL", "true",
    "TRUE", "-", "?", ".", "…", "[]", "{}", "[1, 2]", "a, b & c et d / e",
]
JOINS = [
    ";", ",", "/", "|", " et ", " & ", " and ", " - ", " + ", "\n", ", et ", " ; ", "//", "·", " \u2013 ",
    "\t", " ou ", "()",
]
# fmt: on
LONG: list[Callable[[random.Random], str]] = [
    lambda rng: "x" * rng.choice([300, 5_000, 70_000]),
    lambda rng: "x;" * rng.choice([20, 900, 2_000]),
    lambda rng: "a et b & " * rng.choice([10, 200]),
    lambda rng: "mot " * rng.choice([50, 3_000]),
    lambda rng: "(" * 2_000 + ")" * 2_000,
    lambda rng: "A" + "\u0301" * 20_000,
    lambda rng: "1" * 4_400,
    lambda rng: ", ".join(names()[:200]),
    lambda rng: "&".join(str(number) for number in range(40)),
    lambda rng: "Ã" * 3_000,
]
HUGE = 1_100_000  # characters, more than a cell may have; LARGE is just as many as it may
LARGE = 999_900


def text(rng: random.Random) -> str:
    """A hostile cell of any kind."""
    kind = rng.randrange(8)
    if kind == 6:
        return rng.choice(LONG)(rng) if rng.random() < 0.7 else several_names(rng)
    if kind == 7:
        return several_names(rng)
    if kind == 5:
        return "".join(rng.choice(SIGNS + SHAPES + NUMBERS[:40]) for _ in range(rng.randint(2, 5)))
    return rng.choice((NUMBERS, DATES, FORMULAS, SIGNS, SHAPES)[kind])


def several_names(rng: random.Random) -> str:
    """Names of bodies joined by a sign that may or may not separate."""
    return rng.choice(JOINS).join(rng.sample(names(), rng.randint(1, 4)))


def typed(rng: random.Random) -> Any:
    """A value of a typed format where a text is expected."""
    return rng.choice(
        [
            None,
            True,
            False,
            0,
            -1,
            2**31,
            2**63,
            2**70,
            10**400,
            1.5,
            2014.0,
            float("nan"),
            float("inf"),
            -float("inf"),
            1e308,
            Decimal("1.10"),
            b"bytes \xff",
            date(2014, 5, 1),
            datetime(2014, 5, 1, 12, 30),
            datetime(1, 1, 1),
            time(12, 30),
            timedelta(days=3),
            [],
            [None],
            ["Minalogic", "Cap Digital"],
            [["a", ["b", ["c"]]]],
            ["a", 1, None, {"b": 2}],
            {"name": "Minalogic", "role": "lead"},
            {"": {"": {"": []}}},
            "",
            " ",
            "2014",
            text(rng),
        ]
    )

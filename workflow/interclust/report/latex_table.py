r"""A table in LaTeX (booktabs) that fits the line: headings and, where it must be, intervals are stacked.

Widths are reckoned in digits of small print on a line of 160 mm; columns of text take what the others leave.
A table brings its small print along, so that it is as wide in a manuscript as in the report.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterator

from . import escape
from .table import Column, Row, Table

# What a long word is broken into first.
_PARTS = re.compile(r"[^/_]*[/_]+|[^/_]+|^$")

ALIGNED = {"left": "l", "right": "r", "center": "c"}
# Set before the columns: small print with little between them.
SMALL = r"\footnotesize\setlength{\tabcolsep}{3pt}"
# Of a column of text; a space of no width lets the first word of a paragraph be hyphenated.
RAGGED = r"\raggedright\arraybackslash\hskip0pt\relax"
# Widths in digits of what is not as wide as one, in Computer Modern; any other capital, any other sign.
SIGNS = {
    **dict.fromkeys("−×%+=<>≥≤", 1.6),
    **dict.fromkeys("mMwWœæ", 1.6),
    **dict.fromkeys(".,;:[]()!'il", 0.6),
}
CAPITAL, SPACE = 1.4, 0.7
# Shares of the line: a digit, what lies between two columns, the least that a column of text is given, the
# longest heading of a group that stays on one line.
SIGN, GAP, LEAST, LONGEST_GROUP = 0.0104, 0.014, 0.14, 0.9
PIECE = 16  # signs of a word (a hash, a path) that are not broken
LONGEST_WHOLE = 40  # rows of a table that is not cut by the end of a page


def to_latex(table: Table) -> str:
    r"""A ``table``, or a ``longtable`` if it is long. Needs ``\usepackage{array,booktabs,longtable}``."""
    long = table.lines >= LONGEST_WHOLE or table.full
    tight = _least(table, tight=False) > 1
    widths = _widths(table, tight=tight)
    heads = [_heading(column, width) for column, width in zip(table.columns, widths, strict=True)]
    head = " & ".join(_stacked(lines, column) for lines, column in zip(heads, table.columns, strict=True))
    pattern = "".join(_pattern(table, widths))
    caption = rf"\caption{{{escape.latex(table.caption)}}}\label{{tab:{table.name}}}"
    body = [line for row in table.rows for line in _row(row, table, tight=tight)]
    notes = [rf"{{\par\footnotesize\raggedright {escape.latex(note)}\par}}" for note in table.notes]
    notes[:1] = [r"\vspace{2pt}", *notes[:1]] if notes else []
    rules = [r"\toprule", rf"{head} \\", r"\midrule"]
    if long:
        first = [rf"\begingroup{SMALL}", rf"\begin{{longtable}}{{{pattern}}}", rf"{caption} \\"]
        last = [r"\bottomrule", r"\end{longtable}", r"\endgroup", *notes]
        rules += [r"\endfirsthead", *rules, r"\endhead"]  # caption and label stand on the first page alone
    else:
        first = [r"\begin{table}", r"\centering", caption, SMALL, rf"\begin{{tabular}}{{{pattern}}}"]
        last = [r"\bottomrule", r"\end{tabular}", *notes, r"\end{table}"]
    return "\n".join([*first, *rules, *body, *last]) + "\n"


def _widths(table: Table, *, tight: bool) -> list[float]:
    """Digits that each column needs; 0 for a column of text, which has no width of its own."""
    found = []
    for place, column in enumerate(table.columns):
        cells = [line.cells[place].text for line in table.rows if line.kind != "group"]
        lines = [line for text in cells for part in text.split("\n") for line in _lines(part, tight=tight)]
        longest = max(map(_wide, [*lines, *column.title.split()]), default=0)
        found.append(0 if column.share else longest)
    return found


def _wide(text: str) -> float:
    """The width of a text in digits."""
    return sum(
        SIGNS.get(sign) or (CAPITAL if sign.isupper() else SPACE if sign.isspace() else 1) for sign in text
    )


def _least(table: Table, *, tight: bool) -> float:
    """The part of the line that a table cannot do without."""
    texts = sum(bool(column.share) for column in table.columns)
    return SIGN * sum(_widths(table, tight=tight)) + GAP * len(table.columns) + LEAST * texts


def _lines(text: str, *, tight: bool) -> list[str]:
    """The lines of a cell: in a tight table an interval stands below its estimate."""
    estimate, bracket, rest = text.partition(" [")
    return [estimate, f"[{rest}"] if tight and bracket else [text]


def _heading(column: Column, width: float) -> list[str]:
    """The lines of a heading; a column of numbers is at least as wide as the longest word of its own."""
    if column.share:
        return [column.title]
    room = max(math.ceil(width), *map(len, column.title.split()), 1)
    return textwrap.wrap(column.title, room) or [""]


def _stacked(lines: list[str], column: Column) -> str:
    if len(lines) == 1:
        return _breakable(lines[0])
    # An empty group, for a line that begins with a bracket.
    return rf"\shortstack[{ALIGNED[column.align]}]{{" + r"\\{}".join(map(escape.latex, lines)) + "}"


def _pattern(table: Table, widths: list[float]) -> Iterator[str]:
    texts = [column.share for column in table.columns if column.share]
    left = max(0.96 - SIGN * sum(widths) - GAP * len(widths), LEAST * len(texts))
    if table.narrow and _longest_text(table) * SIGN < left:
        yield from (ALIGNED[column.align] for column in table.columns)
        return
    for column in table.columns:
        paragraph = rf"p{{{left * column.share / (sum(texts) or 1):.3f}\linewidth}}"
        yield rf">{{{RAGGED}}}{paragraph}" if column.share else ALIGNED[column.align]


def _longest_text(table: Table) -> float:
    """Digits of the longest cell in a column of text."""
    places = [place for place, column in enumerate(table.columns) if column.share]
    lines = [line for line in table.rows if line.kind != "group"]
    return max((_wide(line.cells[place].text) for line in lines for place in places), default=0)


def _row(line: Row, table: Table, *, tight: bool) -> Iterator[str]:
    if line.kind == "group":
        text = line.cells[0].text
        pattern = "l" if len(text) * SIGN < LONGEST_GROUP else rf"p{{{LONGEST_GROUP}\linewidth}}"
        heading = rf"\textit{{{escape.latex(text)}}}"
        yield rf"\addlinespace \multicolumn{{{len(table.columns)}}}{{{pattern}}}{{{heading}}} \\"
        return
    pieces = [cell.text.split("\n") for cell in line.cells]
    for place in range(max(map(len, pieces))):
        texts = [own[place] if place < len(own) else "" for own in pieces]
        cells = zip(texts, table.columns, strict=True)
        stacked = (_stacked(_lines(text, tight=tight and not column.share), column) for text, column in cells)
        # The lines of one row stay together, in pairs as LaTeX has it.
        yield " & ".join(stacked) + (r" \\*" if place + 1 < max(map(len, pieces)) else r" \\")


def _breakable(text: str) -> str:
    """A cell whose longest words may be broken: behind a sign between words, else anywhere."""
    words = ([piece for part in _PARTS.findall(word) for piece in _chopped(part)] for word in text.split(" "))
    return " ".join(r"\allowbreak{}".join(map(escape.latex, pieces)) for pieces in words)


def _chopped(word: str) -> list[str]:
    return [word[at : at + PIECE] for at in range(0, len(word), PIECE)]

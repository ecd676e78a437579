"""A strict reading of LaTeX without TeX: what is open is closed, and nothing stands where TeX would stop."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Commands whose argument is no text: a sign may stand there that would be wrong in a text.
_NO_TEXT = re.compile(
    r"\\(label|ref|url|href|includegraphics|hypertarget|hyperref|phantomsection|citeproc)"
    r"(\[(?:[^\[\]{}]|\{[^{}]*\})*\])?(\{[^{}]*\})?"
)
_TOKEN = re.compile(r"\\(begin|end)\{([^}]*)\}|\\[A-Za-z]+\*?|\\.|[{}&#$_^~]", re.DOTALL)
_TABLE = re.compile(r"\\begin\{(tabular|longtable)\}")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
TABLES = ("tabular", "longtable")


def body_of(text: str) -> str:
    """What stands in the document, without comments and without arguments that are no text."""
    body = text.partition(r"\begin{document}")[2] or text
    return _NO_TEXT.sub("", _COMMENT.sub("", body.replace(r"\end{document}", "")))


def problems(text: str) -> list[str]:
    """What is wrong, each with the line it stands in; empty for LaTeX that can be set."""
    body = body_of(text)
    return [*_nesting(body), *_rows(body)]


def _nesting(body: str) -> Iterator[str]:
    opened: list[str] = []
    for found in _TOKEN.finditer(body):
        sign, line = found[0], body.count("\n", 0, found.start()) + 1
        if found[1] == "begin" or sign == "{":
            opened.append(found[2] or "{")
        elif found[1] == "end" or sign == "}":
            if not opened or opened.pop() != (found[2] or "{"):
                yield f"line {line}: {sign} closes what is not open"
                return
        elif sign == "&" and not any(name in TABLES for name in opened):
            yield f"line {line}: & outside a table"
        elif sign in "#$_^":
            yield f"line {line}: a bare {sign}"
    if opened:
        yield f"never closed: {opened}"


def _rows(body: str) -> Iterator[str]:
    """Rows of tables whose cells are not as many as their columns."""
    for found in _TABLE.finditer(body):
        pattern, start = _group(body, found.end())
        columns = len(re.findall(r"[lrcp]", re.sub(r">?\{[^{}]*\}", "", pattern)))
        inside = body[start : body.index(rf"\end{{{found[1]}}}", start)]
        for row in _flat(inside).split(r"\\"):
            text = re.sub(r"\\(toprule|midrule|bottomrule|endhead|addlinespace)", "", row).strip()
            spans = [int(number) for number in re.findall(r"\\multicolumn<(\d+)>", text)]
            cells = len(re.findall(r"(?<!\\)&", text)) + 1 + sum(span - 1 for span in spans)
            if text and not text.startswith(r"\caption") and cells != columns:
                yield f"{cells} cells in a table of {columns} columns: {text[:60]}"


def _group(body: str, start: int) -> tuple[str, int]:
    """The group in braces that begins at ``start``, and where it ends."""
    depth = 0
    for place in range(start, len(body)):
        depth += {"{": 1, "}": -1}.get(body[place], 0) if body[place - 1] != "\\" else 0
        if depth == 0:
            return body[start + 1 : place], place + 1
    return body[start:], len(body)


def _flat(text: str) -> str:
    r"""A text without what stands in braces, but for the width of a ``\multicolumn``."""
    text = re.sub(r"\\multicolumn\{(\d+)\}", r"\\multicolumn<\1>", text)
    out, depth = [], 0
    for found in re.finditer(r"\\.|[{}]|[^{}\\]+", text, re.DOTALL):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
        elif depth == 0:
            out.append(found[0])
    return "".join(out)

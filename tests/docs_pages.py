"""The Markdown pages of the repository, and the code on them."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"(```+)(\w*)")
INLINE = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")
PROMPT = "$ "


@dataclass(frozen=True)
class Code:
    """A piece of code on a page: language (empty where none is named), text, line."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """Every page that a reader meets, by its place."""
    folders = [ROOT / "docs", ROOT / ".github", ROOT / "config", ROOT / "data", ROOT / "tests"]
    found = [*ROOT.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))]
    return sorted(found)


def blocks(page: Path) -> list[Code]:
    """Fenced and indented code of a page."""
    return _read(page)[0]


def spans(page: Path) -> list[Code]:
    """Code within the text of a page."""
    _, plain = _read(page)
    place = page.relative_to(ROOT).as_posix()
    text = "\n".join(plain)
    return [
        Code(place, text.count("\n", 0, match.start()) + 1, "", " ".join(match[1].split()))
        for match in INLINE.finditer(text)
    ]


def _read(page: Path) -> tuple[list[Code], list[str]]:
    """The blocks of code of a page, and its lines with those of blocks left blank."""
    lines = page.read_text(encoding="utf-8").split("\n")
    found, plain, n = [], list(lines), 0
    while n < len(lines):
        fence, begin, language = FENCE.match(lines[n]), n, ""
        if fence:
            end = next(k for k in range(n + 1, len(lines)) if lines[k].startswith(fence[1]))
            language, body, n = fence[2], lines[n + 1 : end], end + 1
        elif lines[n].startswith("    ") and (not lines[n - 1].strip() or lines[n - 1].startswith("#")):
            while n < len(lines) and (lines[n].startswith("    ") or not lines[n].strip()):
                n += 1
            body = [line.removeprefix("    ") for line in lines[begin:n]]
        else:
            n += 1
            continue
        text = "\n".join(body).rstrip()
        found.append(Code(page.relative_to(ROOT).as_posix(), begin + 1, language, text))
        plain[begin:n] = [""] * (n - begin)
    return found, plain


def commands(text: str) -> Iterator[str]:
    """The commands of a block: lines behind a prompt where there is one, else all; continued lines joined."""
    lines = re.sub(r"\\\n\s*", "", text).split("\n")
    prompted = [line.removeprefix(PROMPT) for line in lines if line.startswith(PROMPT)]
    for line in prompted or lines:
        command = re.sub(r"\s+#\s.*$", "", line).strip()
        if command:
            yield command


def hooks() -> ModuleType:
    """docs/hooks.py, whose reading of links the site uses."""
    spec = importlib.util.spec_from_file_location("docs_hooks", ROOT / "docs" / "hooks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def sessions(text: str) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines of its answer."""
    found: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        if line.startswith(PROMPT):
            found.append((line.removeprefix(PROMPT), []))
        else:
            found[-1][1].append(line)
    return found


def answers(shown: list[str], printed: str) -> bool:
    """Whether a printed text is the answer that a page shows, where ``...`` stands for any lines."""
    parts = [re.escape(line) + "\n" if line != "..." else "(?:.*\n)*?" for line in shown]
    return re.fullmatch("".join(parts), printed) is not None

"""Links between pages, files named in the text, and what plain Markdown and the site read differently."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from docs_pages import ROOT, blocks, hooks, pages, spans

PACKAGE = ROOT / "workflow" / "interclust"
# Where a path in the text may begin, and folders whose files are there for a while or made by a user.
BEGINNINGS = (ROOT, PACKAGE, ROOT / "workflow", ROOT / "docs", ROOT / "docs" / "tutorial")
OURS = tuple(
    f"{name}/" for name in ("docs", "tests", "workflow", "config", "data/raw", "benchmarks", "profiles")
)
FILE = re.compile(r"[\w./*{},-]+")


def relative(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def targets(page: Path) -> list[str]:
    return hooks().targets(page.read_text(encoding="utf-8"))


@cache
def anchors(page: Path) -> frozenset[str]:
    """Anchors of the headings of a page, as forges and the site make them."""
    text = page.read_text(encoding="utf-8")
    for code in blocks(page):
        text = text.replace(code.text, "")
    found: Counter[str] = Counter()
    for heading in re.findall(r"^#+ +(.*?)\s*$", text, flags=re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        found[re.sub(r"[^\w\- ]", "", plain).lower().replace(" ", "-")] += 1
    return frozenset(found)


def test_links_lead_to_files_and_headings() -> None:
    wrong = []
    for page in pages():
        for target in targets(page):
            path, _, anchor = target.partition("#")
            if urlsplit(target).scheme:
                continue
            there = (page.parent / path).resolve() if path else page
            if not there.exists() or not there.is_relative_to(ROOT):
                wrong.append(f"{relative(page)}: {target} is not there")
            elif anchor and anchor not in anchors(there):
                wrong.append(f"{relative(page)}: {target} has no such heading")
    assert not wrong


def test_addresses_are_sound() -> None:
    wrong = []
    for page in pages():
        for target in targets(page):
            parts = urlsplit(target)
            if parts.scheme and not (
                parts.scheme in ("http", "https") and re.search(r"\w\.\w+$", parts.netloc)
            ):
                wrong.append(f"{relative(page)}: {target}")
    assert not wrong


def test_files_named_in_the_text_exist() -> None:
    """Paths that begin with a folder of ours, and Python files whatever they begin with."""
    wrong = []
    for page in pages():
        for code in spans(page):
            named = code.text.rstrip("/")
            ours = named.startswith(OURS) or re.search(r"/\w+\.py$", named)
            if not FILE.fullmatch(named) or not ours:
                continue
            if not any(exists(start, one) for start in BEGINNINGS for one in unfolded(named)):
                wrong.append(f"{code}: {named}")
    assert not wrong


def exists(start: Path, named: str) -> bool:
    return any(start.glob(named)) if "*" in named else (start / named).exists()


def unfolded(named: str) -> list[str]:
    """``a.{b,c}`` as ``a.b`` and ``a.c``."""
    found = re.fullmatch(r"(.*)\{(.*)\}(.*)", named)
    return [f"{found[1]}{part}{found[3]}" for part in found[2].split(",")] if found else [named]


def test_lists_and_tables_stand_after_a_blank_line() -> None:
    """Else Python-Markdown, which makes the site, takes them for a paragraph."""
    wrong = []
    for page in pages():
        lines = page.read_text(encoding="utf-8").split("\n")
        for number, (before, line) in enumerate(pairwise(lines), start=2):
            begins = re.match(r"(?:[-*]|\d+\.) ", line) or line.startswith("|")
            goes_on = re.match(r"(?:[-*] |[|#]|\d+\. |\s)", before)
            if begins and before.strip() and not goes_on:
                wrong.append(f"{relative(page)}:{number}")
    assert not wrong


def test_every_page_of_the_site_is_in_its_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r"([\w/-]+\.md)$", text, flags=re.MULTILINE))
    written = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}
    assert listed == written | set(hooks().ELSEWHERE.values())


def test_the_reference_has_every_call_that_a_stage_exports() -> None:
    for stage in ("ingest", "panel", "features", "models", "inference", "effects", "simulate"):
        package = importlib.import_module(f"interclust.{stage}")
        calls = [name for name in package.__all__ if not isinstance(getattr(package, name), ModuleType)]
        places = hooks().exported(package.__name__)
        assert [place.rpartition(".")[2] for place in places] == calls
        for place in places:
            module, _, name = place.rpartition(".")
            assert getattr(importlib.import_module(module), name) is getattr(package, name)

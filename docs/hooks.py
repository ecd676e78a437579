"""What `make docs` adds to MkDocs: pages from elsewhere in the repository, and links that hold in both.

Markdown files link each other by their places in the repository, so that a plain view of the files works. In
the site a link to a page leads to the page, one to any other file to a page that shows the file, and one to
a folder is words alone. Nothing may be loaded from the web.
"""

from __future__ import annotations

import ast
import posixpath
import re
from importlib.util import resolve_name
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the tests of the links have no MkDocs
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
ELSEWHERE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "config/README.md": "configuration.md",
    "data/raw/SOURCES.md": "sources.md",
}
CALLS = re.compile(r"^::: (interclust\.\w+)$", re.MULTILINE)
LANGUAGES = {".cff": "yaml", ".yaml": "yaml", ".py": "python", ".json": "json", ".smk": "python"}
# Code as it stands, or a link: the sign of a picture, words, target.
CODE_OR_LINK = re.compile(
    r"^(?P<fence>```+).*?^(?P=fence)\s*?$|(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)"
    r"|(?P<picture>!?)\[(?P<words>(?:`[^`]*`|\[[^\]]*\]|[^\[\]`])*)\]\((?P<target>[^)\s]+)\)",
    re.DOTALL | re.MULTILINE,
)
LOADED = re.compile(r"<(?:(?:script|img|iframe|source)[^>]*\ssrc|link[^>]*\shref)=[\"']?(?:https?:)?//[^>]*>")


def place_of(page: str) -> str:
    """Where the source of a page lies in the repository."""
    return next((place for place, name in ELSEWHERE.items() if name == page), f"docs/{page}")


def page_of(place: str) -> str | None:
    """The page of the site that shows a file of the repository, None for a folder."""
    if place in ELSEWHERE:
        return ELSEWHERE[place]
    if place.startswith("docs/"):
        return place.removeprefix("docs/")
    return f"source/{place}.md" if (ROOT / place).is_file() else None


def targets(text: str) -> list[str]:
    """Where the links and pictures of a Markdown text lead, those in code left out."""
    return [match["target"] for match in CODE_OR_LINK.finditer(text) if match["target"]]


def place_linked(target: str, place: str) -> str:
    """The file of the repository to which a link of another one leads."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(place), target))


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie elsewhere, and one for each other file that a page links."""
    from mkdocs.structure.files import File

    for place, page in ELSEWHERE.items():
        files.append(File.generated(config, page, content=(ROOT / place).read_text(encoding="utf-8")))
    linked = {
        place_linked(target.partition("#")[0], place_of(file.src_uri))
        for file in files.documentation_pages()
        for target in targets(file.content_string)
        if not target.startswith(("#", "http"))
    }
    for place in sorted(linked):
        page = page_of(place) or ""
        if page.startswith("source/"):
            files.append(File.generated(config, page, content=shown(place)))
    return files


def shown(place: str) -> str:
    """A page that shows a file of the repository."""
    text = (ROOT / place).read_text(encoding="utf-8")
    return f"# {place}\n\n````{LANGUAGES.get(Path(place).suffix, 'text')}\n{text}\n````\n"


def exported(package: str) -> list[str]:
    """What a package exports, each by the module that defines it.

    A function often has the name of its module (``models.fit.fit``): its place says which of them is meant.
    """
    (names,) = (
        ast.literal_eval(node.value)
        for node in parsed(package).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets) == "__all__"
    )
    found = [defined(package, name) for name in names]
    return [place for place in found if not (ROOT / "workflow" / f"{place.replace('.', '/')}.py").exists()]


def defined(module: str, name: str) -> str:
    """The place of a name in the module that defines it, which others pass on."""
    inside = module if source_of(module).name == "__init__.py" else module.rpartition(".")[0]
    for node in parsed(module).body:
        for item in node.names if isinstance(node, ast.ImportFrom) and node.module else ():
            if name == (item.asname or item.name):
                return defined(resolve_name("." * node.level + node.module, inside), item.name)
    return f"{module}.{name}"


def parsed(module: str) -> ast.Module:
    """The source of a module."""
    return ast.parse(source_of(module).read_text(encoding="utf-8"))


def source_of(module: str) -> Path:
    """The file of a module or package."""
    path = ROOT / "workflow" / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Let links lead to the pages of the site, and a package stand for what it exports."""
    markdown = CALLS.sub(lambda match: "\n\n".join(f"::: {name}" for name in exported(match[1])), markdown)
    here = page.file.src_uri

    def led(match: re.Match[str]) -> str:
        if not match["target"] or match["target"].startswith(("#", "http")):
            return match[0]
        path, hash_, anchor = match["target"].partition("#")
        there = page_of(place_linked(path, place_of(here)))
        if there is None:
            return match["words"]
        relative = posixpath.relpath(there, posixpath.dirname(here) or ".")
        return f"{match['picture']}[{match['words']}]({relative}{hash_}{anchor})"

    return CODE_OR_LINK.sub(led, markdown)


def on_post_page(output: str, page: Page, **_: Any) -> str:
    """Refuse what a browser would fetch from the web."""
    from mkdocs.exceptions import PluginError

    if found := LOADED.search(output):
        raise PluginError(f"{page.file.src_uri}: the page would load {found[0]!r} from the web")
    return output

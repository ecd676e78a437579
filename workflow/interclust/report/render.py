"""From Markdown to a page, a PDF, Word and LaTeX: pandoc and typst, no network, the same bytes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .. import io
from .document import compose
from .language import Language
from .placing import ReportError
from .results import Results
from .word import still

# Straight quotes and dots stay as they are; everything else is pandoc's Markdown.
READER = "markdown-smart+raw_attribute+fenced_divs+implicit_figures+bracketed_spans"


TITLES = {"report": "report.title", "hypotheses": "cards.title"}


def render(study: str | Path, language: str, languages: Iterable[str], page: str = "report") -> None:
    """Write ``report/<page>.<language>.{html,pdf,docx,tex}`` from the tables, figures and numbers there.

    ``page`` is report or hypotheses (the identification cards); ``languages`` are all those of the study: the
    page links to the others.
    """
    results, say = Results(study), Language(language)
    folder = results.folder / "report"
    text = compose(results, folder, io.read_json(folder / "numbers.json"), say, page)
    subtitle = say.of(results.study.get("label")) or str(results.study.get("name", ""))
    others = [code for code in languages if code != language]
    titles = (say(TITLES[page]), subtitle)
    parsed = parse(text, say, titles)
    render_html(parsed, folder, say, others, folder / f"{page}.{language}.html", page)
    render_pdf(parsed, folder, say, folder / f"{page}.{language}.pdf")
    render_latex(parsed, folder, say, folder / f"{page}.{language}.tex")
    render_word(parsed, folder, say, folder / f"{page}.{language}.docx")


def parse(text: str, say: Language, titles: tuple[str, str]) -> str:
    """Pandoc's tree (JSON) of a page's Markdown, its citations resolved: read once, written four times.

    ``titles`` are title and subtitle.
    """
    options = [
        "--citeproc",
        f"--bibliography={say.source / 'references.bib'}",
        f"--metadata=lang:{say.code}",
        f"--metadata=title:{titles[0]}",
        f"--metadata=subtitle:{titles[1]}",
        "--metadata=link-citations:true",
        "--fail-if-warnings",
    ]
    tree = json.loads(_pandoc(text, "json", options, READER))
    tree["meta"].pop("bibliography")  # Word would keep this path of this machine among its properties
    return json.dumps(tree, ensure_ascii=False)


def render_fragment(text: str) -> str:
    """Markdown (``compose``) as HTML to stand within a page of another make."""
    return _pandoc(text, "html5", ["--fail-if-warnings"], READER)


def render_html(
    parsed: str, folder: Path, say: Language, others: Iterable[str], path: Path, page: str = "report"
) -> None:
    """Write one HTML page (``parsed``: its tree) with its style and pictures inside.

    ``folder`` is where figures/ lies, ``others`` the other languages of the ``page``.
    """
    source = say.source
    options = [
        "--standalone",
        "--embed-resources",
        f"--template={source / 'template.html'}",
        f"--css={source / 'report.css'}",
        "--toc",
        "--toc-depth=2",
        "--section-divs",
        *_common(folder, say),
        f"--variable=page:{page}",
        *(f"--variable=other:{code}" for code in others),
    ]
    io.write_text(_pandoc(parsed, "html5", options), path)


def render_pdf(parsed: str, folder: Path, say: Language, path: Path) -> None:
    """Write a PDF with typst's own fonts alone and no date in it."""
    source = say.source
    options = ["--standalone", f"--template={source / 'template.typ'}", *_common(folder, say)]
    typst_source = _pandoc(parsed, "typst-citations", options)
    with io.atomic(path) as temporary:
        temporary.write_bytes(compile_typst(typst_source, folder))


def render_latex(parsed: str, folder: Path, say: Language, path: Path) -> None:
    """Write LaTeX for LuaLaTeX or XeLaTeX, with the booktabs tables and the figures of ``folder``."""
    template = f"--template={say.source / 'template.tex'}"
    io.write_text(_pandoc(parsed, "latex", ["--standalone", template, *_common(folder, say)]), path)


def render_word(parsed: str, folder: Path, say: Language, path: Path) -> None:
    """Write a Word file: tables as tables with a row of headings, pictures inside, no clock."""
    styles = f"--reference-doc={say.source / 'reference.docx'}"
    with io.atomic(path) as temporary, tempfile.TemporaryDirectory() as apart:
        made = Path(apart) / "made.docx"
        _pandoc(parsed, "docx", ["--standalone", styles, *_common(folder, say)], path=made)
        still(made, temporary)


def compile_typst(text: str, folder: Path) -> bytes:
    """Compile Typst source whose pictures lie below ``folder``; ReportError with the message of typst."""
    import typst

    compile_any: Any = typst.compile  # its stub knows no bytes
    try:
        return bytes(compile_any(text.encode(), root=str(folder.resolve()), ignore_system_fonts=True))
    except (RuntimeError, typst.TypstError) as error:
        raise ReportError(f"the PDF cannot be set: {str(error)[:400]}") from error


def _common(folder: Path, say: Language) -> list[str]:
    source = say.source
    return [
        f"--lua-filter={source / 'blocks.lua'}",
        f"--lua-filter={source / 'exhibits.lua'}",
        f"--resource-path={folder.resolve()}",
        f"--variable=footer:{say('report.footer')}",
        f"--variable=skip:{say('report.skip')}",
        f"--variable=contents:{say('report.contents')}",
        f"--variable=table-word:{say('report.table')}",
        f"--variable=figure-word:{say('report.figure')}",
        f"--variable=page-of:{say('report.page_of')}",
        "--fail-if-warnings",
    ]


def _pandoc(text: str, to: str, options: list[str], source: str = "json", path: Path | None = None) -> str:
    """What pandoc writes, as text; to ``path`` where it is no text."""
    import pypandoc

    try:
        return str(pypandoc.convert_text(text, to, format=source, extra_args=options, outputfile=path))
    except RuntimeError as error:
        raise ReportError(f"pandoc cannot write {to}: {str(error)[:400]}") from error

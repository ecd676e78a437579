"""One folder for a manuscript: tables, figures, numbers and references, with a list of what made each."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from .. import io
from .exhibits import Exhibit, describe
from .provenance import sha256
from .results import Results

FOLDER = "paper"
REFERENCES = "references.bib"
HEAD = r"""# What a manuscript takes from this study

Tables (LaTeX, `booktabs`), figures (PDF), quoted numbers and references, copied from the report of the study
`{study}` by one rule; the same records and settings give the same bytes. In the preamble:

    \usepackage{{array,booktabs,longtable,graphicx}}
    \input{{numbers.tex}}

and in the text `\input{{tables/flow.en.tex}}`, `\includegraphics{{figures/network.en.pdf}}` and, for a number
by its key in `numbers.json`, `\interclust{{records.read}}`. Tables need a line of 160 mm (A4 with margins of
25 mm: `\usepackage[margin=25mm]{{geometry}}`). Names are in Unicode: LuaLaTeX and XeLaTeX set
all of them, pdfLaTeX those in Latin letters.

| exhibit | model | rule | script | file | SHA-256 |
| --- | --- | --- | --- | --- | --- |
"""


def assemble(study: str | Path, files: Iterable[str | Path], references: str | Path) -> None:
    """Write ``report/paper/`` of a study's folder.

    ``files`` are exhibits below ``report/``, copied under the same names; ``references`` is a BibTeX file.
    """
    results = Results(study)
    report = results.folder / "report"
    exhibits = [describe(results, file) for file in sorted(Path(file).relative_to(report) for file in files)]
    for item in exhibits:
        _copy(report / item.file, report / FOLDER / item.file)
    _copy(Path(references), report / FOLDER / REFERENCES)
    bibliography = Exhibit(
        "references", "", "assemble_paper", "workflow/scripts/assemble_paper.py", REFERENCES
    )
    lines = [_line(item, report / FOLDER) for item in (*exhibits, bibliography)]
    head = HEAD.format(study=results.study.get("name", ""))
    io.write_text(head + "\n".join(lines) + "\n", report / FOLDER / "README.md")


def _copy(source: Path, path: Path) -> None:
    with io.atomic(path) as temporary:
        shutil.copyfile(source, temporary)


def _line(item: Exhibit, folder: Path) -> str:
    cells = (item.exhibit, item.model, item.rule, item.script, item.file, sha256(folder / item.file))
    return f"| {' | '.join(cells)} |"

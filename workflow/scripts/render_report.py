"""The report: a page and a PDF in each language, from the Markdown source, the exhibits and the numbers."""

from collections.abc import Iterable
from pathlib import Path

from interclust.cli import reporting_errors
from interclust.report.render import render


def main(study: str, languages: Iterable[str]) -> None:
    """Render into report/ beside ``study`` (study.json)."""
    for language in languages:
        render(Path(study).parent, language, languages)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.input.study, snakemake.params.languages)

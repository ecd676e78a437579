"""The report and the cards: a page and a PDF in each language, from exhibits, numbers and the source."""

from collections.abc import Iterable
from pathlib import Path

from interclust.cli import reporting_errors
from interclust.report.render import render


def main(study: str, languages: Iterable[str], pages: Iterable[str]) -> None:
    """Render into report/ beside ``study`` (study.json)."""
    for page in pages:
        for language in languages:
            render(Path(study).parent, language, languages, page)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.input.study, snakemake.params.languages, snakemake.params.pages)

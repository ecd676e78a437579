"""The folder of a manuscript: tables, figures, numbers and references of a study, with what made each."""

from collections.abc import Iterable
from pathlib import Path

from interclust.cli import reporting_errors
from interclust.report.paper import assemble


def main(study: str, exhibits: Iterable[str], references: str) -> None:
    """Copy into report/paper/ beside ``study`` (study.json)."""
    assemble(Path(study).parent, exhibits, references)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.input.study, snakemake.input.exhibits, snakemake.input.references)

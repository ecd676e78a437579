"""The figures of a study: lists by period, network, ratios, and what would undo them or was true."""

from collections.abc import Iterable
from pathlib import Path

from interclust.cli import reporting_errors
from interclust.report.draw import draw


def main(study: str, names: Iterable[str], languages: Iterable[str]) -> None:
    """Draw from the folder that holds ``study`` (study.json) into its report/figures."""
    draw(Path(study).parent, names, languages)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.input.study, snakemake.params.names, snakemake.params.languages)

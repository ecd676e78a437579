"""The interactive page of a study: network, map and table of its ties, one file in each language."""

from collections.abc import Iterable
from pathlib import Path

from interclust.cli import reporting_errors
from interclust.report.explorer import explore


def main(study: str, languages: Iterable[str]) -> None:
    """Write the pages into report/ beside ``study`` (study.json)."""
    explore(Path(study).parent, languages)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.input.study, snakemake.params.languages)

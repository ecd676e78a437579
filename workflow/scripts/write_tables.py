"""The tables of a study, the numbers that its report quotes, and its network for other programs."""

from collections.abc import Iterable
from pathlib import Path

from interclust.cli import reporting_errors
from interclust.report.network_files import write_network
from interclust.report.tabulate import collect_numbers, tabulate


def main(study: str, raw: Iterable[str], names: Iterable[str], languages: Iterable[str]) -> None:
    """Write tables, quoted numbers and network beside ``study`` (study.json); ``raw`` files are hashed."""
    tabulate(Path(study).parent, names, languages, raw, Path.cwd())
    collect_numbers(Path(study).parent)
    write_network(Path(study).parent)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.input.study,
            snakemake.input.raw,
            snakemake.params.names,
            snakemake.params.languages,
        )

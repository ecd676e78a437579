"""Where everything comes from: the list of exhibits and the one file with a clock."""

from collections.abc import Iterable
from pathlib import Path

from interclust.cli import reporting_errors
from interclust.report.exhibits import write_provenance


def main(study: str, exhibits: Iterable[str], raw: Iterable[str]) -> None:
    """Write exhibits.csv and provenance.json of the study whose study.json is ``study``."""
    write_provenance(Path(study).parent, exhibits, raw, Path.cwd())


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.input.study, snakemake.input.exhibits, snakemake.input.raw)

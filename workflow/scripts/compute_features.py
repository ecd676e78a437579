"""Compute the features of a study's panel."""

from pathlib import Path

from interclust import features
from interclust.cli import reporting_errors
from interclust.records import Records


def main(spec: dict, records: Path, panel: Path, folder: Path, threads: int) -> None:
    """Write period files, the pairs of lists, moments and the dictionary to ``folder``."""
    features.write(Records.read(records), spec, panel, folder, threads)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            {"panel": snakemake.params.panel, "features": snakemake.params.features},
            Path(snakemake.input.records[0]).parent,
            Path(snakemake.input.lists).parent,
            Path(snakemake.output.moments).parent,
            snakemake.threads,
        )

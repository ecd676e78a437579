"""Compute the features of a study's panel, and how they lie and hang together."""

from pathlib import Path

from interclust import features
from interclust.cli import reporting_errors
from interclust.features.describe import write_description
from interclust.records import Records


def main(spec: dict, records: Path, panel: Path, folder: Path, threads: int, written: bool) -> None:
    """Write period files (unless they are ``written``), pairs of lists and moments to ``folder``."""
    write = features.gather if written else features.write
    write(Records.read(records), spec, panel, folder, threads)
    write_description(folder)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            {"panel": snakemake.params.panel, "features": snakemake.params.features},
            Path(snakemake.input.records[0]).parent,
            Path(snakemake.input.lists).parent,
            Path(snakemake.output.moments).parent,
            snakemake.threads,
            bool(snakemake.input.written),
        )

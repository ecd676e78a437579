"""Compute the features of the pairs of a study's clusters that may merge."""

from pathlib import Path

from interclust import features
from interclust.cli import reporting_errors
from interclust.records import Records


def main(spec: dict, records: Path, mergers: Path) -> None:
    """Write one row a pair and year to ``mergers``."""
    features.write_mergers(Records.read(records), spec, mergers)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            {"panel": snakemake.params.panel, "features": snakemake.params.features},
            Path(snakemake.input.records[0]).parent,
            Path(snakemake.output.mergers),
        )

"""Compute the features of the dyads of a study's coded relations."""

from pathlib import Path

from interclust import features
from interclust.cli import reporting_errors
from interclust.records import Records


def main(spec: dict, records: Path, contacts: Path) -> None:
    """Write one row a relation to ``contacts``."""
    features.write_contacts(Records.read(records), spec, contacts)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            {"panel": snakemake.params.panel, "features": snakemake.params.features},
            Path(snakemake.input.records[0]).parent,
            Path(snakemake.output.contacts),
        )

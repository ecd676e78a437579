"""The mergers of a study's clusters as an outcome of pairs, and what became of each record of them."""

from pathlib import Path

from interclust import panel
from interclust.cli import reporting_errors
from interclust.panel.describe import write_merger_tables
from interclust.records import Records


def main(spec: dict, records: Path, mergers: Path, flow: Path) -> None:
    """Write the pairs at risk of merging to ``mergers``, the accounts of them beside ``flow``."""
    found = Records.read(records)
    panel.write_mergers(found, spec, mergers)
    write_merger_tables(found, spec, flow.parent)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.params.spec,
            Path(snakemake.input.records[0]).parent,
            Path(snakemake.output.mergers),
            Path(snakemake.output.flow),
        )

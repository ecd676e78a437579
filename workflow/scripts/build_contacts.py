"""The coded relations of a study as an outcome of dyads, and what became of each on the way."""

from pathlib import Path

from interclust import panel
from interclust.cli import reporting_errors
from interclust.panel.describe import write_contact_flow
from interclust.records import Records


def main(spec: dict, records: Path, contacts: Path, flow: Path) -> None:
    """Write one row a relation of two bodies to ``contacts`` and the account of them to ``flow``."""
    found = Records.read(records)
    panel.write_contacts(found, spec, contacts)
    write_contact_flow(found, spec, flow)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.params.spec,
            Path(snakemake.input.records[0]).parent,
            Path(snakemake.output.contacts),
            Path(snakemake.output.flow),
        )

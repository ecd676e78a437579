"""Build the panel of a study from its records."""

from pathlib import Path

from interclust import panel
from interclust.cli import reporting_errors
from interclust.records import Records


def main(spec: dict, records: Path, folder: Path, threads: int) -> None:
    """Write period files, lists, dyads and the flow to ``folder``."""
    panel.write(Records.read(records), spec, folder, threads)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.params.spec,
            Path(snakemake.input.records[0]).parent,
            Path(snakemake.output.flow).parent,
            snakemake.threads,
        )

"""Build the panel of a study from its records; where jobs of parts wrote the periods, what is beside them."""

from pathlib import Path

from interclust import panel
from interclust.cli import reporting_errors
from interclust.records import Records


def main(spec: dict, records: Path, folder: Path, threads: int, written: bool) -> None:
    """Write period files (unless they are ``written``), lists, dyads and the flow to ``folder``."""
    if written:
        panel.gather(Records.read(records), spec, folder)
    else:
        panel.write(Records.read(records), spec, folder, threads)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.params.spec,
            Path(snakemake.input.records[0]).parent,
            Path(snakemake.output.flow).parent,
            snakemake.threads,
            bool(snakemake.input.periods),
        )

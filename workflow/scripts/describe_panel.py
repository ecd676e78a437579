"""What the panel of a study looks like: network, transitions, gaps, lists, visibility."""

from pathlib import Path

from interclust import io
from interclust.cli import reporting_errors
from interclust.panel import describe
from interclust.records import Records


def main(spec: dict, complete: bool, records: Path, panel: Path) -> None:
    """Write the tables to ``panel``/describe."""
    checks = io.read_json(records / "ingest.json")["checks"]
    describe.write(Records.read(records), spec, panel, checks, complete)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.params.spec,
            snakemake.params.records == "complete",
            Path(snakemake.input.records[0]).parent,
            Path(snakemake.input.flow).parent,
        )

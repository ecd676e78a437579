"""Read a study's raw tables; write its records and the tables that people check them by."""

from pathlib import Path

from interclust import ingest
from interclust.cli import reporting_errors


def main(spec: dict, raw: str, folder: Path) -> None:
    """Read the files that ``spec`` names below ``raw`` and write the stage to ``folder``."""
    ingest.run({"ingest": spec}, raw).write(folder)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.params.spec, snakemake.params.folder, Path(snakemake.output.summary).parent)

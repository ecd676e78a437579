"""Simulate the records of a study and write them as raw tables, with their truth."""

from pathlib import Path

from interclust import simulate
from interclust.cli import reporting_errors


def main(study: dict, folder: Path) -> None:
    """Write the raw tables of the simulated ``study`` and truth.json to ``folder``."""
    simulated = simulate.generate(study)
    simulate.write_tables(simulated, study, simulate.source_folder(study), folder)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(dict(snakemake.params.items()), Path(snakemake.output.truth).parent)

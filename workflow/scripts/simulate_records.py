"""Simulate the records of a study and write them as raw tables, with their truth."""

from collections.abc import Iterable
from pathlib import Path

from interclust import simulate
from interclust.cli import reporting_errors


def main(study: dict, folder: Path) -> None:
    """Write the raw tables of the simulated ``study`` and truth.json to ``folder``."""
    simulated = simulate.generate(study)
    simulate.write_tables(simulated, study, simulate.source_folder(study), folder)


def touch(tables: Iterable[str]) -> None:
    """Leave empty what other simulated studies alone read: the rule has the same outputs for all."""
    for table in map(Path, tables):
        table.touch()


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(dict(snakemake.params.items()), Path(snakemake.output.truth).parent)
        touch(snakemake.output.tables)

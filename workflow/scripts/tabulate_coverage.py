"""Tabulate the coverage of every covariance in every cell of a validity grid."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.io import write_csv
from interclust.simulate.validity import tabulate


def main(cells: list[str], output: str) -> None:
    """Write the table of the cells whose files are ``cells``, in their order."""
    write_csv(tabulate(dict.fromkeys(Path(cell).parent for cell in cells)), output)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(list(snakemake.input.cells), snakemake.output.coverage)

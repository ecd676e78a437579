"""Fit the pseudo-true value of a cell of a validity grid."""

from interclust.cli import reporting_errors
from interclust.io import write_csv
from interclust.simulate.validity import Cell, truth


def main(cell: dict, output: str) -> None:
    """Write the truth of each term of ``cell``."""
    write_csv(truth(Cell.of(cell)), output)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.params.cell, snakemake.output.truth)

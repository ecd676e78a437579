"""Make one block of replications of a cell of a validity grid."""

from interclust.cli import reporting_errors
from interclust.io import write_csv
from interclust.simulate.validity import Cell, block


def main(cell: dict, replications: list[int], output: str) -> None:
    """Write estimates and standard errors of the replications from the first to before the last."""
    write_csv(block(Cell.of(cell), range(*replications)), output)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.params.cell, snakemake.params.replications, snakemake.output.block)

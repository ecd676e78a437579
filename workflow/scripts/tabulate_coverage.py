"""Tabulate the coverage of every covariance in every cell of a validity grid."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.io import write_csv, write_text
from interclust.simulate.validity import Cell, markdown, tabulate


def main(cells: list[dict], coverage: str, page: str) -> None:
    """Write the table of the ``cells``, whose files lie beside it, for programs and for people."""
    table = tabulate(Path(coverage).parent / "cells", map(Cell.of, cells))
    write_csv(table, coverage)
    write_text(markdown(table), page)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.params.cells, *snakemake.output)

"""Tabulate the coverage of every covariance in every cell of a validity grid."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.io import write_csv, write_text
from interclust.simulate.validity import Cell, markdown, tabulate


def main(cells: list[str], settings: dict[str, dict], coverage: str, page: str) -> None:
    """Write the table of the cells whose files are ``cells``, in their order, for programs and for people."""
    table = tabulate(dict.fromkeys(Path(cell).parent for cell in cells))
    write_csv(table, coverage)
    write_text(markdown(table, {name: Cell.of(cell) for name, cell in settings.items()}), page)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(list(snakemake.input.cells), snakemake.params.cells, *snakemake.output)

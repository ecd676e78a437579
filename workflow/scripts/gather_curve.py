"""Gather the batches of a specification curve into its table."""

from functools import partial

import pandas as pd

from interclust.cli import reporting_errors
from interclust.io import whole_csv, write_csv
from interclust.models.curves import gather_curve


def main(batches: list[str], curve: str) -> None:
    """Write the rows of all batches, in the order of their specifications."""
    read = partial(pd.read_csv, keep_default_na=False, na_values=[""], float_precision="round_trip")
    write_csv(gather_curve(map(read, map(whole_csv, batches))), curve)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.input.batches, snakemake.output.curve)

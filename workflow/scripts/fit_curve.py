"""Fit one batch of the specifications of a curve."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.io import write_csv
from interclust.models.curves import run_curve


def main(specifications: list[dict], estimates: str, threads: int) -> None:
    """Write one row a specification and term, from the files of results/<study>."""
    write_csv(run_curve(specifications, Path(estimates).parents[3], threads), estimates)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.params.specifications, snakemake.output.estimates, snakemake.threads)

"""Tests of several terms together and of one term across two models, as the hypotheses of a study ask."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.effects.comparisons import compare
from interclust.io import read_json, write_csv


def main(hypotheses: dict, fits: list[str], comparisons: str) -> None:
    """Write one row a test that no table of one model's effects answers."""
    by_model = {fit["model"]: fit for fit in map(read_json, fits)}
    write_csv(compare(hypotheses, by_model, Path(comparisons).parent.parent), comparisons)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.params.hypotheses, snakemake.input.fits, snakemake.output.comparisons)

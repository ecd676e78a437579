"""Refit a list-choice model under other choices and write what changes."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.io import read_json, write_csv
from interclust.models.lists.sensitivity import list_sensitivity


def main(fit: str, sensitivity: str) -> None:
    """Write the ratios of a recorded fit under every variant."""
    write_csv(list_sensitivity(read_json(fit), Path(sensitivity).parent.parent.parent), sensitivity)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.input.fit, snakemake.output.sensitivity)

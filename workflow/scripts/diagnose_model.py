"""Diagnose one fitted model of a study: collinearity, dispersion, influence, dependence, network."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.io import read_json
from interclust.models.diagnostics import diagnose


def main(fit: str, settings: dict, summary: str) -> None:
    """Write the tables of a recorded fit and their ``summary`` (diagnostics.json) into one folder."""
    folder = Path(summary).parent
    diagnose(read_json(fit), folder.parent.parent.parent, settings).write(folder)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.input.fit, snakemake.params.settings, snakemake.output.summary)

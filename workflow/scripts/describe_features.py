"""How the features of a study's panel lie and hang together: quartiles, correlations, condition numbers."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.features.describe import write_description


def main(folder: Path) -> None:
    """Write the tables to ``folder``, the stage's own."""
    write_description(folder)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(Path(snakemake.input.moments).parent)

"""Write a study's resolved settings."""

from interclust.cli import reporting_errors
from interclust.io import write_json


def main(study: dict, path: str) -> None:
    """Write the settings of one study."""
    write_json(study, path)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.params.study, snakemake.output.study)

"""Check every fitted model of a study against statsmodels at our parameters."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.io import read_json, write_json
from interclust.models.reference import check


def main(fits: list[str], reference: str) -> None:
    """Write {model: comparison or null}; stop if one is not at statsmodels' optimum."""
    records = [read_json(path) for path in fits]
    folder = Path(reference).parent.parent
    write_json({record["model"]: check(record, folder) for record in records}, reference)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(list(snakemake.input.fits), snakemake.output.reference)

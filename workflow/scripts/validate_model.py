"""Forecast each period from those before it, and write how good the forecasts were."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.io import write_csv
from interclust.models.validation.study import validate_study


def main(spec: dict, scores: str, calibration: str, threads: int) -> None:
    """Write scores and calibration of a model from the files of its study, results/<study>."""
    found = validate_study(spec, Path(scores).parent.parent.parent, threads)
    write_csv(found.scores, scores)
    write_csv(found.calibration, calibration)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.params.spec,
            snakemake.output.scores,
            snakemake.output.calibration,
            snakemake.threads,
        )

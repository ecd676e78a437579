"""Write the files of features of some periods of a study: one job of several."""

from pathlib import Path

from interclust import features
from interclust.cli import reporting_errors
from interclust.records import Records


def main(spec: dict, records: Path, panel: Path, folder: Path, periods: list[int], threads: int) -> None:
    """Write the files of ``periods`` to ``folder``/periods, from those of the panel."""
    features.write_periods(Records.read(records), spec, panel, folder, periods, threads)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            {"panel": snakemake.params.panel, "features": snakemake.params.features},
            Path(snakemake.input.records[0]).parent,
            Path(snakemake.input.periods[0]).parents[1],
            Path(snakemake.output.periods[0]).parents[1],
            snakemake.params.periods,
            snakemake.threads,
        )

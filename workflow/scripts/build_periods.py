"""Write the panel's files of some periods of a study: one job of several."""

from pathlib import Path

from interclust import panel
from interclust.cli import reporting_errors
from interclust.records import Records


def main(spec: dict, records: Path, folder: Path, periods: list[int], threads: int) -> None:
    """Write the files of ``periods`` to ``folder``/periods."""
    panel.write_periods(Records.read(records), spec, folder, periods, threads)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.params.spec,
            Path(snakemake.input.records[0]).parent,
            Path(snakemake.output.periods[0]).parents[1],
            snakemake.params.periods,
            snakemake.threads,
        )

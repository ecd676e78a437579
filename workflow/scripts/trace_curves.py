"""The curves that models ask for: average outcomes and slopes along a feature, with their intervals."""

from pathlib import Path

import pandas as pd

from interclust.cli import reporting_errors
from interclust.effects.trace import trace
from interclust.io import read_json, write_csv


def main(fits: list[str], curves_of: dict[str, dict], records: str, curves: str) -> None:
    """Write the points of the curves of recorded fits; ``records``: complete or incomplete."""
    folder = Path(curves).parent.parent
    found = [trace(fit, curves_of[fit["model"]], folder, records) for fit in map(read_json, fits)]
    write_csv(pd.concat(found, ignore_index=True), curves)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.input.fits,
            snakemake.params.curves_of,
            snakemake.params.records,
            snakemake.output.curves,
        )

"""The curves that a model asks for: average outcomes and slopes along a feature, with their intervals."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.effects.trace import trace
from interclust.io import read_json, write_csv


def main(fit: str, curves_of: dict, records: str, curves: str) -> None:
    """Write the points of the curves of a recorded fit; ``records``: complete or incomplete."""
    write_csv(trace(read_json(fit), curves_of, Path(curves).parent.parent, records), curves)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.input.fit,
            snakemake.params.curves_of,
            snakemake.params.records,
            snakemake.output.curves,
        )

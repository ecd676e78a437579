"""Effects of one model: ratios, marginal effects, slopes, differences, with their intervals."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.effects import estimate
from interclust.io import read_json, write_csv


def main(fit: str, records: str, effects: str) -> None:
    """Write the effects of a recorded fit; ``records``: complete or incomplete."""
    write_csv(estimate(read_json(fit), Path(effects).parent.parent, records), effects)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.input.fit, snakemake.params.records, snakemake.output.effects)

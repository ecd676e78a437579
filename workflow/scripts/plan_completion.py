"""The completion plan of a study: fits, features and records -> effects/completion*.csv."""

from pathlib import Path

import pandas as pd

from interclust.cli import reporting_errors
from interclust.effects.planner import plan
from interclust.io import whole_csv, write_csv


def main(study: dict, effects: list[str], summary: str, measured: list[str], to: dict[str, str]) -> None:
    """Write the tables of the plan; ``summary`` (ingest.json) lies in the study's folder of results."""
    rows = pd.concat([pd.read_csv(whole_csv(path)) for path in effects], ignore_index=True)
    found = plan(study, Path(summary).parent.parent, rows, *measured)
    for name, path in to.items():
        write_csv(found[name], path)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.params.study,
            [*snakemake.input.effects, snakemake.input.comparisons],
            snakemake.input.summary,
            list(snakemake.input.measured),
            dict(snakemake.output.items()),
        )

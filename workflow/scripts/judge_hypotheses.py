"""Judge the hypotheses of a study: effects, fits and moments -> effects/hypotheses.csv, scoreboard.csv."""

import pandas as pd

from interclust.cli import reporting_errors
from interclust.effects.hypotheses import judge, scoreboard
from interclust.io import read_json, write_csv


def main(
    study: dict, effects: list[str], fits: list[str], moments: str, hypotheses: str, scores: str
) -> None:
    """Write the verdict on every prediction, and the scoreboard that sums them up."""
    rows = pd.concat([pd.read_csv(path) for path in effects], ignore_index=True)
    by_model = {fit["model"]: fit for fit in map(read_json, fits)}
    judged = judge(study, rows, by_model, read_json(moments))
    write_csv(judged, hypotheses)
    write_csv(scoreboard(study, judged), scores)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.params.study,
            [*snakemake.input.effects, snakemake.input.comparisons],
            snakemake.input.fits,
            snakemake.input.moments,
            snakemake.output.hypotheses,
            snakemake.output.scoreboard,
        )

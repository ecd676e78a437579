"""Judge the hypotheses of a study: effects/comparisons.csv, hypotheses.csv, scoreboard.csv, cards.json."""

from pathlib import Path

import pandas as pd

from interclust.cli import reporting_errors
from interclust.effects.cards import CONTRACT, cards
from interclust.effects.comparisons import compare
from interclust.effects.evidence import Evidence
from interclust.effects.hypotheses import judge, scoreboard
from interclust.io import read_json, whole_csv, write_csv, write_json


def main(
    study: dict, effects: list[str], fits: list[str], features: dict[str, str], to: dict[str, str]
) -> None:
    """Write the verdict on every prediction, the scoreboard that sums them up, and a card for every claim.

    Beside the tables of effects they rest on tests of several terms together and across two models, which no
    table of one model answers.
    """
    by_model = {fit["model"]: fit for fit in map(read_json, fits)}
    compared = compare(study["hypotheses"], by_model, Path(to["comparisons"]).parent.parent)
    write_csv(compared, to["comparisons"])
    rows = pd.concat(map(pd.read_csv, map(whole_csv, [*effects, to["comparisons"]])), ignore_index=True)
    moments = read_json(features["moments"])
    dictionary = pd.read_csv(whole_csv(features["dictionary"]), keep_default_na=False).to_dict("records")
    judged = judge(study, rows, by_model, moments)
    found = cards(Evidence(study, rows, by_model, moments, {}), judged, dictionary)
    write_csv(judged, to["hypotheses"])
    write_csv(scoreboard(study, judged), to["scoreboard"])
    write_json({"contract": CONTRACT, "cards": found}, to["cards"])


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.params.study,
            snakemake.input.effects,
            snakemake.input.fits,
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
        )

"""The rows of a paper's tables with the verdicts and the rows of the ledger that bear on them."""

import pandas as pd

from interclust.cli import reporting_errors
from interclust.contracts import CONTRACTS
from interclust.effects.paper_tables import tabulate_evidence
from interclust.io import whole_csv, write_csv


def main(relations: str, hypotheses: str, scoreboard: str, ledger: dict, to: str) -> None:
    """Write ``effects/paper_tables.csv``."""
    judged, scores = pd.read_csv(whole_csv(hypotheses)), pd.read_csv(whole_csv(scoreboard))
    write_csv(tabulate_evidence(ledger, judged, scores, CONTRACTS["ingest/relations"].read(relations)), to)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.input.relations,
            snakemake.input.hypotheses,
            snakemake.input.scoreboard,
            snakemake.params.ledger,
            snakemake.output.evidence,
        )

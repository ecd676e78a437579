"""Sum up the verdicts of many worlds of a synthetic study."""

import pandas as pd

from interclust.cli import reporting_errors
from interclust.io import whole_csv, write_csv, write_text
from interclust.simulate.verdict_table import false_verdicts, markdown, tabulate


def main(study: dict, blocks: list[str], verdicts: str, errors: str, page: str) -> None:
    """Write the table of tests, that of right and wrong verdicts, and both for people."""
    found = pd.concat(
        [pd.read_csv(whole_csv(path), keep_default_na=True) for path in blocks], ignore_index=True
    )
    truths = study["simulate"].get("claims", {})
    table, wrong = tabulate(found, truths), false_verdicts(found, truths, study["hypotheses"])
    write_csv(table, verdicts)
    write_csv(wrong, errors)
    write_text(markdown(table, wrong), page)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.params.study, list(snakemake.input.blocks), *snakemake.output)

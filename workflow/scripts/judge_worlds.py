"""Judge the hypotheses of a synthetic study in one block of worlds."""

from interclust.cli import reporting_errors
from interclust.io import write_csv
from interclust.simulate.verdicts import check_claims, judge_worlds


def main(study: dict, worlds: list[int], output: str) -> None:
    """Write a row a world and test, of the worlds from the first to before the last."""
    check_claims(study)  # before worlds are made, which takes an hour
    write_csv(judge_worlds(study, range(*worlds)), output)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.params.study, snakemake.params.worlds, snakemake.output.block)

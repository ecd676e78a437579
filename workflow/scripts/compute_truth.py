"""Compute what the models of a synthetic study estimate, from many worlds of its generator."""

from interclust.cli import reporting_errors
from interclust.io import write_csv
from interclust.simulate.truth import compute_truth


def main(study: dict, truth: str) -> None:
    """Write the truth of every term of every model of ``study``."""
    write_csv(compute_truth(study), truth)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(dict(snakemake.params.items()), snakemake.output.truth)

"""Test the terms of one model by permutations of clusters and write their p-values."""

from pathlib import Path

from interclust.cli import counting, reporting_errors
from interclust.io import write_csv
from interclust.models.permute import permute


def main(name: str, spec: dict, mrqap: str, threads: int) -> None:
    """Write the p-values of ``name`` from the files of its study, results/<study>."""
    told = counting(f"{name}: permutations")
    write_csv(permute(spec, Path(mrqap).parent.parent.parent, threads, told), mrqap)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.wildcards.model, snakemake.params.spec, snakemake.output.mrqap, snakemake.threads)

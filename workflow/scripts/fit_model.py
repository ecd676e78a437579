"""Fit one model of a study and write its record."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.models import run


def main(name: str, spec: dict, fit: str, threads: int) -> None:
    """Fit ``name`` from the files of its study, results/<study>, and write the record there."""
    run(name, spec, Path(fit).parent.parent.parent, fit, threads)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(snakemake.wildcards.model, snakemake.params.spec, snakemake.output.fit, snakemake.threads)

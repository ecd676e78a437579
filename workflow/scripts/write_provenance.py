"""Where everything comes from: the list of exhibits, the one file with a clock, and the research object."""

from collections.abc import Iterable
from pathlib import Path

from interclust.cli import reporting_errors
from interclust.report.crate import write_crate
from interclust.report.exhibits import write_provenance


def main(
    study: str, exhibits: Iterable[str], others: Iterable[str], raw: Iterable[str], snakefile: str
) -> None:
    """Write exhibits.csv, provenance.json and ro-crate-metadata.json beside ``study`` (study.json).

    The research object holds the ``exhibits``, the ``others`` and what is written here.
    """
    folder = Path(study).parent
    write_provenance(folder, exhibits, raw, Path.cwd())
    own = [study, folder / "report" / "exhibits.csv", folder / "provenance.json"]
    write_crate(folder, [*exhibits, *others, *own], raw, snakefile, Path.cwd())


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.input.study,
            snakemake.input.exhibits,
            snakemake.input.others,
            snakemake.input.raw,
            snakemake.input.snakefile,
        )

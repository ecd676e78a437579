"""Fit one model of a study, write its record and diagnose it."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.io import read_json
from interclust.models import run
from interclust.models.diagnostics import diagnose


def main(name: str, spec: dict, diagnostics: dict, fit: str, threads: int) -> None:
    """Fit ``name`` from the files of its study, results/<study>; write record and diagnostics there."""
    folder = Path(fit).parent.parent.parent
    run(name, spec, folder, fit, threads)
    diagnose(read_json(fit), folder, diagnostics).write(Path(fit).parent / "diagnostics")


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.wildcards.model,
            snakemake.params.spec,
            snakemake.params.diagnostics,
            snakemake.output.fit,
            snakemake.threads,
        )

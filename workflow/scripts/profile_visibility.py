"""Profile emergence and recurrence over the visibility of ties."""

from pathlib import Path

from interclust.cli import reporting_errors
from interclust.io import write_csv, write_json
from interclust.models.hidden.visibility import profile


def main(name: str, spec: dict, table: str, verdict: str) -> None:
    """Write what ``name`` gives at each visibility to ``table``, and what that says of it to ``verdict``."""
    rows, said = profile(name, spec, Path(table).parent.parent.parent)
    write_csv(rows, table)
    write_json(said, verdict)


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.wildcards.model,
            snakemake.params.spec,
            snakemake.output.profile,
            snakemake.output.verdict,
        )
